using System;

namespace Rouse.Server.Loop;

/// <summary>
/// Timers by their time, in a binary heap. Each knows its place in it, so that one that is set anew moves and one that is cancelled leaves
/// at once: neither is searched for, and nothing is held for a time that nobody waits for.
/// </summary>
public sealed class TimerQueue
{
    // What a storm has made larger than this is given back after it.
    private const int RoomToKeep = 1024;

    private Entry[] _heap = new Entry[16];
    private int _count;

    /// <summary>Timers that are set.</summary>
    public int Count => _count;

    internal int Room => _heap.Length;

    public void Set(LoopTimer timer, long dueMs)
    {
        if (timer.Queue is not null)
        {
            long before = timer.DueMs;
            timer.DueMs = dueMs;
            Move(new Entry(timer, dueMs), timer.Place, isSooner: dueMs < before);
            return;
        }

        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _count * 2);
        }

        timer.DueMs = dueMs;
        timer.Queue = this;
        MoveUp(new Entry(timer, dueMs), _count++);
    }

    /// <summary>Milliseconds until the next timer, 0 when one is due, −1 when none is set.</summary>
    public int TimeoutMs(long nowMs) => _count == 0 ? -1 : (int)Math.Clamp(_heap[0].DueMs - nowMs, 0, int.MaxValue);

    /// <summary>Fires every timer whose time has come. One that a fired timer sets for now waits for the next turn.</summary>
    public void Fire(long nowMs)
    {
        int bound = _count;
        while (bound-- > 0 && _count > 0 && _heap[0].DueMs <= nowMs)
        {
            LoopTimer first = _heap[0].Timer;
            first.Cancel();
            first.Fire();
        }
    }

    internal void Remove(LoopTimer timer)
    {
        int at = timer.Place;
        timer.Queue = null;
        Entry last = _heap[--_count];
        _heap[_count] = default;
        if (at < _count)
        {
            Move(last, at, isSooner: last.DueMs < timer.DueMs);
        }

        if (_heap.Length > RoomToKeep && _count < _heap.Length / 4)
        {
            Array.Resize(ref _heap, _heap.Length / 2);
        }
    }

    private void Move(Entry entry, int at, bool isSooner)
    {
        if (isSooner)
        {
            MoveUp(entry, at);
        }
        else
        {
            MoveDown(entry, at);
        }
    }

    private void MoveUp(Entry entry, int at)
    {
        while (at > 0 && _heap[(at - 1) / 2].DueMs > entry.DueMs)
        {
            Place(_heap[(at - 1) / 2], at);
            at = (at - 1) / 2;
        }

        Place(entry, at);
    }

    private void MoveDown(Entry entry, int at)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && _heap[child + 1].DueMs < _heap[child].DueMs)
            {
                child++;
            }

            if (_heap[child].DueMs >= entry.DueMs)
            {
                break;
            }

            Place(_heap[child], at);
            at = child;
        }

        Place(entry, at);
    }

    private void Place(Entry entry, int at)
    {
        _heap[at] = entry;
        entry.Timer.Place = at;
    }

    // The time stands beside the timer, so that comparing does not lead through memory.
    private readonly record struct Entry(LoopTimer Timer, long DueMs);
}
