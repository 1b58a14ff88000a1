using System;
using System.Threading;
using Rouse.Linux.Starting;

namespace Rouse.Linux;

/// <summary>
/// The native memory that servers are started from. A server that is on its way to its program has a block for itself, and the next one starts from
/// another; when enough are on their way (<see cref="StartPace"/>), the daemon waits a moment. Images share the blocks: a daemon of a thousand
/// services holds as many as it has had servers on their way, mostly one, and an image is laid out in a block in which another one
/// was started before.
/// </summary>
// SAFETY: only blocks that no child reads are laid out anew or freed.
public sealed unsafe class LaunchBlocks
{
    private const int PaceWaitMs = 5;
    private const int OwnWaitMs = 1000;
    private const int NapMs = 1;
    private const int NoSettlingMs = 5000;

    private readonly bool _waitsForEach;
    private LaunchBlock[] _blocks = [new()];
    private LaunchBlock? _next;
    private LaunchBlock? _last;
    private StartPace _pace = new(Math.Max(4, 2 * Environment.ProcessorCount));
    private bool _mayBeOnTheirWay;
    private long _settlesFromMs;

    /// <param name="waitsForEach">The daemon waits until each server has begun, but not for ever: somebody may have stopped it.</param>
    public LaunchBlocks(bool waitsForEach = false) => _waitsForEach = waitsForEach;

    ~LaunchBlocks() => Free();

    /// <summary>
    /// Some server has not become one yet. Until it has had its first turn on a processor it has a copy of every descriptor of the daemon.
    /// </summary>
    public bool AnyOnItsWay
    {
        get
        {
            if (!_mayBeOnTheirWay)
            {
                return false;
            }

            foreach (LaunchBlock block in _blocks)
            {
                if (block.IsOnItsWay)
                {
                    return true;
                }
            }

            _mayBeOnTheirWay = false;
            return false;
        }
    }

    /// <summary>
    /// How a server failed before it was one, of a process that has ended; false for one that was the server by then. To be asked once of each.
    /// </summary>
    public bool TryTakeFailure(int pid, out LaunchFailure failure)
    {
        foreach (LaunchBlock block in _blocks)
        {
            ChildPlan* plan = block.Plan;
            if (plan != null && plan->FailedStage != LaunchStage.None && plan->Pid == pid)
            {
                failure = new LaunchFailure(plan->FailedStage, (Errno)plan->FailedErrno);
                plan->FailedStage = LaunchStage.None;
                return true;
            }
        }

        failure = default;
        return false;
    }

    /// <summary>
    /// Waits until no server on its way has a copy of the daemon's descriptors any more, but not for long; and where that was in vain, not
    /// again for the next one that is closed.
    /// </summary>
    /// <param name="milliseconds">At most about so many.</param>
    public void Settle(int milliseconds)
    {
        if (!AnyOnItsWay || Environment.TickCount64 < _settlesFromMs)
        {
            return;
        }

        for (int waited = 0; waited < milliseconds; waited += NapMs)
        {
            Thread.Sleep(NapMs);
            if (!AnyOnItsWay)
            {
                return;
            }
        }

        _settlesFromMs = Environment.TickCount64 + NoSettlingMs;
    }

    /// <summary>Before its time; otherwise it goes with the object.</summary>
    internal void Free()
    {
        foreach (LaunchBlock block in _blocks)
        {
            block.Free();
        }

        (_next, _last) = (null, null);
    }

    /// <summary>The plan of the next server that is started, laid out by its image.</summary>
    internal ChildPlan* Next(ServerImage image)
    {
        if (_next is null || !_next.Holds(image))
        {
            _next = Choose(image, out bool goesOn);
            if (!_next.Holds(image))
            {
                image.LayOut(_next);
            }

            ServerImage.Renew(_next.Plan);
            _next.Plan->WaitMs = _waitsForEach ? OwnWaitMs : goesOn ? 0 : PaceWaitMs;
        }

        return _next.Plan;
    }

    /// <summary>It has been started, or could not be; the one after it takes another block.</summary>
    /// <param name="waitedMs">How long it was waited for; below 0 where it was not.</param>
    internal void Started(SysResult result, double waitedMs)
    {
        if (_next is not { } block)
        {
            return;
        }

        _next = null;
        _last = block;
        block.Plan->Pid = result.Ok ? result.Value : 0;
        if (!result.Ok)
        {
            return;
        }

        _mayBeOnTheirWay = true;
        if (waitedMs < 0)
        {
            _pace.WentOn();
        }
        else
        {
            _pace.Waited(waitedMs);
        }
    }

    /// <summary>How the last one failed, where each is waited for.</summary>
    internal LaunchFailure LastFailure =>
        _last is { } block && !block.IsOnItsWay ? new(block.Plan->FailedStage, (Errno)block.Plan->FailedErrno) : default;

    // One in which the image is laid out already, if such a one is free.
    private LaunchBlock Choose(ServerImage image, out bool goesOn)
    {
        LaunchBlock? free = null;
        int onTheirWay = 0;
        foreach (LaunchBlock block in _blocks)
        {
            if (block.IsOnItsWay)
            {
                onTheirWay++;
            }
            else if ((block.IsFree || _waitsForEach) && (free is null || (block.Holds(image) && !free.Holds(image))))
            {
                free = block;
            }
        }

        goesOn = _pace.MayGoOn(onTheirWay);
        if (free is null)
        {
            free = new LaunchBlock();
            _blocks = [.. _blocks, free];
        }

        return free;
    }
}
