using System;
using System.Collections.Generic;
using System.Numerics;

namespace Rouse.Access.Addresses;

/// <summary>
/// Host names or domains, compared byte by byte without ASCII case. An open hash table whose hash runs from a name's end to its
/// beginning, so that one pass over a peer's name yields the hash of each of its domains on the way.
/// </summary>
internal sealed class NameTable
{
    private const uint Basis = 2166136261;
    private const uint Prime = 16777619;

    private readonly string[] _names;
    private readonly int[] _entries;
    private readonly uint _mask;

    public NameTable(List<(string Name, int Entry)> names)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, names.Count * 2));
        _names = new string[size];
        _entries = new int[size];
        _mask = (uint)size - 1;
        Count = names.Count;
        foreach ((string name, int entry) in names)
        {
            uint hash = Basis;
            for (int i = name.Length - 1; i >= 0; i--)
            {
                hash = Extend(hash, name[i]);
            }

            Add(name, hash, entry);
        }
    }

    public int Count { get; }

    /// <summary>The first entry with exactly this name, or -1.</summary>
    public int FindWhole(ReadOnlySpan<char> name)
    {
        uint hash = Basis;
        for (int i = name.Length - 1; i >= 0; i--)
        {
            hash = Extend(hash, name[i]);
        }

        return Count == 0 ? -1 : Find(name, hash);
    }

    /// <summary>The entry with the longest domain (leading dot included) that <paramref name="name"/> ends in, or -1.</summary>
    public int FindLongestEnd(ReadOnlySpan<char> name)
    {
        int best = -1;
        uint hash = Basis;
        for (int i = name.Length - 1; i >= 0 && Count > 0; i--)
        {
            hash = Extend(hash, name[i]);
            if (name[i] == '.')
            {
                int found = Find(name[i..], hash);
                best = found >= 0 ? found : best;
            }
        }

        return best;
    }

    private void Add(string name, uint hash, int entry)
    {
        uint slot = hash & _mask;
        while (_names[slot] is { } taken)
        {
            if (AsciiText.Same(taken, name))
            {
                return;
            }

            slot = (slot + 1) & _mask;
        }

        _names[slot] = name;
        _entries[slot] = entry;
    }

    private int Find(ReadOnlySpan<char> name, uint hash)
    {
        for (uint slot = hash & _mask; _names[slot] is { } candidate; slot = (slot + 1) & _mask)
        {
            if (AsciiText.Same(candidate, name))
            {
                return _entries[slot];
            }
        }

        return -1;
    }

    private static uint Extend(uint hash, char c) => (hash ^ AsciiText.Lower(c)) * Prime;
}
