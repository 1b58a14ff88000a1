using System;
using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Server.Loop;

/// <summary>
/// The one thread that owns all state: epoll(7), timers, and work that other threads hand in. Each source has a slot, and the token that
/// the kernel gives back carries the slot with its generation, so that an event for something closed in the same turn is recognised.
/// </summary>
public sealed class EventLoop
{
    private const int EventsPerTurn = 128;
    private const int SoonMs = 200;

    private readonly Fd _poll;
    private readonly Fd _wake;
    private readonly PollEvent[] _events = new PollEvent[EventsPerTurn];
    private readonly Queue<Action> _handedIn = new();
    private readonly TimerQueue _timers = new();
    private EventSource?[] _sources = new EventSource?[32];
    private uint[] _generations = new uint[32];
    private int[] _freeSlots = new int[32];
    private int _freeCount;
    private bool _stopped;
    private bool _busySinceQuiet = true;
    private bool _quietSoon;
    private Action? _beat;
    private long _beatEveryMs;
    private long _beatDueMs = LoopTimer.Never;
    private int _quietWaitedMs;

    public EventLoop(ISystem system)
    {
        System = system;
        _poll = Needed(system.OpenPoll(), "epoll_create1");
        _wake = Needed(system.OpenWake(), "eventfd");
        ReleaseSlots(0, _sources.Length);
        ReadClock();
        Watch(new WakeSource(this), _wake, PollEvents.In);
    }

    public ISystem System { get; }

    /// <summary>Monotonic milliseconds, read once a turn.</summary>
    public long NowMs { get; private set; }

    /// <summary>Seconds since 1970, read once a turn.</summary>
    public long NowUnix { get; private set; }

    /// <summary>Done at the end of each turn, before the loop may sleep: what the turn logged is written.</summary>
    public Action? EndOfTurn { get; set; }

    /// <summary>
    /// Done once when nothing has happened for <see cref="QuietAfterMs"/>: memory that only work needs is given back. Then the loop sleeps
    /// without a time-out, until something happens again.
    /// </summary>
    public Action? Quiet { get; set; }

    public int QuietAfterMs { get; set; } = 2000;

    /// <summary>The next time it is done sooner: there is much to be given back, and nobody who was served just now to come again.</summary>
    public void QuietSoon() => _quietSoon = true;

    /// <summary>
    /// Does something again and again that is no work: it shows that the loop turns, and does not keep it from its rest.
    /// </summary>
    public void BeatEvery(long everyMs, Action beat)
    {
        (_beat, _beatEveryMs) = (beat, everyMs);
        BeatAfter(everyMs);
    }

    /// <summary>The next beat is due so soon.</summary>
    public void BeatAfter(long ms) => _beatDueMs = NowMs + ms;

    /// <summary>Puts a source into the table and watches its descriptor.</summary>
    public SysResult Watch(EventSource source, Fd fd, PollEvents events)
    {
        if (_freeCount == 0)
        {
            Grow();
        }

        int slot = _freeSlots[--_freeCount];
        SysResult result = System.Watch(_poll, fd, events, Token(slot));
        if (!result.Ok)
        {
            _freeSlots[_freeCount++] = slot;
            return result;
        }

        _sources[slot] = source;
        (source.Slot, source.Descriptor) = (slot, fd);
        return result;
    }

    /// <summary>Changes what a watched descriptor is watched for.</summary>
    public SysResult Rewatch(EventSource source, Fd fd, PollEvents events) => System.Rewatch(_poll, fd, events, Token(source.Slot));

    /// <summary>Watches for exactly these events, or for none: an end that nobody waits for must not wake the loop.</summary>
    public SysResult WatchOnly(EventSource source, Fd fd, PollEvents events)
    {
        if (events == PollEvents.None)
        {
            Unwatch(source, fd);
            return SysResult.Success();
        }

        return source.IsWatched ? Rewatch(source, fd, events) : Watch(source, fd, events);
    }

    /// <summary>Stops watching; the descriptor stays open.</summary>
    public void Unwatch(EventSource source, Fd fd)
    {
        if (source.IsWatched)
        {
            System.Unwatch(_poll, fd);
            Release(source);
        }
    }

