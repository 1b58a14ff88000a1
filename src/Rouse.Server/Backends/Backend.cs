using System.Globalization;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.Backends;

/// <summary>
/// The server behind an on-demand-resident service, from its sleep to its sleep (<see cref="BackendState"/>), and who waits for it. What it
/// promises: no connection is passed on before a process of this service listens at its address; none to a server that is being ended; and a
/// server with connections is not ended for being idle. Every change of state is logged with its reason.
/// </summary>
internal sealed partial class Backend
{
    /// <summary>Connections of a service that wait for its server; as many may be silent besides.</summary>
    public const int MostHeld = 256;

    private readonly Service _service;
    private readonly BackendQueue _held = new();
    private readonly BackendQueue _silent = new();
    private readonly LoopTimer _silence;
    private readonly LoopTimer _idle;
    private long _lastUseMs;
    private bool _isOutdated;

    public Backend(Service service)
    {
        _service = service;
        _silence = new LoopTimer(DropSilent);
        _idle = new LoopTimer(StopIfIdle);
        _look = new LoopTimer(Look);
        _limit = new LoopTimer(LimitReached);
        _isKnown = pid => service.Keeper.Sessions.Knows(pid) || service.Keeper.Commands.Knows(pid);
        SinceUnix = service.Keeper.Loop.NowUnix;
        Target = TargetOf(service.Definition);
        service.Keeper.System.AdoptOrphans();
    }

    public BackendState State { get; private set; }

    /// <summary>Where the server that was started last listens.</summary>
    public RedirectTarget Target { get; private set; }

    /// <summary>Its process; 0 while it sleeps.</summary>
    public int Pid { get; private set; }

    public int Held => _held.Count;

    public int Silent => _silent.Count;

    /// <summary>Connections that were passed on and are not over.</summary>
    public int Passed { get; private set; }

    /// <summary>How often the server was started.</summary>
    public long Starts { get; private set; }

    /// <summary>Since when it is in its state, in seconds since 1970.</summary>
    public long SinceUnix { get; private set; }

    /// <summary>When it went to sleep last, in seconds since 1970; 0 before the first time it was awake.</summary>
    public long AsleepSinceUnix { get; private set; }

    /// <summary>Why it is in its state.</summary>
    public string Why { get; private set; } = "nobody has come yet";

    /// <summary>Whoever comes now is refused: the last start has failed.</summary>
    public bool IsResting => Keeper.Loop.NowMs < _notBeforeMs;

    private Keeper Keeper => _service.Keeper;

    private StartMode Mode => _service.Definition.Start;

    /// <summary>A connection that has sent nothing yet is watched until it does, or for start_timeout.</summary>
    public void HearSilent(BackendSession session)
    {
        if (session.Handler.IsFull || _silent.Count >= MostHeld)
        {
            // Those who say nothing make room for those who may.
            if (_silent.Oldest is not { } oldest)
            {
                session.Refuse(RefusalReason.Silent);
                return;
            }

            oldest.Refuse(RefusalReason.Silent);
        }

        Queue(session, _silent);
        if (!_silence.IsSet)
        {
            Keeper.Loop.Set(_silence, Mode.StartTimeoutSeconds * 1000L);
        }
    }

    /// <summary>A connection is to be passed on, now or when the server listens.</summary>
    public void Want(BackendSession session)
    {
        if (IsReady())
        {
            Pass(session);
        }
        else if (IsResting || session.Handler.IsFull || _held.Count >= MostHeld)
        {
            session.Refuse(RefusalReason.Backend);
        }
        else
        {
            Queue(session, _held);
            Wake();
        }
    }

    /// <summary>Somebody has come who was let in. True where the server listens now.</summary>
    public bool IsReady()
    {
        Use();
        if (State == BackendState.Ready && !IsStillThere())
        {
            LookAnew("the sockets of its server are not those that were there");
        }

        return State == BackendState.Ready;
    }

    /// <summary>Somebody waits for the server.</summary>
    public void Wake()
    {
        if (State == BackendState.Asleep && !IsResting)
        {
            Start();
        }
    }

    /// <summary>The server is being used.</summary>
    public void Use() => _lastUseMs = Keeper.Loop.NowMs;

