using System;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Backends;

/// <content>
/// Whether the server listens: read from the kernel's tables of sockets, every few milliseconds as long as somebody waits for it, once when
/// somebody comes, and never otherwise. A socket counts only if a process of this service holds it.
/// </content>
internal sealed partial class Backend
{
    private const int MostSockets = 64;
    private const int MostStrangeLooks = 3;
    private const long BlindMs = 100;

    private readonly LoopTimer _look;
    private readonly Predicate<int> _isKnown;
    private readonly long[] _sockets = new long[MostSockets];
    private int _socketCount;
    private long _startedMs;
    private long _seenMs;
    private int _strangeLooks;
    private bool _hasListened;
    private bool _isBlind;

    // Perhaps it opens its socket anew; or it has ended, and that was not told yet.
    private void LookAnew(string why)
    {
        Enter(BackendState.Starting, why);
        Keeper.Log.Notice($"service {Id}: {why} (pid {Pid}): whether it listens at {Place} is looked for again");
        BeginToLook();
    }

    private void BeginToLook()
    {
        (_startedMs, _strangeLooks, _isBlind) = (Keeper.Loop.NowMs, 0, false);
        BeginToSweep();
        Keeper.Loop.Set(_limit, Mode.StartTimeoutSeconds * 1000L);
        Look();
    }

    private void Look()
    {
        if (State == BackendState.Stopping)
        {
            LookForRest();
            return;
        }

        if (State != BackendState.Starting)
        {
            return;
        }

        Span<long> inodes = stackalloc long[MostSockets];
        SysResult found = Keeper.System.FindListeners(Address, IsDatagram, inodes);
        if (!found.Ok)
        {
            GoOnBlindly(found.Error);
            return;
        }

        if (_isBlind)
        {
            _isBlind = false;
            Keeper.Loop.Set(_limit, Mode.StartTimeoutSeconds * 1000L);
        }

        switch (Listens(inodes, found.Value))
        {
            case true:
                BecomeReady();
                break;
            case false when ++_strangeLooks >= MostStrangeLooks:
                Fail($"a program that is none of its server's listens at {Place}: nobody is passed on to it");
                break;
            case null when Pid == 0 && MaySweep() && Keeper.System.FindOrphan(0, _trace, _isKnown) == 0:
                Fail($"its server has put itself into the background and ended there, before it listened at {Place}");
                break;
            default:
                Keeper.Loop.Set(_look, Pid == 0 ? SweepMs : PauseMs(Keeper.Loop.NowMs - _startedMs));
                break;
        }
    }

    // A server that needs long is no worse off for being seen a few milliseconds later.
    private static long PauseMs(long ageMs) => ageMs < 250 ? 2 : ageMs < 10_000 ? 5 : 10;

    // A shortage of descriptors, as a rule, which is not the server's fault: its time runs only while it can be seen.
    private void GoOnBlindly(Errno why)
    {
        if (!_isBlind)
        {
            _isBlind = true;
            Keeper.Log.Error($"service {Id}: whether its server listens at {Place} cannot be found out: {why.Describe()} (errno = {(int)why}); "
                + "it is not ended for that, and who waits is turned away when start_timeout is over");
        }

        Keeper.Loop.Set(_look, BlindMs);
    }

    // Null: nobody does yet. False: somebody else. With several sockets for one port the kernel chooses, so that all must be its.
    private bool? Listens(Span<long> inodes, int count)
    {
        if (count == 0)
        {
            return null;
        }

        if (count > MostSockets)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!Keeper.System.FamilyHolds(inodes[i], _trace) && !IsAdopted(inodes[i]))
            {
                return false;
            }
        }

        inodes[..count].CopyTo(_sockets);
        (_socketCount, _seenMs) = (count, Keeper.Loop.NowMs);
        return true;
    }

    // The one that holds the socket; where nobody does yet it is not to be told from others, and is looked for with the socket.
    private bool IsInBackground() => State == BackendState.Ready
        ? IsAdopted(_sockets[0])
        : Keeper.System.FindOrphan(0, _trace, _isKnown) != 0;

    // The server is in the background, and here is a socket that would be its.
    private bool IsAdopted(long inode)
    {
        int orphan = Pid == 0 ? Keeper.System.FindOrphan(inode, _trace, _isKnown) : 0;
        if (orphan != 0)
        {
            Adopt(orphan);
        }

        return orphan != 0;
    }

    /// <summary>
    /// Those that listen are the same as when they were looked at: a number of a socket is given to no other one while it is open. Asked for
    /// each connection, but no more than once a millisecond. Where it cannot be asked, the last answer holds: the connection will hardly be
    /// passed on either.
    /// </summary>
    private bool IsStillThere()
    {
        if (_seenMs == Keeper.Loop.NowMs)
        {
            return true;
        }

        Span<long> inodes = stackalloc long[MostSockets];
        SysResult found = Keeper.System.FindListeners(Address, IsDatagram, inodes);
        if (!found.Ok)
        {
            return true;
        }

        if (found.Value != _socketCount || !inodes[..found.Value].SequenceEqual(_sockets.AsSpan(0, _socketCount)))
        {
            return false;
        }

        _seenMs = Keeper.Loop.NowMs;
        return true;
    }

    private void BecomeReady()
    {
        _look.Cancel();
        _limit.Cancel();
        _backOff.Reset();
        _hasListened = true;
        long ms = Keeper.Loop.NowMs - _startedMs;
        string waited = IsDatagram ? "" : $"; {_held.Count} connection{(_held.Count == 1 ? "" : "s")} waited for it";
        Enter(BackendState.Ready, "somebody has come");
        Keeper.Log.Notice($"service {Id}: its server (pid {Pid}) listens at {Place} after {ms} ms{waited}");
        Use();
        PassAllOn();
        AwaitIdleness();
    }
}
