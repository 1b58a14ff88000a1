using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Admission;
using Rouse.Server.BuiltIn;
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
    private RpcRegistration? _registration;
    private CpsWindow _cps;
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

    /// <summary>The connections that the daemon itself is answering, newest first.</summary>
    public StreamSession? NewestSession { get; set; }

    public ref CpsWindow Cps => ref _cps;

    public ServiceState State { get; private set; }

    public bool SpawnsServers => Definition.BuiltIn == BuiltInService.None;

    public bool IsDatagram => Definition.SocketType is SocketType.Dgram or SocketType.Raw;

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
        Handler = IsDatagram || (definition.Wait && SpawnsServers) ? null : Keeper.Handlers.For(definition);
        Register();
        Occupancy.CountSources(definition.PerSource is not null);
        Occupancy.ForgetSources();
        if (Occupancy.CountsSources)
        {
            Recount();
        }
    }

    /// <summary>Binds every address and listens. What cannot be bound now is tried again until it can.</summary>
    public void Open()
    {
        foreach (SocketAddress wanted in ListenAddresses.Of(Definition))
        {
            // Where the kernel chooses a port, it does so for the first address only: the portmapper names one for all of them.
            SocketAddress address = wanted.Port == 0 && _listeners.Count > 0 ? wanted with { Port = _listeners[0].Local.Port } : wanted;
            SysResult opened = ListenAddresses.Open(Keeper.System, Definition, address, Handler is not null || !SpawnsServers);
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

        foreach (Listener listener in _listeners)
        {
            listener.Watch();
        }

        State = ServiceState.Listening;
        Register();
    }

    public void Close()
    {
        _returnTimer.Cancel();
        _bindTimer.Cancel();
        _resumeTimer.Cancel();
        CloseListeners();
        State = ServiceState.Closed;
    }

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

        foreach (Listener listener in _listeners)
        {
            listener.Watch();
        }

        State = ServiceState.Listening;
    }

    /// <summary>Logs a refusal, and takes the service out when too many connections came.</summary>
    public void Refuse(RefusalReason reason, in SocketAddress peer)
    {
        if (!IsRepeatedDatagram(peer))
        {
            Log.Fail(reason.LogText(), peer, Keeper.Loop.NowUnix);
        }

        if (reason == RefusalReason.ConnectionsPerSecond)
        {
            TakeOutOfService();
        }
    }

    /// <summary>A server of this service was reaped.</summary>
    public void ServerEnded(in Session session, in ChildExit exit)
    {
        Occupancy.Leave(session.Peer);
        Log.Exit(exit, Keeper.Loop.NowUnix - session.StartedUnix, Keeper.Loop.NowUnix);
        if (Definition.Wait)
        {
            Resume();
        }
    }

    private Listener MakeListener(Fd socket)
    {
        if (Handler is not null)
        {
            return new StreamListener(this, socket);
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

    private void Recount()
    {
        foreach (Session session in Keeper.Sessions.Of(this))
        {
            Occupancy.Recount(session.Peer);
        }

        for (StreamSession? at = NewestSession; at is not null; at = at.Older)
        {
            Occupancy.Recount(at.Peer);
        }
    }
}
