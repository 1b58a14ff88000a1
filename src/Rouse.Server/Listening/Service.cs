using System;
using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Admission;
using Rouse.Server.BuiltIn;
using Rouse.Server.Gate;
using Rouse.Server.Intercepting;
using Rouse.Server.Launch;
using Rouse.Server.Logging;
using Rouse.Server.Loop;
using Rouse.Server.Rpc;
using Rouse.Server.Sessions;

namespace Rouse.Server.Listening;

/// <summary>
/// A configured service as it runs: its definition, its sockets, who may come in, how full it is. It outlives reloads as long as its
/// identity stays the same; then only the definition is exchanged.
/// </summary>
internal sealed class Service
{
    private const long ResumeAfterFailureMs = 1000;

    private readonly List<Listener> _listeners = [];
    private readonly LoopTimer _returnTimer;
    private readonly LoopTimer _bindTimer;
    private readonly LoopTimer _resumeTimer;
    private PrivateSocket? _privateSocket;
    private RpcRegistration? _registration;
    private CpsWindow _cps;
    private ServiceTotals _totals;
    private SocketAddress _lastRefused;
    private long _lastRefusedUnix;

    public Service(Keeper keeper, ServiceDefinition definition, AccessPolicy policy)
    {
        Keeper = keeper;
        _returnTimer = new LoopTimer(ReturnToService);
        _bindTimer = new LoopTimer(TryBindAgain);
        _resumeTimer = new LoopTimer(Resume);
        Definition = definition;
        Policy = policy;
        IdBytes = SourceFile.Encode(definition.Id);
        SinceUnix = keeper.Loop.NowUnix;
        Log = null!;
        Apply(definition, policy);
    }

    public Keeper Keeper { get; }

    public ServiceDefinition Definition { get; private set; }

    public AccessPolicy Policy { get; private set; }

    public byte[] IdBytes { get; private set; }

    public ServiceLog Log { get; private set; }

    /// <summary>What each server is started with; null for services that the daemon answers itself.</summary>
    public ServerImage? Image { get; private set; }

    /// <summary>Serves accepted connections; null for datagram and wait services.</summary>
    public ConnectionHandler? Handler { get; private set; }

    public Occupancy Occupancy { get; } = new();

    /// <summary>Servers take places in instances and per_source; with INTERCEPT the connections do, and the one server takes none.</summary>
    public bool CountsServers => !Definition.IsIntercepted;

    /// <summary>The connections that the daemon itself is answering, newest first.</summary>
    public StreamSession? NewestSession { get; set; }

    /// <summary>The connections that wait for a name or a user, newest first.</summary>
    public PendingConnection? NewestPending { get; private set; }

    /// <summary>
    /// The user behind each connection is asked for (USERID) before it is served. As in the original not for daytime and time, which are
    /// answered on the spot; but where only identified users are served, for these too. Differs from xinetd: D-039.
    /// </summary>
    public bool Identifies { get; private set; }

    /// <summary>IDONLY: who is not identified is not served.</summary>
    public bool ServesOnlyIdentified { get; private set; }

    /// <summary>The user behind a refused connection is asked for.</summary>
    public bool IdentifiesRefused { get; private set; }

    /// <summary>The rules of tcp_wrappers are asked about its peers.</summary>
    public bool AsksWrappers { get; private set; }

    /// <summary>The name that those rules know it by.</summary>
    public string ProcessName { get; private set; } = "";

    public ref CpsWindow Cps => ref _cps;

    public ref readonly ServiceTotals Totals => ref _totals;

    /// <summary>Since when <see cref="Totals"/> count, in seconds since 1970.</summary>
    public long SinceUnix { get; }

    /// <summary>When a service that is out for cps returns, in monotonic milliseconds; null for one that is not out.</summary>
    public long? ReturnsMs => State == ServiceState.OutOfService && _returnTimer.IsSet ? _returnTimer.DueMs : null;

    public ServiceState State { get; private set; }

    public bool SpawnsServers => Definition.BuiltIn == BuiltInService.None && Definition.Redirect is null;

    /// <summary>Each connection takes one of the places of -limit: it has a server, if only one on another host.</summary>
    public bool TakesServers => Definition.BuiltIn == BuiltInService.None;

    public bool IsDatagram => Definition.SocketType is SocketType.Dgram or SocketType.Raw or SocketType.SeqPacket;

    public IReadOnlyList<Listener> Listeners => _listeners;

