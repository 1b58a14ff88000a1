using System;
using System.Collections.Generic;
using System.Numerics;

namespace Rouse.Access.Wrappers;

/// <summary>
/// Names, or ends of names, each with a number; the lowest counts. An open hash table whose hash runs from a name's end to its
/// beginning, so that one pass over a name yields the hash of each of its ends on the way. The names lie in one piece of memory, one after
/// the other, in small letters.
/// </summary>
internal sealed class FirstNames
{
    private const uint Basis = 2166136261;
    private const uint Prime = 16777619;

    private static readonly FirstNames None = new([], []);

    private readonly byte[] _text;
    private readonly int[] _starts;
    private readonly int[] _entries;

    // What stands for a name is its place in the order of names, and one more.
    private readonly int[] _slots;
    private readonly uint _mask;

    private FirstNames(byte[] text, List<Name> names)
    {
        _text = text;
        _starts = new int[names.Count + 1];
        _entries = new int[names.Count];
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, names.Count + (names.Count / 2)))];
        _mask = (uint)_slots.Length - 1;
        _starts[names.Count] = text.Length;
        for (int i = 0; i < names.Count; i++)
        {
            (_starts[i], _entries[i]) = (names[i].Start, names[i].Entry);
        }

        Span<char> room = stackalloc char[256];
        for (int i = 0; i < names.Count; i++)
        {
            ReadOnlySpan<byte> bytes = text.AsSpan(_starts[i], _starts[i + 1] - _starts[i]);
            Span<char> name = bytes.Length <= room.Length ? room[..bytes.Length] : new char[bytes.Length];
            AsciiText.Widen(bytes, name);
            ref int slot = ref _slots[Slot(name, HashOf(name))];
            slot = slot == 0 ? i + 1 : slot;
            _entries[slot - 1] = Math.Min(_entries[slot - 1], _entries[i]);
            First = Math.Min(First, _entries[i]);
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

    private int EntryAt(uint slot) => _slots[slot] == 0 ? HostIndex.None : _entries[_slots[slot] - 1];

    // The slot that holds the name, or the free one where it would be.
    private uint Slot(ReadOnlySpan<char> name, uint hash)
    {
        uint slot = hash & _mask;
        while (_slots[slot] is > 0 and int taken && !AsciiText.Same(name, _text.AsSpan(_starts[taken - 1], _starts[taken] - _starts[taken - 1])))
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

    private readonly record struct Name(int Start, int Entry);

    /// <summary>Collects the names.</summary>
    public sealed class Builder
    {
        private readonly List<Name> _names = [];
        private byte[] _text = [];
        private int _length;

        public void Add(ReadOnlySpan<byte> name, int entry)
        {
            Span<byte> room = Begin(name.Length, entry);
            for (int i = 0; i < name.Length; i++)
            {
                room[i] = (byte)AsciiText.Lower((char)name[i]);
            }
        }

        public void Add(string name, int entry)
        {
            Span<byte> room = Begin(name.Length, entry);
            for (int i = 0; i < name.Length; i++)
            {
                room[i] = (byte)AsciiText.Lower(name[i]);
            }
        }

        public FirstNames Build() => _names.Count == 0 ? None : new(_text[.._length], _names);

        private Span<byte> Begin(int length, int entry)
        {
            if (_text.Length - _length < length)
            {
                Array.Resize(ref _text, Math.Max(_length + length, Math.Max(256, _text.Length * 2)));
            }

            _names.Add(new Name(_length, entry));
            _length += length;
            return _text.AsSpan(_length - length, length);
        }
    }
}
