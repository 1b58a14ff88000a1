using System;
using System.Collections.Generic;
using System.Threading;
using Rouse.Linux;
using Rouse.Linux.Tracing;
using Rouse.Server.Loop;

namespace Rouse.Server.Warm;

/// <summary>
/// The thread that starts and parks servers, one after the other. Tracing belongs to a thread, and so do the children that it has made: so
/// this one lives as long as there are orders or any of its children. While it traces, it alone waits for those, and tells the loop of their
/// ends; otherwise the loop does, as for all others.
/// </summary>
internal sealed class Parker(EventLoop loop, Action<ChildExit> childEnded)
{
    private const int StackSize = 256 * 1024;

    private readonly object _gate = new();
    private readonly Queue<StartOrder> _orders = new();
    private readonly Queue<ChildExit> _exits = new();
    private readonly StartDeadline _deadline = new();
    private Action? _tellExits;
    private bool _runs;
    private bool _childHasEnded;
    private int _unanswered;
    private LoopTimer? _patience;

    /// <summary>For the loop's thread: something may be traced now.</summary>
    public bool IsTracing => _unanswered > 0;

    /// <summary>From the loop's thread. <see cref="StartOrder.Done"/> is called in any case.</summary>
    public void Add(StartOrder order)
    {
        _unanswered++;
        lock (_gate)
        {
            _orders.Enqueue(order);
            if (_runs)
            {
                Monitor.Pulse(_gate);
                return;
            }

            _runs = true;
        }

        Signals.QuietChildStops();
        if (!LoopThread.TryStart("parker", Work, StackSize))
        {
            lock (_gate)
            {
                _runs = false;
                _orders.Clear();
            }

            Finish(order, StartOutcome.Failed(StartFailure.Failed, "no thread can be made"));
        }
    }

    /// <summary>From the loop's thread, at SIGCHLD: it may be one of this thread's.</summary>
    public void ChildHasEnded()
    {
        lock (_gate)
        {
            if (_runs)
            {
                _childHasEnded = true;
                Monitor.Pulse(_gate);
            }
        }
    }

    private void Work()
    {
        while (Next() is { } next)
        {
            ReapAll();
            if (next.Order is { } order)
            {
                StartOutcome outcome = Start(order);
                loop.HandIn(() => Finish(order, outcome));
            }
        }
    }

    private StartOutcome Start(StartOrder order)
    {
        loop.HandIn(() => Watch(order.TimeoutMs));
        try
        {
            return new StartTrace(order, _deadline, Ended).Run();
        }
        catch (Exception e)
        {
            // This thread goes on, and the loop takes the end of what it has left half done.
            _deadline.Expire();
            _deadline.End();
            return StartOutcome.Failed(StartFailure.Unfit, "a fault of this program: " + e);
        }
    }

    // Null: there is nothing left to do or to wait for.
    private Turn? Next()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_orders.TryDequeue(out StartOrder? order))
                {
                    return new Turn(order);
                }

                if (_childHasEnded)
                {
                    _childHasEnded = false;
                    return new Turn(null);
                }

                if (!TraceWait.HasAny())
                {
                    _runs = false;
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private void ReapAll()
    {
        while (TraceWait.Next(wait: false, out TraceEvent report))
        {
            if (report.Kind == TraceEventKind.Ended)
            {
                Ended(report.Exit);
            }
        }
    }

    private void Ended(ChildExit exit)
    {
        lock (_gate)
        {
            _exits.Enqueue(exit);
        }

        loop.HandIn(_tellExits ??= TellExits);
    }

    // On the loop's thread, as all below.
    private void TellExits()
    {
        while (true)
        {
            ChildExit exit;
            lock (_gate)
            {
                if (!_exits.TryDequeue(out exit))
                {
                    return;
                }
            }

            childEnded(exit);
        }
    }

    private void Watch(long timeoutMs) => loop.Set(_patience ??= new LoopTimer(_deadline.Expire), timeoutMs);

    private void Finish(StartOrder order, in StartOutcome outcome)
    {
        _unanswered--;
        _patience?.Cancel();
        order.Done(outcome);
    }

    private sealed record Turn(StartOrder? Order);
}