    /// <summary>Exchanges the definition: the next connection is served by the new one.</summary>
    public void Apply(ServiceDefinition definition, AccessPolicy policy)
    {
        Definition = definition;
        Policy = policy;
        IdBytes = SourceFile.Encode(definition.Id);
        Log = new ServiceLog(definition, Keeper.Logs.SinkFor(definition.LogType, definition.Id), Keeper.Clock);
        Image?.Dispose();
        Image = SpawnsServers ? ServerImages.Build(definition, Keeper.World) : null;

        // Behind the multiplexer there is only the one connection to give away, as in the original: wait makes no difference.
        bool handsSocketOver = definition.Wait && SpawnsServers && !definition.IsMultiplexed && !definition.IsIntercepted;
        Handler = IsDatagram || handsSocketOver ? null : Keeper.Handlers.For(definition);
        DecideIdentification(definition);
        ProcessName = definition.ProcessName;
        AsksWrappers = !definition.Flags.HasFlag(ServiceFlags.NoLibwrap);
        if (AsksWrappers)
        {
            Keeper.Rules.Begin();
        }

        Register();
        Occupancy.CountSources(definition.PerSource is not null);
        if (Occupancy.CountsSources)
        {
            Recount();
        }
    }

    /// <summary>A suspended service is looked at again after a while although no server of it runs.</summary>
    public bool IsToResume => _resumeTimer.IsSet;

    /// <summary>A service that is out, for cps or for want of its address, is brought back by itself.</summary>
    public bool IsToReturn => _returnTimer.IsSet || _bindTimer.IsSet;

