using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Logging;
using Rouse.Server.Names;
using Rouse.Server.Notifying;

namespace Rouse.Server.Tests.Fakes;

/// <summary>Services, peers and a keeper on a <see cref="FakeSystem"/>.</summary>
internal static class Given
{
    public const string DaemonLogPath = "/daemon.log";
    public const string ServiceLogPath = "/service.log";

    public static readonly SocketAddress Peer = PeerAt(127, 0, 0, 1);

    public static SocketAddress PeerAt(byte a, byte b, byte c, byte d, ushort port = 40000) =>
        new(AddressFamily.IPv4, IpAddress.FromV4(((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d).Value, port);

    public static ServiceDefinition External(ushort port = 2000, string id = "server") => new()
    {
        Name = id,
        Id = id,
        Span = SourceSpan.None,
        SocketType = SocketType.Stream,
        Protocol = new ProtocolEntry("tcp", 6),
        Wait = false,
        Port = port,
        Server = "/bin/server",
        Arguments = ["server"],
        Cps = new CpsLimit(0, 0),
        LogType = new LogTarget(LogTargetKind.File, 0, 0, ServiceLogPath, 0, 0),
        LogOnSuccess = LogOnSuccess.Host | LogOnSuccess.Pid | LogOnSuccess.Duration | LogOnSuccess.Exit,
        LogOnFailure = LogOnFailure.Host,
    };

    public static LogTarget LogFile(string path, long softLimit = 0, long hardLimit = 0) =>
        new(LogTargetKind.File, 0, 0, path, softLimit, hardLimit);

    public static ServiceDefinition BuiltIn(BuiltInService kind, ushort port = 2007) => External(port, kind.ToString().ToLowerInvariant()) with
    {
        BuiltIn = kind,
        Types = ServiceTypes.Internal | ServiceTypes.Unlisted,
        Server = "",
        Arguments = [],
    };

    public static ServiceDefinition Dgram(ServiceDefinition definition) => definition with
    {
        SocketType = SocketType.Dgram,
        Protocol = new ProtocolEntry("udp", 17),
        Wait = true,
    };

    public static Configuration Configuration(params ServiceDefinition[] services) => new()
    {
        Services = [.. services],
        Broken = [],
        Diagnostics = [],
        Files = [],
    };

    public static World Running(params ServiceDefinition[] services) => new(Configuration(services));

    /// <summary>A running keeper, and the hands to move its world.</summary>
    internal sealed class World
    {
        private int _readings;

        public World(
            Configuration first, int processLimit = int.MaxValue, IHostResolver? resolver = null, int identificationLimit = 15, int checkSeconds = 0,
            FakeWrapperHost? wrappers = null, NotifyRequest? notify = null, bool tellsNames = false)
        {
            Next = first;
            Wrappers = wrappers ?? new FakeWrapperHost { Watched = System };
            LogClock clock = new(System);
            DaemonLog log = new(System, clock, "xinetd", 1);
            log.ToFile(System.OpenAppend(DaemonLogPath).Fd);
            ServerWorld world = new(["PATH=/bin", "LANG=C"], 1024, IsRoot: true, 0, 0, []);
            KeeperSettings settings = new()
            {
                World = world,
                StayAlive = true,
                Notify = notify ?? NotifyRequest.None,
                TellsConnection = tellsNames,
                TellsNames = tellsNames,
                ProcessLimit = processLimit,
                IdentificationLimit = identificationLimit,
                Resolver = resolver ?? new FakeResolver(),
                WrapperHost = Wrappers,
                CheckSeconds = checkSeconds,
                ConfigurationPath = "/etc/x.conf",
                Version = "9.9",
            };
            Keeper = new Keeper(System, settings, clock, log, new SyslogConnection(System, clock, "xinetd", 1), Read);
            Keeper.Start(first);
        }

        public FakeSystem System { get; } = new();

        /// <summary>What the next reload reads; null makes the reading fail.</summary>
        public Configuration? Next { get; set; }

        /// <summary>How often <see cref="Next"/> has been read, by whichever thread.</summary>
        public int Readings => Volatile.Read(ref _readings);

        /// <summary>What the next reading for a service that is switched on reads; null for the same as a reload.</summary>
        public Configuration? NextSwitched { get; set; }

        /// <summary>The names that were read with their switches passed over.</summary>
        public List<string> SwitchedOn { get; } = [];

        /// <summary>While it is not set, a configuration that is being read is not read to its end.</summary>
        public ManualResetEventSlim MayRead { get; } = new(true);

        public Keeper Keeper { get; }

        /// <summary>The files of tcp_wrappers. Unless a test brings its own there are none, and the kernel tells when there are.</summary>
        public FakeWrapperHost Wrappers { get; }

        public string DaemonLog => System.Logs[DaemonLogPath].ToString();

        public string ServiceLog => System.Logs.TryGetValue(ServiceLogPath, out global::System.Text.StringBuilder? log) ? log.ToString() : "";

        /// <summary>The lines of the service log without their times.</summary>
        public ImmutableArray<string> ServiceLines =>
            [.. Array.ConvertAll(ServiceLog.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..])];

        public void Turn(int times = 1)
        {
            for (int i = 0; i < times; i++)
            {
                Keeper.Loop.Turn();
            }
        }

        /// <summary>Turns the loop until something that other threads do has come about.</summary>
        public void TurnUntil(Func<bool> condition)
        {
            for (int i = 0; i < 10_000 && !condition(); i++)
            {
                Thread.Sleep(1);
                Settle();
            }

            Assert.True(condition(), $"never came about\n{ServiceLog}\n{DaemonLog}");
        }

        /// <summary>Turns without letting time pass: the fake clock runs ahead when the loop would sleep, and time limits would be reached.</summary>
        public void Settle(int times = 1)
        {
            System.KeepsTime = true;
            Turn(times);
            System.KeepsTime = false;
        }

        /// <summary>A peer connects and the daemon deals with it; false where nobody listened.</summary>
        public bool Connect(ushort port = 2000, SocketAddress? peer = null, FakePeer? end = null)
        {
            bool connected = System.Connect(port, peer ?? Peer, end);
            Turn();
            return connected;
        }

        public void End(int pid, int status = 0)
        {
            System.EndChild(pid, status);
            Turn();
        }

        public void Reload(Configuration? next)
        {
            Next = next;
            int before = Count(DaemonLog, "Starting reconfiguration");
            System.Raise(Signal.HUP);
            Turn();
            for (int i = 0; i < 10_000 && Finished() <= before; i++)
            {
                Thread.Sleep(1);
                Settle();
            }

            Assert.Equal(before + 1, Finished());
        }

        private Configuration Read(string switchedOn)
        {
            MayRead.Wait();
            if (switchedOn.Length > 0)
            {
                SwitchedOn.Add(switchedOn);
            }

            Configuration? next = switchedOn.Length > 0 ? NextSwitched ?? Next : Next;
            Interlocked.Increment(ref _readings);
            return next ?? throw new InvalidOperationException("reader fault");
        }

        private int Finished() => Count(DaemonLog, "Reconfigured:") + Count(DaemonLog, "reconfiguration failed");

        private static int Count(string text, string what)
        {
            int n = 0;
            for (int at = text.IndexOf(what, StringComparison.Ordinal); at >= 0; at = text.IndexOf(what, at + 1, StringComparison.Ordinal))
            {
                n++;
            }

            return n;
        }
    }
}
