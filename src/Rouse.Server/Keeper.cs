using System;
using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Backends;
using Rouse.Server.BuiltIn;
using Rouse.Server.Control;
using Rouse.Server.Gate;
using Rouse.Server.Identity;
using Rouse.Server.Inspection;
using Rouse.Server.Launch;
using Rouse.Server.Listening;
using Rouse.Server.Logging;
using Rouse.Server.Loop;
using Rouse.Server.Names;
using Rouse.Server.Notifying;
using Rouse.Server.Reloading;
using Rouse.Server.Rpc;
using Rouse.Server.Sessions;
using Rouse.Server.Wrappers;

namespace Rouse.Server;

/// <summary>
/// The daemon's inside: it binds ports, accepts, judges, starts servers and answers the built-in services. One thread, the loop's, owns
/// everything that is reached from here; other threads read files and wait for name services, and hand in what they found.
/// </summary>
public sealed partial class Keeper
{
    private readonly List<Service> _services = [];
    private readonly SignalSource _signals;
    private DatagramBatch? _datagrams;
    private readonly ConsistencyCheck _check;
    private readonly DumpWriter _dumps;
    private ControlServer? _control;
    private List<Backend>? _endingBackends;

    /// <param name="readConfiguration">Called on a thread of its own, at each reload and for each service that is switched on.</param>
    public Keeper(
        ISystem system, KeeperSettings settings, LogClock clock, DaemonLog log, SyslogConnection syslog, ConfigurationReading readConfiguration)
    {
        Reloads = new ReloadRequests(this, _services, readConfiguration);
        Loop = new EventLoop(system);
        World = settings.World;
        Settings = settings;
        BindRetryMs = settings.BindRetryMs;
        Clock = clock;
        Log = log;
        Logs = new LogBook(system, clock, syslog, log, settings.ServiceLines);
        Sessions = new SessionTable();
        Names = new PeerNames(Loop, settings.Resolver);
        Identifier = new Identifier(Loop, settings.IdentificationLimit);
        Rules = new RuleBook(Loop, settings.WrapperHost, log) { LargeWasRead = settings.Memory is { } held ? held.GarbageWasMade : null };
        Commands = new WrapperCommands(Loop, World, log);
        Netgroups = new NetgroupLookUps(Loop, settings.WrapperHost);
        Accounts = new AccountLookUps(Loop, settings.WrapperHost);
        Gate = new Gatekeeper(Loop, clock, log, Names, new WrapperQuestion(system, Rules)) { ProcessLimit = settings.ProcessLimit };
        Launcher = new Launcher(Loop, Sessions, Gate, log);
        Shedder = new Shedder(Loop, log);
        ClockText = new ClockText(clock, settings.AnswersAsInetd);
        Handlers = new ConnectionHandlers(this);
        Images = new ImagePool(system.Launches, World, settings.TellsConnection);
        Reception = new Reception(this, MostWaiting);
        Options = new OptionRunner(this);
        Gate.Wrappers.Unaccepted = (service, rule, request) => Options.CarryOutUnaccepted(service, rule, request);
        DatagramGuard = new DatagramGuard(this);
        Portmapper = new Portmapper(Loop);
        Loop.EndOfTurn = Logs.Flush;
        Loop.Quiet = settings.Memory is { } memory ? memory.Release : null;
        Notifier = new StateNotifier(this, settings.Notify);
        _signals = new SignalSource(this);
        _check = new ConsistencyCheck(this);
        _dumps = new DumpWriter(this);
        StartedUnix = Loop.NowUnix;
    }

    public EventLoop Loop { get; }

    public ISystem System => Loop.System;

    public DaemonLog Log { get; }

    /// <summary>Live servers of all services.</summary>
    public int LiveServers => Sessions.Count;

    /// <summary>Services that listen, wait or are out of service for a time; not those that are off or that only the multiplexer leads to.</summary>
    public int ServiceCount
    {
        get
        {
            int count = 0;
            foreach (Service service in _services)
            {
                count += service.Definition.IsMultiplexed || service.IsOff ? 0 : 1;
            }

            return count;
        }
    }

    /// <summary>Seconds since 1970.</summary>
    internal long StartedUnix { get; }

    internal KeeperSettings Settings { get; }

    internal ServerWorld World { get; }

    internal long BindRetryMs { get; }

    internal LogClock Clock { get; }

    internal LogBook Logs { get; }

    internal SessionTable Sessions { get; }

    internal Gatekeeper Gate { get; }

    internal Launcher Launcher { get; }

    internal Shedder Shedder { get; }

    internal ClockText ClockText { get; }

    internal ConnectionHandlers Handlers { get; }

    internal ImagePool Images { get; }

    internal Reception Reception { get; }

    /// <summary>The names of peers, for rules that hold names.</summary>
    internal PeerNames Names { get; }

    /// <summary>The users behind connections.</summary>
    internal Identifier Identifier { get; }

    /// <summary>The rules of tcp_wrappers.</summary>
    internal RuleBook Rules { get; }

    /// <summary>The commands of those rules.</summary>
    internal WrapperCommands Commands { get; }

    internal NetgroupLookUps Netgroups { get; }

    internal AccountLookUps Accounts { get; }

    internal OptionRunner Options { get; }

    internal DatagramGuard DatagramGuard { get; }

    internal Portmapper Portmapper { get; }

    /// <summary>The service manager that has started the daemon.</summary>
    internal StateNotifier Notifier { get; }

