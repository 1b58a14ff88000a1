using System;
using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Listening;
using Rouse.Server.Loop;
using Rouse.Server.Resident;
using Rouse.Server.Sessions;

namespace Rouse.Server.Backends;

/// <content>
/// The server's process: its start and its end, its own or the one that it is brought to.
/// </content>
internal sealed partial class Backend
{
    private const long StopMs = 10_000;
    private const long SweepMs = 20;
    private const long MostSweepMs = 500;

    private readonly LoopTimer _limit;
    private readonly List<FamilyMember> _family = [];
    private BackOff _backOff;
    private long _notBeforeMs;
    private ServerTrace _trace;
    private BackendOutput? _output;
    private bool _isKilled;
    private long _sweepMs;
    private long _nextSweepMs;

    private string Id => _service.Definition.Id;

    private bool IsDatagram => _service.IsDatagram;

    private string Place => Endpoint.Text(Address);

    /// <summary>The same as <see cref="Target"/>.</summary>
    public SocketAddress Address =>
        new(Target.Address.IsV4 ? AddressFamily.IPv4 : AddressFamily.IPv6, Target.Address.Value, Target.Port, Target.Scope);

    /// <summary>A server of the service was reaped.</summary>
    public void ServerEnded(in Session session, in ChildExit exit)
    {
        if (session.Pid != Pid)
        {
            return;
        }

        Pid = 0;
        Keeper.System.ListFamily(_trace, _family);
        if (State == BackendState.Stopping)
        {
            GoOnStopping();
            return;
        }

        foreach (FamilyMember member in _family)
        {
            if (member.Parent == ThisProcess.Id)
            {
                Adopt(member.Pid);
                return;
            }
        }

        string how = ExitText.Of(exit, Keeper.Loop.NowUnix - session.StartedUnix);
        if (exit.IsSuccess && IsInBackground())
        {
            return;
        }

        if (State == BackendState.Starting && !_hasListened)
        {
            Fail($"its server (pid {exit.Pid}) {how}, before it listened at {Place}");
        }
        else if (_family.Count > 0)
        {
            Stop($"its server (pid {exit.Pid}) {how}, and left processes behind");
        }
        else
        {
            Keeper.Log.Error($"service {Id}: its server (pid {exit.Pid}) {how}; it sleeps until somebody comes");
            Sleep($"its server {how}");
        }
    }

    /// <summary>The service is closed: so is its server. Its connections are the caller's.</summary>
    public void End()
    {
        if (State is BackendState.Starting or BackendState.Ready)
        {
            Stop("its service is closed");
        }
    }

    /// <summary>The daemon ends: nobody waits for the server's end.</summary>
    public void EndAtExit()
    {
        if (State != BackendState.Asleep)
        {
            Tell(Signal.TERM);
        }
    }

    private void Start()
    {
        Target = TargetOf(_service.Definition);
        _isOutdated = false;
        (_trace, _hasListened) = (default, false);
        Span<long> inodes = stackalloc long[MostSockets];
        SysResult others = Keeper.System.FindListeners(Address, IsDatagram, inodes);
        if (!others.Ok)
        {
            Fail($"whether another program has {Place} cannot be found out: {others.Error.Describe()} (errno = {(int)others.Error}); its server was not started");
            return;
        }

        if (others.Value > 0)
        {
            if (_predecessor is not null)
            {
                return;
            }

            if (others.Value <= MostSockets && HolderOf(inodes[..others.Value]) is { } holder)
            {
                AwaitPlace(holder);
                return;
            }

            Fail($"another program has {Place} already, to which nobody is passed on; its server was not started");
            return;
        }

        if (Keeper.Gate.Processes >= Keeper.Gate.ProcessLimit)
        {
            Fail("the limit of all servers (-limit) is reached; its server was not started");
            return;
        }

        SysResult started = Launch();
        if (!started.Ok)
        {
            Fail($"its server cannot be started: {started.Error.Describe()} (errno = {(int)started.Error})");
            return;
        }

        Pid = started.Value;
        Starts++;
        Enter(BackendState.Starting, "somebody has come");
        Keeper.Log.Notice($"service {Id}: somebody has come: its server is started (pid {Pid}), and is to listen at {Place} within {Mode.StartTimeoutSeconds} seconds");
        BeginToLook();
    }

    private SysResult Launch()
    {
        SysResult nowhere = Keeper.System.OpenReserve();
        if (!nowhere.Ok)
        {
            return nowhere;
        }

        ServerSpec spec = ServerImages.Describe(_service.Definition, Keeper.World);
        string mark = $"ROUSE_START={RandomBytes.Hex(16)}";
        using ServerImage image = ServerImages.Build(spec with { Environment = spec.Environment.Add(mark) }, Keeper.System.Launches);
        _output?.Close();
        _output = BackendOutput.Open(Keeper, Id, out Fd itsEnd);
        if (_output is not null)
        {
            image.SetOutput(itsEnd);
        }

        SysResult started = Keeper.Launcher.LaunchUnasked(_service, image, nowhere.Fd);
        Keeper.System.Close(nowhere.Fd);
        if (_output is not null)
        {
            Keeper.System.Close(itsEnd);
        }

        if (started.Ok)
        {
            _trace = Keeper.System.Trace(started.Value, mark, spec);
        }

        return started;
    }

