using Rouse.Config;
using Rouse.Config.Inetd;
using Rouse.Linux;
using Rouse.Server;
using Rouse.Server.Hosts;
using Rouse.Server.Launch;
using Rouse.Server.Logging;
using Rouse.Server.Notifying;
using Rouse.Server.Reloading;

namespace Roused.Inetd;

/// <summary>inetd(8): the same keeper, with inetd's file, options, limits and silence.</summary>
internal static class InetdPersonality
{
    private const int LOG_DAEMON = 3 << 3;

    public static int Run(string name, string[] arguments)
    {
        InetdCommandLine line = InetdCommandLine.Parse(name, arguments, ThisProcess.IsRoot);
        if (line.Fault is not null)
        {
            StandardStreams.Write(StandardStreams.Error, $"{name}: {line.Fault}\nTry '{name} --help'.\n");
            return line.FaultStatus;
        }

        if (line.ShowsHelp)
        {
            InetdUsage.Print(name);
            return 0;
        }

        if (line.ShowsVersion)
        {
            StandardStreams.Write(StandardStreams.Output, $"{Version.InetdLine}\n");
            return 0;
        }

        string[] environment = ThisProcess.Environment();
        bool inForeground = line.StaysInForeground || line.Debug;
        return inForeground || Daemonizing.IsDaemonProcess(environment)
            ? Serve(name, line, inForeground, Daemonizing.WithoutMark(environment))
            : Daemonizing.StartAndWait(name);
    }

    private static int Serve(string name, InetdCommandLine line, bool inForeground, string[] environment)
    {
        ulong descriptorLimit = Serving.Prepare();

        // The name in the log is the one that log readers know, whatever the program is called by.
        const string Ident = "inetd";
        LinuxSystem system = new();
        LogClock clock = new(system);
        SyslogConnection syslog = new(system, clock, Ident, ThisProcess.Id);
        DaemonLog log = new(system, clock, Ident, ThisProcess.Id);
        log.ToStandardError(line.Debug ? LogLevel.Debug : LogLevel.Warning);
        log.ToSyslog(syslog, LOG_DAEMON);
        if (line.Debug)
        {
            log.EnableDebug();
        }

        string[] forServers = NotifyRequest.WithoutRequest(environment);
        bool launders = line.Options.Grammar == InetdGrammar.Debian && !line.KeepsEnvironment;

        // NetBSD's keys and values can switch a service off.
        Configuration Read(string switchedOn) => InetdLoader.Load(line.Paths, new SystemConfigHost(), line.Options, switchedOn).WithoutTexts();
        QuietMemory memory = new();
        KeeperSettings settings = new()
        {
            World = ServerWorld.OfThisProcess([.. launders ? Laundry.Clean(forServers) : forServers], descriptorLimit),
            Notify = Daemonizing.Request(environment, inForeground),
            StayAlive = true,
            TellsRemoteHost = false,
            EndsServers = false,
            AnswersAsInetd = true,
            TellsConnection = line.TellsConnection,
            TellsNames = line.TellsNames,
            Backlog = line.Backlog ?? ListenRequest.DefaultBacklog,
            Memory = memory,
            ConfigurationPath = line.Paths[0],
            DumpPath = "/run/inetd.dump",
            Version = Version.InetdLine,
        };
        Keeper keeper = new(system, settings, clock, log, syslog, Read);
        if (!Begin(name, keeper, Read(""), log, line))
        {
            return Serving.Finish(1, inForeground);
        }

        Serving.BecomeReady(keeper, log, inForeground);
        Serving.RunToTheEnd(keeper, log);
        if (line.PidFile.Length > 0)
        {
            Files.Unlink(line.PidFile);
        }

        return keeper.ExitCode;
    }

    private static bool Begin(string name, Keeper keeper, Configuration first, DaemonLog log, InetdCommandLine line)
    {
        ConfigurationReport.Write(log, first);
        if (first.IsUnreadable)
        {
            log.Critical($"the configuration {line.Paths[0]} cannot be read (see above): nothing was started");
            return false;
        }

        log.Info($"{Version.InetdLine} started as {name}, with the grammar of {line.Options.Grammar.Name}");
        SysResult written = line.PidFile.Length == 0 ? SysResult.Success() : Serving.WritePidFile(line.PidFile);
        if (!written.Ok && line.NamesPidFile)
        {
            log.Critical($"the pid file {line.PidFile} cannot be written: {written.Error.Describe()}; nothing was started");
            return false;
        }

        if (!written.Ok)
        {
            log.Warning($"the pid file {line.PidFile} cannot be written: {written.Error.Describe()}; name another one with --pidfile=FILE");
        }

        keeper.Start(first);
        Serving.OpenControl(keeper, log, line.Control);
        int services = keeper.ServiceCount;
        log.Info($"Started working: {services} available service{(services == 1 ? "" : "s")}");
        return true;
    }
}