    /// <summary>
    /// For a descriptor about to be closed, which ends the kernel's watch by itself; but not as long as a server on its way has a copy of it.
    /// </summary>
    public void Forget(EventSource source)
    {
        if (source.IsWatched && System.Launches.AnyOnItsWay)
        {
            System.Unwatch(_poll, source.Descriptor);
        }

        Release(source);
    }

    private void Release(EventSource source)
    {
        if (source.IsWatched)
        {
            _sources[source.Slot] = null;
            _generations[source.Slot]++;
            _freeSlots[_freeCount++] = source.Slot;
            source.Slot = -1;
        }
    }

    public void Set(LoopTimer timer, long afterMs) => _timers.Set(timer, NowMs + afterMs);

    /// <summary>From any thread: does something on the loop's.</summary>
    public void HandIn(Action work)
    {
        lock (_handedIn)
        {
            _handedIn.Enqueue(work);
        }

        System.Wake(_wake);
    }

    public void Stop() => _stopped = true;

    public void Run()
    {
        while (!_stopped)
        {
            Turn();
        }
    }

    /// <summary>Waits for the next events or timer, and deals with them.</summary>
    public void Turn()
    {
        int timeoutMs = _timers.TimeoutMs(NowMs);
        int quietAfterMs = _quietSoon ? Math.Min(SoonMs, QuietAfterMs) : QuietAfterMs;
        bool awaitsQuiet = Quiet is not null && _busySinceQuiet && (timeoutMs < 0 || timeoutMs > quietAfterMs);
        int waitMs = awaitsQuiet ? Math.Max(quietAfterMs - _quietWaitedMs, 0) : timeoutMs;
        bool endsWithBeat = _beat is not null && LimitToBeat(ref waitMs);
        SysResult ready = System.Poll(_poll, _events, waitMs);
        long before = NowMs;
        ReadClock();
        if (_beat is not null && NowMs >= _beatDueMs)
        {
            BeatAfter(_beatEveryMs);
            _beat();
        }

        if (endsWithBeat && ready is { Ok: true, Value: 0 })
        {
            _quietWaitedMs += awaitsQuiet ? (int)(NowMs - before) : 0;
            return;
        }

        if (ready is { Ok: true, Value: 0 } && awaitsQuiet)
        {
            _busySinceQuiet = false;
            _quietSoon = false;
            Quiet!();
            return;
        }

        _busySinceQuiet = true;
        _quietWaitedMs = 0;
        for (int i = 0; i < (ready.Ok ? ready.Value : 0); i++)
        {
            int slot = (int)(uint)_events[i].Token;
            if (_sources[slot] is { } source && _generations[slot] == (uint)(_events[i].Token >> 32))
            {
                source.OnReady(_events[i].Events);
            }
        }

        _timers.Fire(NowMs);
        EndOfTurn?.Invoke();
    }

    // Whether the beat is what comes first.
    private bool LimitToBeat(ref int waitMs)
    {
        long untilBeatMs = Math.Clamp(_beatDueMs - NowMs, 0, int.MaxValue);
        if (waitMs >= 0 && waitMs <= untilBeatMs)
        {
            return false;
        }

        waitMs = (int)untilBeatMs;
        return true;
    }

    private static Fd Needed(SysResult result, string call) =>
        result.Ok ? result.Fd : throw new InvalidOperationException($"{call} failed: {result.Error.Describe()}");

    private ulong Token(int slot) => ((ulong)_generations[slot] << 32) | (uint)slot;

    private void ReadClock()
    {
        NowMs = System.MonotonicMs;
        NowUnix = System.UnixSeconds;
    }

    private void RunHandedIn()
    {
        System.DrainWake(_wake);
        while (true)
        {
            Action? work;
            lock (_handedIn)
            {
                if (!_handedIn.TryDequeue(out work))
                {
                    return;
                }
            }

            work();
        }
    }

    private void Grow()
    {
        int old = _sources.Length;
        Array.Resize(ref _sources, old * 2);
        Array.Resize(ref _generations, old * 2);
        Array.Resize(ref _freeSlots, old * 2);
        ReleaseSlots(old, old * 2);
    }

    private void ReleaseSlots(int from, int to)
    {
        for (int slot = to - 1; slot >= from; slot--)
        {
            _freeSlots[_freeCount++] = slot;
        }
    }

    private sealed class WakeSource(EventLoop loop) : EventSource
    {
        public override void OnReady(PollEvents events) => loop.RunHandedIn();
    }
}