    /// <summary>It waits no longer; the connection is its caller's.</summary>
    public void Unqueue(BackendSession session)
    {
        if (session.Queue is { } queue)
        {
            queue.Remove(session);
            session.Handler.Waiting--;
        }
    }

    /// <summary>A connection is over, whatever it was doing.</summary>
    public void Leave(BackendSession session, bool wasPassed)
    {
        Unqueue(session);
        if (wasPassed)
        {
            Passed--;
            Use();
        }

        AwaitIdleness();
    }

    /// <summary>The server refused a connection although it listened: whether it still does must be seen anew.</summary>
    public void TakeBack()
    {
        Passed--;
        if (State == BackendState.Ready)
        {
            LookAnew("its server has refused a connection");
        }
    }

    /// <summary>The definition was exchanged.</summary>
    /// <param name="isOtherServer">It asks for another process, or for another place.</param>
    public void Apply(bool isOtherServer)
    {
        _isOutdated |= isOtherServer && Pid != 0;
        if (_isOutdated && State == BackendState.Starting)
        {
            Stop("its definition has changed");
        }
        else if (isOtherServer && State == BackendState.Ready && Passed > 0)
        {
            Keeper.Log.Notice($"service {Id}: its definition has changed: its server (pid {Pid}) is ended when its last connection is over");
        }

        AwaitIdleness();
    }

    /// <summary>Where connections go to: "every address" is this host's own, as for connect(2).</summary>
    public static RedirectTarget TargetOf(ServiceDefinition definition)
    {
        RedirectTarget target = definition.Start.Backend!;
        return target.Address.IsV4 && target.Address.V4 == 0 ? target with { Address = IpAddress.FromV4(0x7f000001) }
            : target.Address.Value == System.UInt128.Zero ? target with { Address = new IpAddress(System.UInt128.One) }
            : target;
    }

    private static void Queue(BackendSession session, BackendQueue queue)
    {
        queue.Add(session);
        session.Handler.Waiting++;
    }

    private void Pass(BackendSession session)
    {
        Passed++;
        session.Pass();
    }

    private void PassAllOn()
    {
        while (State == BackendState.Ready && _held.Oldest is { } session)
        {
            Unqueue(session);
            Pass(session);
        }

        foreach (Listener listener in _service.Listeners)
        {
            (listener as BackendDatagrams)?.BackendIsReady();
        }
    }

    private void RefuseAll()
    {
        while (_held.Oldest is { } session)
        {
            session.Refuse(RefusalReason.Backend);
        }

        foreach (Listener listener in _service.Listeners)
        {
            (listener as BackendDatagrams)?.BackendHasFailed();
        }
    }

    private bool IsAwaited
    {
        get
        {
            foreach (Listener listener in _service.Listeners)
            {
                if (listener is BackendDatagrams { IsAwaiting: true })
                {
                    return true;
                }
            }

            return _held.Count > 0;
        }
    }

    private void DropSilent()
    {
        long limitMs = Mode.StartTimeoutSeconds * 1000L;
        while (_silent.Oldest is { } session && Keeper.Loop.NowMs - session.SinceMs >= limitMs)
        {
            session.Refuse(RefusalReason.Silent);
        }

        if (_silent.Oldest is { } next)
        {
            Keeper.Loop.Set(_silence, next.SinceMs + limitMs - Keeper.Loop.NowMs);
        }
    }

    private void AwaitIdleness()
    {
        if (State != BackendState.Ready || Passed > 0)
        {
            return;
        }

        if (_isOutdated)
        {
            Stop("its definition has changed, and its last connection is over");
        }
        else if (!_idle.IsSet && Mode.IdleTimeoutSeconds is { } seconds)
        {
            Keeper.Loop.Set(_idle, seconds * 1000L);
        }
    }

    private void StopIfIdle()
    {
        if (State != BackendState.Ready || Passed > 0 || Mode.IdleTimeoutSeconds is not { } seconds)
        {
            return;
        }

        long left = _lastUseMs + (seconds * 1000L) - Keeper.Loop.NowMs;
        if (left > 0)
        {
            Keeper.Loop.Set(_idle, left);
            return;
        }

        Stop(string.Create(CultureInfo.InvariantCulture, $"nobody has come for {seconds} second{(seconds == 1 ? "" : "s")}"));
    }
}
