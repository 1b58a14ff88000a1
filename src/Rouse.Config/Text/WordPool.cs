using System;

namespace Rouse.Config.Text;

/// <summary>
/// The words of one reading: what stands in many entries, such as an address, a program or a group, is one string, however often it was read.
/// An open hash table of the strings themselves, asked by their bytes.
/// </summary>
internal sealed class WordPool
{
    private const uint Basis = 2166136261;
    private const uint Prime = 16777619;

    private string?[] _slots = new string?[64];
    private int _count;

    /// <summary>The word, one char a byte.</summary>
    public string Of(ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty)
        {
            return "";
        }

        uint hash = Basis;
        foreach (byte value in word)
        {
            hash = (hash ^ value) * Prime;
        }

        int at = Find(hash, word);
        if (_slots[at] is { } known)
        {
            return known;
        }

        string made = SourceFile.Decode(word);
        _slots[at] = made;
        if (++_count > _slots.Length / 2)
        {
            Grow();
        }

        return made;
    }

    // The word's place, or the free one that it would take.
    private int Find(uint hash, ReadOnlySpan<byte> word)
    {
        uint mask = (uint)_slots.Length - 1;
        uint at = hash & mask;
        while (_slots[at] is { } known && !IsSame(known, word))
        {
            at = (at + 1) & mask;
        }

        return (int)at;
    }

    private static bool IsSame(string known, ReadOnlySpan<byte> word)
    {
        if (known.Length != word.Length)
        {
            return false;
        }

        for (int i = 0; i < word.Length; i++)
        {
            if (known[i] != word[i])
            {
                return false;
            }
        }

        return true;
    }

    private void Grow()
    {
        string?[] old = _slots;
        _slots = new string?[old.Length * 2];
        uint mask = (uint)_slots.Length - 1;
        foreach (string? word in old)
        {
            if (word is null)
            {
                continue;
            }

            uint at = Hash(word) & mask;
            while (_slots[at] is not null)
            {
                at = (at + 1) & mask;
            }

            _slots[at] = word;
        }
    }

    private static uint Hash(string word)
    {
        uint hash = Basis;
        foreach (char value in word)
        {
            hash = (hash ^ value) * Prime;
        }

        return hash;
    }
}
