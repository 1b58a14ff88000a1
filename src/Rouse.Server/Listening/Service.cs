using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Admission;
using Rouse.Server.BuiltIn;
using Rouse.Server.Gate;
using Rouse.Server.Identity;
using Rouse.Server.Intercepting;
using Rouse.Server.Launch;
using Rouse.Server.Logging;
using Rouse.Server.Loop;
using Rouse.Server.Sessions;

namespace Rouse.Server.Listening;

/// <summary>
/// A configured service as it runs: its definition, its sockets, who may come in, how full it is. It outlives reloads as long as its
/// identity stays the same; then only the definition is exchanged.
/// </summary>
internal sealed partial class Service
{
    private const long ResumeAfterFailureMs = 1000;

    private readonly ServiceSockets _sockets;
    private PrivateSocket? _privateSocket;

    // Made when they are first needed: most services never are out of service, and nobody of theirs is turned away.
    private RefusalTeller? _refusals;
    private LoopTimer? _returnTimer;
    private LoopTimer? _bindTimer;
    private LoopTimer? _resumeTimer;
    private int _borrower;
    private CpsWindow _cps;
    private StartWindow _starts;
    private ServiceTotals _totals;

    public Service(Keeper keeper, ServiceDefinition definition, AccessPolicy policy)
    {
        Keeper = keeper;
        _sockets = new ServiceSockets(this);
        Pending = new ServicePending(Occupancy);
        Definition = definition;
        Policy = policy;
        SinceUnix = keeper.Loop.NowUnix;
        Log = null!;
        Apply(definition, policy);
    }

    public Keeper Keeper { get; }

    public ServiceDefinition Definition { get; private set; }

    public AccessPolicy Policy { get; private set; }

    public byte[] IdBytes => Log.Id;

    public ServiceLog Log { get; private set; }

    /// <summary>What each server is started with; null for services that the daemon answers itself.</summary>
    public ServerImage? Image { get; private set; }

    /// <summary>Serves accepted connections; null for datagram and wait services.</summary>
    public ConnectionHandler? Handler { get; private set; }

    public Occupancy Occupancy { get; } = new();

    /// <summary>Servers take places in instances and per_source; with INTERCEPT and before a backend the connections do, and the one server takes none.</summary>
    public bool CountsServers => !Definition.IsIntercepted && Backend is null;

    /// <summary>The connections that the daemon itself is answering, newest first.</summary>
    public StreamSession? NewestSession { get; set; }

    /// <summary>The connections that wait for a name, a user or a command.</summary>
    public ServicePending Pending { get; }

    public Identification Identification { get; private set; }

    /// <summary>The rules of tcp_wrappers are asked about its peers.</summary>
    public bool AsksWrappers { get; private set; }

    /// <summary>The name that those rules know it by.</summary>
    public string ProcessName { get; private set; } = "";

    public ref CpsWindow Cps => ref _cps;

    public ref StartWindow StartWindow => ref _starts;

    /// <summary>Null where connections are not counted by minute and source.</summary>
    public SourceRates? SourceRates { get; private set; }

    public ref readonly ServiceTotals Totals => ref _totals;

    /// <summary>Since when <see cref="Totals"/> count, in seconds since 1970.</summary>
    public long SinceUnix { get; }

    /// <summary>When a service that is out for cps returns, in monotonic milliseconds; null for one that is not out.</summary>
    public long? ReturnsMs => State == ServiceState.OutOfService && _returnTimer is { IsSet: true } ? _returnTimer.DueMs : null;

    public ServiceState State { get; private set; }

    public bool SpawnsServers => Definition.BuiltIn == BuiltInService.None && Definition.Redirect is null;

    /// <summary>Each connection takes one of the places of -limit: it has a server, if only one on another host.</summary>
    public bool TakesServers => Definition.BuiltIn == BuiltInService.None && Backend is null;

    /// <summary>With INTERCEPT: the one server of all connections runs, or its socket asks by itself whether it may be started.</summary>
    public bool HasServerForAll => _privateSocket is { IsWatched: false };

    public bool IsDatagram => Definition.SocketType is SocketType.Dgram or SocketType.Raw or SocketType.SeqPacket;

    public IReadOnlyList<Listener> Listeners => _sockets.Listeners;

