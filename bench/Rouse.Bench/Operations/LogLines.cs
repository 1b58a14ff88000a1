using System;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Rouse.Bench.Operations;

/// <summary>The two lines of a connection in a log file: START and EXIT with everything that log_on_success can ask for of a server.</summary>
internal static class LogLines
{
    private const long Now = 1_795_500_000;

    public static readonly SocketAddress Peer = new(AddressFamily.IPv4, IpAddress.FromV4(0xc0a8_0a14).Value, 40000);

    public static readonly ServiceDefinition Definition = new()
    {
        Name = "server",
        Id = "server",
        Span = SourceSpan.None,
        SocketType = SocketType.Stream,
        Protocol = new ProtocolEntry("tcp", 6),
        Wait = false,
        Port = 20000,
        Server = MemoryHost.Program,
        Arguments = ["in.server"],
        LogType = new LogTarget(LogTargetKind.File, 0, 0, "/dev/null", 0, 0),
        LogOnSuccess = LogOnSuccess.Host | LogOnSuccess.Pid | LogOnSuccess.Exit | LogOnSuccess.Duration,
    };

    /// <summary>The file is /dev/null: what it costs is the lines, gathered in the sink and written by the buffer.</summary>
    public static Func<int> StartAndExit()
    {
        LinuxSystem system = new();
        LogClock clock = new(system);
        FileSink sink = new(system, clock, Definition.Id, Definition.LogType, (level, text) => throw new InvalidOperationException(text));
        ServiceLog log = new(Definition, sink, clock);
        int pid = 2000;
        return () =>
        {
            pid = pid < 100_000 ? pid + 1 : 2000;
            log.Start(pid, Peer, Now);
            log.Exit(new ChildExit(pid, 0, -1), 3, Now);
            return pid;
        };
    }

    /// <summary>Counts lines and keeps none.</summary>
    internal sealed class Counted : LogSink
    {
        public int Lines { get; private set; }

        public override void Write(ReadOnlySpan<byte> line) => Lines++;
    }
}
