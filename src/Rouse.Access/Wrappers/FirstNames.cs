using System;
using System.Collections.Generic;
using System.Numerics;

namespace Rouse.Access.Wrappers;

/// <summary>
/// Names, or ends of names, each with a number; the lowest counts. An open hash table whose hash runs from a name's end to its
/// beginning, so that one pass over a name yields the hash of each of its ends on the way.
/// </summary>
internal sealed class FirstNames
{
    private const uint Basis = 2166136261;
    private const uint Prime = 16777619;

    private readonly string?[] _names;
    private readonly int[] _entries;
    private readonly uint _mask;

    public FirstNames(List<(string Name, int Entry)> names)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, names.Count * 2));
        _names = new string?[size];
        _entries = new int[size];
        _mask = (uint)size - 1;
        foreach ((string name, int entry) in names)
        {
            uint slot = Slot(name, HashOf(name));
            _entries[slot] = _names[slot] is null ? entry : Math.Min(_entries[slot], entry);
            _names[slot] = name;
            First = Math.Min(First, entry);
        }
    }

    /// <summary>The lowest number of all, or <see cref="HostIndex.None"/>.</summary>
    public int First { get; } = HostIndex.None;

    /// <summary>The lowest number of exactly this name, or <see cref="HostIndex.None"/>.</summary>
    public int FindWhole(ReadOnlySpan<char> name) => First == HostIndex.None ? HostIndex.None : EntryAt(Slot(name, HashOf(name)));

    /// <summary>The lowest number of those that begin with a dot and end <paramref name="name"/>, with something before them.</summary>
    public int FindEnds(ReadOnlySpan<char> name)
    {
        int lowest = HostIndex.None;
        uint hash = Basis;
        for (int i = name.Length - 1; i > 0 && First != HostIndex.None; i--)
        {
            hash = Extend(hash, name[i]);
            lowest = name[i] == '.' ? Math.Min(lowest, EntryAt(Slot(name[i..], hash))) : lowest;
        }

        return lowest;
    }

    private int EntryAt(uint slot) => _names[slot] is null ? HostIndex.None : _entries[slot];

    // The slot that holds the name, or the free one where it would be.
    private uint Slot(ReadOnlySpan<char> name, uint hash)
    {
        uint slot = hash & _mask;
        while (_names[slot] is { } taken && !AsciiText.Same(taken, name))
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }

    private static uint HashOf(ReadOnlySpan<char> name)
    {
        uint hash = Basis;
        for (int i = name.Length - 1; i >= 0; i--)
        {
            hash = Extend(hash, name[i]);
        }

        return hash;
    }

    private static uint Extend(uint hash, char c) => (hash ^ AsciiText.Lower(c)) * Prime;
}
