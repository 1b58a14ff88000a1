using System;

namespace Rouse.Server.Loop;

/// <summary>
/// Timers by their time, in a binary heap. An entry whose timer has been set anew or cancelled since is passed over when its time comes,
/// so that setting and cancelling never search.
/// </summary>
public sealed class TimerQueue
{
    private Entry[] _heap = new Entry[16];
    private int _count;

    public int Count => _count;

    public void Set(LoopTimer timer, long dueMs)
    {
        timer.DueMs = dueMs;
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _count * 2);
        }

        int at = _count++;
        while (at > 0 && _heap[(at - 1) / 2].DueMs > dueMs)
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _heap[at] = new Entry(timer, dueMs);
    }

    /// <summary>Milliseconds until the next timer, 0 when one is due, −1 when none is set.</summary>
    public int TimeoutMs(long nowMs)
    {
        while (_count > 0 && !_heap[0].IsCurrent)
        {
            Pop();
        }

        return _count == 0 ? -1 : (int)Math.Clamp(_heap[0].DueMs - nowMs, 0, int.MaxValue);
    }

    /// <summary>Fires every timer whose time has come. One that a fired timer sets for now waits for the next turn.</summary>
    public void Fire(long nowMs)
    {
        int bound = _count;
        while (bound-- > 0 && _count > 0 && _heap[0].DueMs <= nowMs)
        {
            Entry first = _heap[0];
            Pop();
            if (first.IsCurrent)
            {
                first.Timer.Fire();
            }
        }
    }

    private void Pop()
    {
        Entry last = _heap[--_count];
        _heap[_count] = default;
        int at = 0;
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

            if (_heap[child].DueMs >= last.DueMs)
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        if (_count > 0)
        {
            _heap[at] = last;
        }
    }

    private readonly record struct Entry(LoopTimer Timer, long DueMs)
    {
        public bool IsCurrent => Timer.DueMs == DueMs;
    }
}
