using System;
using System.Diagnostics;
using System.Threading;
using Rouse.Linux.Starting;

namespace Rouse.Linux;

/// <summary>
/// The native memory that servers are started from. A server that is on its way to its program has a block for itself, and the next one starts from
/// another; when enough are on their way (<see cref="StartPace"/>), the daemon waits for the server that it starts. Images share the blocks: a daemon of a thousand services
/// holds as many as it has servers on their way, nearly always one, and an image is laid out in a block in which another one was started before.
/// </summary>
// SAFETY: only blocks that no child reads are laid out anew or freed.
public sealed unsafe class LaunchBlocks
{
    /// <summary>So many at a time are worth it when every processor is busy; each takes a page or two where it is needed.</summary>
    public const int Most = 32;

    private const int NapMs = 1;

    private static readonly double MsPerTick = 1000.0 / Stopwatch.Frequency;

    private readonly LaunchBlock[] _blocks;
    private readonly LaunchBlock _waitedFor = new();
    private LaunchBlock? _next;
    private StartPace _pace = new(Math.Max(4, 2 * Environment.ProcessorCount));
    private long _waitBegan;

    /// <param name="most">How many servers are on their way at most while the daemon goes on; with 0 it waits for each.</param>
    public LaunchBlocks(int most = Most)
    {
        _blocks = new LaunchBlock[most];
        for (int i = 0; i < most; i++)
        {
            _blocks[i] = new LaunchBlock();
        }
    }

    ~LaunchBlocks() => Free();

    /// <summary>
    /// How a server failed before it was one, of a process that has ended; false for one that was the server by then. To be asked once of each.
    /// </summary>
    public bool TryTakeFailure(int pid, out LaunchFailure failure)
    {
        foreach (LaunchBlock block in _blocks)
        {
            if (TryTake(block, pid, out failure))
            {
                return true;
            }
        }

        return TryTake(_waitedFor, pid, out failure);
    }

    /// <summary>
    /// Waits until every server that is on its way has become one, but not for long. Until then each has a copy of every descriptor of the daemon.
    /// </summary>
    /// <param name="milliseconds">At most about so many.</param>
    public void Settle(int milliseconds)
    {
        for (int waited = 0; waited < milliseconds && AnyOnItsWay(); waited += NapMs)
        {
            Thread.Sleep(NapMs);
        }
    }

    /// <summary>Before its time; otherwise it goes with the object. No server may be on its way.</summary>
    internal void Free()
    {
        foreach (LaunchBlock block in _blocks)
        {
            block.Free();
        }

        _waitedFor.Free();
        _next = null;
    }

    /// <summary>The plan of the next server that is started, laid out by its image.</summary>
    internal ChildPlan* Next(ServerImage image)
    {
        if (_next is null || !_next.Holds(image))
        {
            _next = Choose(image);
            if (!_next.Holds(image))
            {
                image.LayOut(_next);
            }

            ServerImage.Renew(_next.Plan);
            _next.Plan->Waits = ReferenceEquals(_next, _waitedFor);
            _waitBegan = _next.Plan->Waits ? Stopwatch.GetTimestamp() : 0;
        }

        return _next.Plan;
    }

    /// <summary>It has been started, or could not be; the one after it takes another block.</summary>
    internal void Started(SysResult result)
    {
        if (_next is { } block)
        {
            block.Plan->Pid = result.Ok ? result.Value : 0;
            _next = null;
            if (block.Plan->Waits)
            {
                _pace.Waited((Stopwatch.GetTimestamp() - _waitBegan) * MsPerTick);
            }
            else
            {
                _pace.WentOn();
            }
        }
    }

    /// <summary>How the last one failed for which the daemon has waited.</summary>
    internal LaunchFailure FailureOf(ServerImage image) =>
        _waitedFor.Holds(image) ? new((LaunchStage)_waitedFor.Plan->FailedStage, (Errno)_waitedFor.Plan->FailedErrno) : default;

    private bool AnyOnItsWay()
    {
        foreach (LaunchBlock block in _blocks)
        {
            if (block.IsOnItsWay)
            {
                return true;
            }
        }

        return false;
    }

    // One in which the image is laid out already, if such a one is free.
    private LaunchBlock Choose(ServerImage image)
    {
        LaunchBlock? free = null;
        int onTheirWay = 0;
        foreach (LaunchBlock block in _blocks)
        {
            if (block.IsOnItsWay)
            {
                onTheirWay++;
            }
            else if (block.IsFree && (free is null || (block.Holds(image) && !free.Holds(image))))
            {
                free = block;
            }
        }

        return _pace.MayGoOn(onTheirWay) ? free ?? _waitedFor : _waitedFor;
    }

    private static bool TryTake(LaunchBlock block, int pid, out LaunchFailure failure)
    {
        failure = default;
        ChildPlan* plan = block.Plan;
        if (plan == null || plan->FailedStage == LaunchStage.None || plan->Pid != pid)
        {
            return false;
        }

        failure = new LaunchFailure(plan->FailedStage, (Errno)plan->FailedErrno);
        plan->FailedStage = LaunchStage.None;
        return true;
    }
}
