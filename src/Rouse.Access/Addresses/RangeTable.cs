using System;
using System.Collections.Generic;
using System.Numerics;

namespace Rouse.Access.Addresses;

/// <summary>
/// Longest-prefix look-up in flat arrays. Prefixes are nested or apart, never crossing, so a set of them cuts the line of all addresses
/// into ranges, each with exactly one longest prefix (or none). The ranges' first addresses are kept sorted; the range of an address is
/// the last one that starts at or before it. A table of jumps over the span between the first and the last start, as long as the list
/// itself, leaves a handful of starts to search: the time does not grow with the list, and the memory is a few words a prefix.
/// (A trie in flat arrays holds the same but takes a cache miss for each of its levels.)
/// </summary>
internal sealed class RangeTable<T>
    where T : struct, IBinaryInteger<T>
{
    private const int MaxJumpBits = 16;

    private static readonly RangeTable<T> Nothing = new([T.Zero], [-1]);

    // _starts[0] is zero, so every address has a range.
    private readonly T[] _starts;
    private readonly int[] _entries;

    // _jumps[b] is the first index whose start lies at or after _low + (b << _shift); the last element is the number of ranges.
    private readonly int[] _jumps;
    private readonly T _low;
    private readonly int _shift;

    private RangeTable(T[] starts, int[] entries)
    {
        _starts = starts;
        _entries = entries;
        if (starts.Length == 1)
        {
            _jumps = [0, 1];
            return;
        }

        _low = starts[1];
        int spanBits = int.CreateChecked(T.One + T.Log2((starts[^1] - _low) | T.One));
        int jumpBits = Math.Min(Math.Min(BitOperations.Log2((uint)starts.Length), MaxJumpBits), spanBits);
        _shift = spanBits - jumpBits;
        _jumps = new int[(1 << jumpBits) + 1];
        int index = 1;
        for (int bucket = 0; bucket < _jumps.Length - 1; bucket++)
        {
            T first = T.CreateTruncating(bucket) << _shift;
            while (index < starts.Length && starts[index] - _low < first)
            {
                index++;
            }

            _jumps[bucket] = index;
        }

        _jumps[^1] = starts.Length;
    }

    /// <summary>The entry with the longest prefix that holds <paramref name="address"/>, or -1.</summary>
    public int Find(T address)
    {
        if (address < _low)
        {
            return _entries[0];
        }

        T bucketValue = (address - _low) >> _shift;
        T lastBucket = T.CreateTruncating(_jumps.Length - 2);
        int bucket = bucketValue < lastBucket ? int.CreateTruncating(bucketValue) : _jumps.Length - 2;
        int from = _jumps[bucket];
        int to = _jumps[bucket + 1];
        while (from < to)
        {
            int middle = (int)((uint)(from + to) >> 1);
            if (_starts[middle] <= address)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return _entries[from - 1];
    }

    /// <summary>One prefix: its first and last address, and the entry it stands for.</summary>
    internal readonly record struct Prefix(T First, T Last, int Entry);

    /// <summary>
    /// Sweeps over the prefixes in address order with a stack of those that are open. Of equal prefixes the first entry counts.
    /// </summary>
    public static RangeTable<T> Build(List<Prefix> prefixes)
    {
        prefixes.Sort(OuterFirst);
        List<T> starts = [T.Zero];
        List<int> entries = [-1];
        Stack<Prefix> open = new();
        foreach (Prefix prefix in prefixes)
        {
            CloseBefore(prefix.First);
            if (open.TryPeek(out Prefix outer) && outer.First == prefix.First && outer.Last == prefix.Last)
            {
                continue;
            }

            Start(prefix.First, prefix.Entry);
            open.Push(prefix);
        }

        T end = T.Zero - T.One;
        while (open.TryPop(out Prefix last))
        {
            if (last.Last != end)
            {
                Start(last.Last + T.One, open.TryPeek(out Prefix around) ? around.Entry : -1);
            }
        }

        return new RangeTable<T>([.. starts], [.. entries]);

        void CloseBefore(T address)
        {
            while (open.TryPeek(out Prefix top) && top.Last < address)
            {
                open.Pop();
                Start(top.Last + T.One, open.TryPeek(out Prefix around) ? around.Entry : -1);
            }
        }

        void Start(T first, int entry)
        {
            if (starts[^1] == first)
            {
                entries[^1] = entry;
            }
            else
            {
                starts.Add(first);
                entries.Add(entry);
            }
        }
    }

    /// <summary>
    /// The same sweep over ranges that may lie in any way, for the question which entry is the first (the lowest) that holds an address.
    /// </summary>
    public static RangeTable<T> BuildFirst(List<Prefix> ranges)
    {
        Prefix[] sorted = SortedByFirst(ranges);
        T end = T.Zero - T.One;

        // Each range begins a piece, and one may begin behind its end.
        T[] starts = new T[(2 * sorted.Length) + 1];
        int[] entries = new int[starts.Length];
        entries[0] = -1;
        int count = 1;
        PriorityQueue<Prefix, int> open = new();
        int next = 0;
        T at = T.Zero;
        while (true)
        {
            while (next < sorted.Length && sorted[next].First == at)
            {
                open.Enqueue(sorted[next], sorted[next].Entry);
                next++;
            }

            while (open.TryPeek(out Prefix over, out _) && over.Last < at)
            {
                open.Dequeue();
            }

            bool covered = open.TryPeek(out Prefix lowest, out _);
            int entry = covered ? lowest.Entry : -1;
            if (at == T.Zero)
            {
                entries[0] = entry;
            }
            else if (entries[count - 1] != entry)
            {
                starts[count] = at;
                entries[count] = entry;
                count++;
            }

            // On to where another entry may become the first: a range begins, or the one that counts here ends.
            T? resume = covered && lowest.Last != end ? lowest.Last + T.One : null;
            resume = next < sorted.Length && (resume is null || sorted[next].First < resume) ? sorted[next].First : resume;
            if (resume is not { } from)
            {
                return count == 1 && entries[0] < 0
                    ? Nothing
                    : new RangeTable<T>(count == starts.Length ? starts : starts[..count], count == starts.Length ? entries : entries[..count]);
            }

            at = from;
        }
    }

    // Sorting with the addresses as keys of their own is several times as fast as with a function that compares.
    private static Prefix[] SortedByFirst(List<Prefix> ranges)
    {
        Prefix[] sorted = [.. ranges];
        T[] keys = new T[sorted.Length];
        bool isSorted = true;
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = sorted[i].First;
            isSorted &= i == 0 || keys[i - 1] <= keys[i];
        }

        if (!isSorted)
        {
            Array.Sort(keys, sorted);
        }

        return sorted;
    }

    private static int OuterFirst(Prefix a, Prefix b)
    {
        int order = a.First.CompareTo(b.First);
        order = order != 0 ? order : b.Last.CompareTo(a.Last);
        return order != 0 ? order : a.Entry.CompareTo(b.Entry);
    }
}