    // Behind the multiplexer there is only the one connection to give away, as in the original: wait makes no difference.
    private bool HandsSocketOver => Definition.Wait && SpawnsServers && !Definition.IsMultiplexed && !Definition.IsIntercepted;

    /// <summary>Exchanges the definition: the next connection is served by the new one.</summary>
    public void Apply(ServiceDefinition definition, AccessPolicy policy)
    {
        bool isOtherServer = IsOtherServer(definition);
        StartMode before = Definition.Start;
        Definition = definition;
        Policy = policy;
        Log = new ServiceLog(definition, Keeper.Logs.SinkFor(definition.LogType, definition.Id), Keeper.Clock);
        Image = SpawnsServers ? Keeper.Images.For(definition) : null;
        ApplyStart(isOtherServer);
        Handler = IsDatagram || HandsSocketOver ? null : Keeper.Handlers.For(definition);
        AdjustWarm(before);
        SourceRates = definition.PerSourcePerMinute is null ? null : SourceRates ?? new SourceRates();
        _cps.Reset(); // A reload begins to count anew, as in the original: what came under another limit trips none.
        Identification = Identification.Of(definition, acceptsConnections: Handler is not null);
        ProcessName = definition.ProcessName;
        AsksWrappers = !definition.Flags.HasFlag(ServiceFlags.NoLibwrap);
        if (AsksWrappers)
        {
            Keeper.Rules.Begin();
        }

        _sockets.Register();
        Occupancy.CountSources(definition.PerSource is not null);
        if (Occupancy.CountsSources)
        {
            Recount();
        }
    }

    /// <summary>A suspended service is looked at again after a while although no server of it runs.</summary>
    public bool IsToResume => _resumeTimer is { IsSet: true } || Resident is { IsToStart: true };

    /// <summary>A service that is out, for cps or for want of its address, is brought back by itself.</summary>
    public bool IsToReturn => _returnTimer is { IsSet: true } || _bindTimer is { IsSet: true };

