using System;
using System.Collections.Generic;
using System.Threading;
using Rouse.Server.Loop;

namespace Rouse.Server.Names;

/// <summary>
/// The threads that wait for name servers in the loop's place: started when there is work for them, at most so many, gone after a while
/// without work. Beside the loop's queue this is the only place where threads meet.
/// </summary>
internal sealed class LookUpThreads<T>(int most, int idleMs, Action<T> work)
    where T : class
{
    // The C library's resolver needs a fraction of it.
    private const int StackSize = 512 * 1024;

    private readonly object _gate = new();
    private readonly Queue<T> _queue = new();
    private int _running;
    private int _idle;

    /// <summary>Threads that live now.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>Gives work to a thread; false when there is none and none can be made.</summary>
    public bool TryAdd(T lookUp)
    {
        lock (_gate)
        {
            _queue.Enqueue(lookUp);
            if (_idle >= _queue.Count)
            {
                Monitor.Pulse(_gate);
                return true;
            }

            if (_running == most || TryStart())
            {
                return true;
            }

            if (_running > 0)
            {
                return true;
            }

            _queue.Clear();
            return false;
        }
    }

    private bool TryStart()
    {
        if (!LoopThread.TryStart("names", Work, StackSize))
        {
            return false;
        }

        _running++;
        return true;
    }

    private void Work()
    {
        while (Next() is { } lookUp)
        {
            work(lookUp);
        }
    }

    private T? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_queue.TryDequeue(out T? lookUp))
                {
                    return lookUp;
                }

                _idle++;
                bool pulsed = Monitor.Wait(_gate, idleMs);
                _idle--;
                if (!pulsed && _queue.Count == 0)
                {
                    _running--;
                    return null;
                }
            }
        }
    }
}