    /// <summary>Of on-demand-resident services, also of such that were dropped: those whose servers are being ended.</summary>
    internal List<Backend> EndingBackends => _endingBackends ??= [];

    internal IReadOnlyList<Service> Services => _services;

    /// <summary>One batch for every datagram service: a batch is used up before the next socket is looked at.</summary>
    internal DatagramBatch Datagrams => _datagrams ??= new DatagramBatch();

    /// <summary>Opens every service of the first configuration; the number of services.</summary>
    public int Start(Configuration configuration)
    {
        _signals.Watch();
        Open(configuration.Services, asked: 0);
        Rules.ServingBegins();
        if (Settings.CheckSeconds > 0)
        {
            _check.RunEvery(Settings.CheckSeconds * 1000L);
        }

        Logs.Flush();
        Loop.QuietSoon();
        return _services.Count;
    }

    /// <summary>
    /// Listens for <c>rouse status</c>, <c>reload</c> and <c>stop</c>. Where that is not possible the daemon says so and runs without.
    /// </summary>
    public void OpenControl(string path) => _control = ControlServer.Open(this, path);

    /// <summary>Tells the service manager that the daemon listens.</summary>
    public void TellReady() => Notifier.Ready("");

    /// <summary>What another process is to tell it in the daemon's place: empty for nothing.</summary>
    public byte[] ReadyMessage(int pid) => Notifier.ReadyMessage(pid);

    /// <summary>Serves until a signal ends it.</summary>
    public void Run()
    {
        Notifier.BeginWatchdog();
        Loop.Run();
        _control?.Close();
        Logs.Close();
    }

    /// <summary>What services listen on: their id and the address of each socket.</summary>
    public IEnumerable<(ServiceDefinition Service, SocketAddress Local)> Listening()
    {
        foreach (Service service in _services)
        {
            foreach (Listener listener in service.Listeners)
            {
                yield return (service.Definition, listener.Local);
            }
        }
    }

    /// <summary>Some datagram service of our own answers from this port.</summary>
    internal bool AnswersDatagramsOn(ushort port)
    {
        foreach (Service service in _services)
        {
            if (service.Definition.Port == port && service.IsDatagram && !service.SpawnsServers)
            {
                return true;
            }
        }

        return false;
    }

    // Each holds a descriptor, and a second one while its user is asked for: half of them stay free for those that need not wait.
    internal int MostWaiting => (int)Math.Clamp(World.DescriptorLimit / 4, 16, 1024);

    internal void Stop(bool endServers)
    {
        foreach (Service service in _services)
        {
            service.Close();
            if (endServers)
            {
                ServerEnding.EndAtExit(this, service);
            }
            else
            {
                ServerEnding.LeaveAtExit(service);
            }
        }

        End(() =>
        {
            Log.Debug($"collections: {GC.CollectionCount(0)}");
            Log.Warning("Exiting...");
        });
    }

    // The portmapper learns first that the RPC services are gone; one that does not answer is not waited for.
    private void End(Action lastWords)
    {
        const long PatienceMs = 2000;
        IsEnding = true;
        Notifier.Stopping();
        if (Portmapper.IsIdle)
        {
            lastWords();
            Loop.Stop();
            return;
        }

        LoopTimer? patience = null;
        patience = new LoopTimer(Finish);
        Portmapper.WhenIdle = Finish;
        Loop.Set(patience, PatienceMs);

        void Finish()
        {
            Portmapper.WhenIdle = null;
            patience?.Cancel();
            lastWords();
            Loop.Stop();
        }
    }

    /// <summary>A reload has been made, or refused.</summary>
    internal void Reloaded()
    {
        if (AsksWrappers())
        {
            Rules.BeginAnew();
        }
        else
        {
            Rules.End();
        }

        Settings.Memory?.ConfigurationWasRead();
    }

    /// <summary>No reload follows: without a service there is nothing to stay for.</summary>
    internal void EndIfIdle()
    {
        if (_services.Count == 0 && !Settings.StayAlive)
        {
            ExitCode = 1;
            End(() => Log.Critical("no services. Exiting..."));
        }
    }

    private bool AsksWrappers()
    {
        foreach (Service service in _services)
        {
            if (service.AsksWrappers)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Nothing is begun any more.</summary>
    internal bool IsEnding { get; private set; }

    internal ReloadRequests Reloads { get; }

    /// <summary>What the process should exit with.</summary>
    public int ExitCode { get; private set; }

    /// <param name="asked">The number of the reload that brings them: what was switched off after it is not opened.</param>
    /// <returns>Those that were not opened therefore.</returns>
    internal List<Service> Open(IEnumerable<ServiceDefinition> definitions, long asked)
    {
        List<Service> leftOff = [];
        AddressSetPool pool = new();
        foreach (ServiceDefinition definition in definitions)
        {
            Service service = new(this, definition, AccessPolicy.Compile(definition, pool));
            if (!service.Log.IsOpen)
            {
                Log.Error($"Service {definition.Id} failed to start and is deactivated.");
                continue;
            }

            if (Reloads.OffSince(definition, asked) is > 0 and long since)
            {
                service.SwitchOff(since);
                leftOff.Add(service);
                _services.Add(service);
                continue;
            }

            service.Open();
            if (service.State == ServiceState.Closed)
            {
                Log.Error($"Service {definition.Id} failed to start and is deactivated.");
                continue;
            }

            _services.Add(service);
        }

        return leftOff;
    }
}