    /// <summary>After a fault of the program: makes sockets and timers what the state says.</summary>
    public void SetRight(bool isServed)
    {
        switch (State)
        {
            case ServiceState.OutOfService or ServiceState.WaitingForAddress:
                Keeper.Loop.Set(_bindTimer, Keeper.BindRetryMs);
                break;
            case ServiceState.Suspended when isServed:
                Suspend();
                break;
            case ServiceState.Suspended:
                Resume();
                break;
            case ServiceState.Listening when _listeners.Count == 0:
                Open();
                break;
            case ServiceState.Listening:
                WatchListeners();
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
        foreach (SocketAddress wanted in ListenAddresses.Of(Definition))
        {
            // Where the kernel chooses a port, it does so for the first address only: the portmapper names one for all of them.
            SocketAddress address = wanted.Port == 0 && _listeners.Count > 0 ? wanted with { Port = _listeners[0].Local.Port } : wanted;
            SysResult opened = ListenAddresses.Open(Keeper.System, Definition, address, Handler is not null || !SpawnsServers);
            if (!opened.Ok && ListenAddresses.IsForGood(opened.Error))
            {
                Keeper.Log.Error($"socket creation failed ({opened.Error.Describe()} (errno = {(int)opened.Error})). service = {Definition.Id}");
                CloseListeners();
                State = ServiceState.Closed;
                return;
            }

            if (!opened.Ok)
            {
                if (State != ServiceState.WaitingForAddress)
                {
                    Keeper.Log.Error($"bind failed ({opened.Error.Describe()} (errno = {(int)opened.Error})). service = {Definition.Id}; "
                        + "it is tried again every few seconds until the address is free");
                }

                CloseListeners();
                State = ServiceState.WaitingForAddress;
                Keeper.Loop.Set(_bindTimer, Keeper.BindRetryMs);
                return;
            }

            _listeners.Add(MakeListener(opened.Fd));
        }

        WatchListeners();
        State = ServiceState.Listening;
        Register();
    }

    public void Close()
    {
        _returnTimer.Cancel();
        _bindTimer.Cancel();
        _resumeTimer.Cancel();
        CloseListeners();
        _privateSocket?.Close();
        _privateSocket = null;
        State = ServiceState.Closed;
        while (NewestPending is { } pending)
        {
            pending.End();
        }
    }

    /// <summary>A connection begins to wait.</summary>
    public void Add(PendingConnection pending)
    {
        pending.Older = NewestPending;
        if (NewestPending is not null)
        {
            NewestPending.Newer = pending;
        }

        NewestPending = pending;
        if (pending.HoldsPlace)
        {
            Occupancy.Enter(pending.Visit.Peer);
        }
    }

    /// <summary>A connection waits no longer.</summary>
    public void Remove(PendingConnection pending)
    {
        if (pending.Newer is null)
        {
            NewestPending = pending.Older;
        }
        else
        {
            pending.Newer.Older = pending.Older;
        }

        if (pending.Older is not null)
        {
            pending.Older.Newer = pending.Newer;
        }

        (pending.Older, pending.Newer) = (null, null);
        if (pending.HoldsPlace)
        {
            Occupancy.Leave(pending.Visit.Peer);
        }
    }

    /// <summary>The socket of this service's server where INTERCEPT keeps its own from it; null when there can be none now.</summary>
    public PrivateSocket? PrivateSocket() => _privateSocket ??= Intercepting.PrivateSocket.Open(this);

    /// <summary>A wait server has the socket now.</summary>
    public void Suspend()
    {
        foreach (Listener listener in _listeners)
        {
            listener.Unwatch();
        }

        State = ServiceState.Suspended;
    }

    /// <summary>No wait server could be started: the socket is looked at again after a while, not at once.</summary>
    public void ResumeLater() => Keeper.Loop.Set(_resumeTimer, ResumeAfterFailureMs);

    public void Resume()
    {
        if (State != ServiceState.Suspended)
        {
            return;
        }

        WatchListeners();
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
        if (!IsRepeatedDatagram(peer))
        {
            Log.Fail(reason.LogText(), peer, Keeper.Loop.NowUnix);
            if (reason == RefusalReason.Libwrap)
            {
                TellRulesRefused(peer);
            }
        }

        if (reason == RefusalReason.ConnectionsPerSecond)
        {
            TakeOutOfService();
        }
    }

    /// <summary>A server of this service was reaped.</summary>
    public void ServerEnded(in Session session, in ChildExit exit)
    {
        if (CountsServers)
        {
            Occupancy.Leave(session.Peer);
        }

        Log.Exit(exit, Keeper.Loop.NowUnix - session.StartedUnix, Keeper.Loop.NowUnix);
        _privateSocket?.ServerEnded();
        if (Definition.Wait)
        {
            Resume();
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

        for (PendingConnection? at = NewestPending; at is not null; at = at.Older)
        {
            if (at.HoldsPlace)
            {
                Occupancy.Enter(at.Visit.Peer);
            }
        }

        return Occupancy.Live;
    }

    private void TellRulesRefused(in SocketAddress peer)
    {
        Span<byte> text = stackalloc byte[46];
        string from = peer.IsNone ? "<no address>" : SourceFile.Decode(text[..LogLine.FormatPeer(peer, text)]);
        Keeper.Log.Info($"libwrap refused connection to {Definition.Id} (libwrap={ProcessName}) from {from}");
    }

    private Listener MakeListener(Fd socket)
    {
        if (Handler is not null)
        {
            return new StreamListener(this, socket);
        }

        if (Definition.IsIntercepted)
        {
            return new DatagramInterceptor(this, socket);
        }

        return SpawnsServers
            ? new WaitListener(this, socket)
            : new DatagramListener(this, socket, DatagramAnswers.For(Definition.BuiltIn));
    }

    // Refused datagrams of one sender are logged once a minute, as in the original: a flood must not become a flood of lines.
    private bool IsRepeatedDatagram(in SocketAddress peer)
    {
        const long QuietSeconds = 60;
        if (!IsDatagram)
        {
            return false;
        }

        bool repeated = peer.Address == _lastRefused.Address && Keeper.Loop.NowUnix - _lastRefusedUnix <= QuietSeconds;
        if (!repeated)
        {
            _lastRefused = peer;
            _lastRefusedUnix = Keeper.Loop.NowUnix;
        }

        return repeated;
    }

    private void TakeOutOfService()
    {
        if (State != ServiceState.Listening)
        {
            return;
        }

        CloseListeners();
        State = ServiceState.OutOfService;
        Keeper.Log.Error($"Deactivating service {Definition.Name} due to excessive incoming connections.  "
            + $"Restarting in {Definition.Cps.WaitSeconds} seconds.");
        Keeper.Loop.Set(_returnTimer, Definition.Cps.WaitSeconds * 1000L);
    }

    private void ReturnToService()
    {
        _cps.Reset();
        Keeper.Log.Error($"Activating service {Definition.Name}");
        Open();
    }

    private void TryBindAgain()
    {
        Open();
        if (State == ServiceState.Listening)
        {
            Keeper.Log.Notice($"service {Definition.Id} has its address now and is listening");
        }
    }

    private void WatchListeners()
    {
        foreach (Listener listener in _listeners)
        {
            if (!listener.IsWatched)
            {
                listener.Watch();
            }
        }
    }

    // An RPC service is found through the portmapper for as long as it has sockets.
    private void Register()
    {
        if (_listeners.Count > 0 && Definition.Types.HasFlag(ServiceTypes.Rpc))
        {
            _registration ??= new RpcRegistration(this);
            _registration.Enter(Definition, _listeners[0].Local.Port);
        }
    }

    private void CloseListeners()
    {
        _registration?.Withdraw();
        foreach (Listener listener in _listeners)
        {
            listener.Close();
        }

        _listeners.Clear();
    }

    private void DecideIdentification(ServiceDefinition definition)
    {
        const int Tcp = 6;
        bool canIdentify = Handler is not null && !definition.Wait && definition.Protocol.Number == Tcp;
        bool onSuccess = canIdentify && definition.LogOnSuccess.HasFlag(LogOnSuccess.UserId);
        bool onTheSpot = definition.BuiltIn is BuiltInService.Daytime or BuiltInService.Time;
        ServesOnlyIdentified = onSuccess && definition.Flags.HasFlag(ServiceFlags.IdOnly);
        Identifies = onSuccess && (!onTheSpot || ServesOnlyIdentified);
        IdentifiesRefused = canIdentify && definition.LogOnFailure.HasFlag(LogOnFailure.UserId);
    }
}