    /// <summary>After a fault of the program: makes sockets and timers what the state says.</summary>
    public void SetRight()
    {
        switch (State)
        {
            case ServiceState.OutOfService or ServiceState.WaitingForAddress:
                Keeper.Loop.Set(_bindTimer ??= new LoopTimer(TryBindAgain), Keeper.BindRetryMs);
                break;
            case ServiceState.Suspended when HasLentSocket:
                Suspend();
                break;
            case ServiceState.Suspended:
                Resume();
                break;
            case ServiceState.Listening when Listeners.Count == 0:
                Open();
                break;
            case ServiceState.Listening:
                _sockets.Watch();
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Binds every address and listens. What cannot be bound now is tried again until it can; where the kernel has no such sockets, the
    /// service stays closed.
    /// </summary>
    public void Open()
    {
        Errno error = OpenListeners();
        if (error == Errno.None)
        {
            BeginListening();
        }
        else if (Definition.Local is { } local)
        {
            WaitForAddress(error, $"{local.Path} can be made");
        }
        else if (ListenAddresses.IsForGood(error))
        {
            Keeper.Log.Error($"socket creation failed ({error.Describe()} (errno = {(int)error})). service = {Definition.Id}");
            _sockets.Close();
            State = ServiceState.Closed;
        }
        else
        {
            WaitForAddress(error, IsSocketLent ? "its server, which has the socket, has ended" : "the address is free");
        }
    }

    private Errno OpenListeners() => IsSocketLent ? Errno.EADDRINUSE : _sockets.Open();

    private void BeginListening()
    {
        State = ServiceState.Listening;
        if (!BeginResident())
        {
            _sockets.Watch();
        }

        _sockets.Register();
        Warm?.Open();
    }

    private void WaitForAddress(Errno why, string until)
    {
        if (State != ServiceState.WaitingForAddress)
        {
            Keeper.Log.Error($"bind failed ({why.Describe()} (errno = {(int)why})). service = {Definition.Id}; "
                + $"it is tried again every few seconds until {until}");
        }

        _sockets.Close();
        State = ServiceState.WaitingForAddress;
        Keeper.Loop.Set(_bindTimer ??= new LoopTimer(TryBindAgain), Keeper.BindRetryMs);
    }

    public void Close()
    {
        // Whoever is asked to end has the socket until it has ended.
        IsSocketLent = HandsSocketOver && Resident is { Pid: not 0 };
        _borrower = 0;
        Resident?.Close();
        _returnTimer?.Cancel();
        _bindTimer?.Cancel();
        _resumeTimer?.Cancel();
        _sockets.Close();
        _privateSocket?.Close();
        _privateSocket = null;
        State = ServiceState.Closed;
        Warm?.Close("its service is closed");
        Pending.EndAll();
    }

    /// <summary>The socket of this service's server where INTERCEPT keeps its own from it; null when there can be none now.</summary>
    public PrivateSocket? PrivateSocket() => _privateSocket ??= Intercepting.PrivateSocket.Open(this);

    /// <summary>The socket is left to a wait server, or to nobody for a while.</summary>
    public void Suspend()
    {
        _sockets.Unwatch();
        State = ServiceState.Suspended;
    }

    /// <summary>A wait server has the socket now, until it ends; older ones, of a socket that was closed, may still run beside it.</summary>
    public void LendSocket(int pid) => _borrower = pid;

    /// <summary>No wait server could be started: the socket is looked at again after a while, not at once.</summary>
    public void ResumeLater() => Keeper.Loop.Set(_resumeTimer ??= new LoopTimer(Resume), ResumeAfterFailureMs);

    public void Resume()
    {
        if (State != ServiceState.Suspended)
        {
            return;
        }

        _resumeTimer?.Cancel();
        if (Resident is not null)
        {
            Resident.Begin();
            return;
        }

        _sockets.Watch();
        State = ServiceState.Listening;
    }

    /// <summary>The connections that the daemon itself is answering or passing on.</summary>
    public int CountAnsweredHere()
    {
        int count = 0;
        for (StreamSession? at = NewestSession; at is not null; at = at.Older)
        {
            count++;
        }

        return count;
    }

    /// <summary>A connection or datagram is being served.</summary>
    public void CountServed() => _totals.CountServed(Keeper.Loop.NowUnix);

    /// <summary>Logs a refusal, and takes the service out when too many connections came.</summary>
    public void Refuse(RefusalReason reason, in SocketAddress peer)
    {
        _totals.CountRefused(reason, Keeper.Loop.NowUnix);
        (_refusals ??= new RefusalTeller(this)).Tell(reason, peer);
        if (reason == RefusalReason.ConnectionsPerSecond)
        {
            TakeOutOfService();
        }
        else if (reason == RefusalReason.StartsPerMinute)
        {
            LeaveAlone(Definition.Starts!);
        }
    }

    /// <summary>A server of this service was reaped.</summary>
    public void ServerEnded(in Session session, in ChildExit exit)
    {
        bool hadSocket = session.Pid == Borrower;
        if (CountsServers)
        {
            Occupancy.Leave(session.Peer);
        }

        Log.Exit(exit, Keeper.Loop.NowUnix - session.StartedUnix, Keeper.Loop.NowUnix);
        Resident?.Ended(session, exit);
        Backend?.ServerEnded(session, exit);
        Warm?.ServerEnded(exit);
        _privateSocket?.ServerEnded(session.Pid);
        if (hadSocket)
        {
            _borrower = 0;
            TakeSocketBack();
            if (Resident is null)
            {
                Resume();
            }
        }
    }

    /// <summary>
    /// Counts every live session anew, by source too where sources are counted: the number of them. Whatever holds sessions of this
    /// service must be counted here.
    /// </summary>
    public int Recount()
    {
        Occupancy.Forget();
        if (CountsServers)
        {
            foreach (Session session in Keeper.Sessions.Of(this))
            {
                Occupancy.Enter(session.Peer);
            }
        }

        for (StreamSession? at = NewestSession; at is not null; at = at.Older)
        {
            Occupancy.Enter(at.Peer);
        }

        Warm?.CountPending(Occupancy);
        Pending.Recount();
        return Occupancy.Live;
    }

    private void TryBindAgain()
    {
        Open();
        if (State == ServiceState.Listening)
        {
            Keeper.Log.Notice($"service {Definition.Id} has its address now and is listening");
        }
    }
}