    private void Adopt(int pid)
    {
        // The number of the one before may be given to any process now.
        Pid = pid;
        _trace = Keeper.System.Retrace(pid, _trace);
        Keeper.Gate.Processes++;
        Keeper.Sessions.Add(_service, pid, SocketAddress.None, Keeper.Loop.NowUnix);
        Keeper.Log.Notice($"service {Id}: its server has put itself into the background (pid {pid})");
    }

    private void LimitReached()
    {
        if (State == BackendState.Starting && _isBlind)
        {
            RefuseAll();
            Keeper.Loop.Set(_limit, Mode.StartTimeoutSeconds * 1000L);
        }
        else if (State == BackendState.Starting)
        {
            Fail($"its server (pid {Pid}) does not listen at {Place} within {Mode.StartTimeoutSeconds} seconds (start_timeout)");
        }
        else if (State == BackendState.Stopping)
        {
            // Not even that ends a process that the kernel does not let go of. Nobody waits for it longer than this.
            Keeper.Log.Error($"service {Id}: its server has not ended within {StopMs / 1000} seconds, and is killed");
            Tell(Signal.KILL);
            Keeper.Loop.Set(_limit, StopMs);
            if (_isKilled)
            {
                RefuseAll();
                RefuseAllSuccessors();
            }

            _isKilled = true;
        }
    }

    private void Fail(string why)
    {
        long ms = _backOff.Next();
        _notBeforeMs = Keeper.Loop.NowMs + ms;
        Keeper.Log.Error($"service {Id}: {why}; who waits for it is turned away, and so is who comes within {ms} ms");
        RefuseAll();
        Keeper.System.ListFamily(_trace, _family);
        if (Pid != 0 || _family.Count > 0)
        {
            Stop("it could not be used");
        }
        else
        {
            Sleep(why);
        }
    }

    private void Stop(string why)
    {
        _idle.Cancel();
        _isKilled = false;
        Enter(BackendState.Stopping, why);
        Keeper.EndingBackends.Add(this);
        Keeper.Log.Notice($"service {Id}: {why}: its server is ended{(Pid == 0 ? "" : $" (pid {Pid})")}");
        Tell(Signal.TERM);
        Keeper.Loop.Set(_limit, StopMs);
        BeginToSweep();
        if (Pid == 0)
        {
            Keeper.Loop.Set(_look, SweepMs);
        }
    }

    private void BeginToSweep() => (_sweepMs, _nextSweepMs) = (SweepMs, Keeper.Loop.NowMs);

    // To go through all processes takes milliseconds where there are many, and nobody is served meanwhile: what must be repeated is done
    // less and less often.
    private bool MaySweep()
    {
        if (Keeper.Loop.NowMs < _nextSweepMs)
        {
            return false;
        }

        _sweepMs = Math.Min(2 * _sweepMs, MostSweepMs);
        _nextSweepMs = Keeper.Loop.NowMs + _sweepMs;
        return true;
    }

    // As long as one of those lives that were there, it need not be asked who has come since.
    private void LookForRest()
    {
        if (Pid == 0 && !AnyLives() && MaySweep())
        {
            Keeper.System.ListFamily(_trace, _family);
        }

        GoOnStopping();
    }

    private bool AnyLives()
    {
        foreach (FamilyMember member in _family)
        {
            if (Keeper.System.Lives(member))
            {
                return true;
            }
        }

        return false;
    }

    // Its process is gone, and perhaps not all that it has started.
    private void GoOnStopping()
    {
        if (Pid != 0)
        {
            return;
        }

        if (_family.Count > 0)
        {
            Keeper.Loop.Set(_look, SweepMs);
            return;
        }

        Keeper.Log.Notice($"service {Id}: its server has ended, and sleeps until somebody comes");
        Sleep(Why);
    }

    private void Sleep(string why)
    {
        _look.Cancel();
        _limit.Cancel();
        _idle.Cancel();
        _output?.Close();
        _output = null;

        // What the looks at processes have left.
        Keeper.Settings.Memory?.GarbageWasMade();
        Enter(BackendState.Asleep, why);
        AsleepSinceUnix = SinceUnix;
        LeavePlace();
        if (IsAwaited)
        {
            if (IsResting)
            {
                RefuseAll();
            }
            else
            {
                Start();
            }
        }
    }

    private void Enter(BackendState state, string why) => (State, Why, SinceUnix) = (state, why, Keeper.Loop.NowUnix);

    private void Tell(int signal)
    {
        Keeper.System.ListFamily(_trace, _family);
        if (Pid != 0)
        {
            Keeper.System.Kill(Pid, signal);
        }

        foreach (FamilyMember member in _family)
        {
            if (member.Pid != Pid)
            {
                Keeper.System.Kill(member.Pid, signal);
            }
        }
    }
}
