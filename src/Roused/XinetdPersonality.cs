using Rouse.Config;
using Rouse.Linux;
using Rouse.Server;
using Rouse.Server.Hosts;
using Rouse.Server.Inspection;
using Rouse.Server.Launch;
using Rouse.Server.Logging;
using Rouse.Server.Notifying;
using Rouse.Server.Reloading;
using Roused.Demo;

namespace Roused;

/// <summary>xinetd(8): options, becoming a daemon, the first configuration, and then the keeper's loop.</summary>
internal static class XinetdPersonality
{
    private const int Failed = 1;

    public static int Run(string name, string[] arguments)
    {
        XinetdOptions options = XinetdOptions.Parse(arguments);
        if (options.Fault is not null)
        {
            StandardStreams.Write(StandardStreams.Error, $"{name}: {options.Fault}\nUsage: {name}");
            StandardStreams.Write(StandardStreams.Error, XinetdOptions.Usage);
            return Failed;
        }

        if (options.ShowHelp)
        {
            StandardStreams.Write(StandardStreams.Output, $"Usage: {name}");
            StandardStreams.Write(StandardStreams.Output, XinetdOptions.Usage);
            return 0;
        }

        if (options.ShowVersion)
        {
            StandardStreams.Write(StandardStreams.Error, $"{Version.Line}\n");
            return 0;
        }

        if (options.Demonstration)
        {
            return Demonstration.Run();
        }

        string[] environment = ThisProcess.Environment();
        bool inForeground = options.DontFork || options.Debug;
        return inForeground || Daemonizing.IsDaemonProcess(environment)
            ? Serve(name, options, inForeground, Daemonizing.WithoutMark(environment))
            : Daemonizing.StartAndWait(name);
    }

    private static int Serve(string name, XinetdOptions options, bool inForeground, string[] environment)
    {
        ulong descriptorLimit = Serving.Prepare();
        ThisProcess.SetUmask(ThisProcess.SetUmask(0) | 0x12);

        LinuxSystem system = new();
        LogClock clock = new(system);
        SyslogConnection syslog = new(system, clock, name, ThisProcess.Id);
        DaemonLog log = new(system, clock, name, ThisProcess.Id);
        log.ToStandardError(options.Debug ? LogLevel.Debug : LogLevel.Warning);
        if (!OpenLog(log, syslog, options))
        {
            return Serving.Finish(Failed, inForeground);
        }

        foreach (string notice in options.Notices)
        {
            log.Notice(notice);
        }

        LoadOptions load = new() { InetdCompat = options.InetdCompat };
        Configuration Read(string switchedOn) =>
            ConfigurationLoader.Load(options.ConfigurationFile, new SystemConfigHost(), load with { SwitchedOn = switchedOn }).WithoutTexts();
        ServerWorld world = ServerWorld.OfThisProcess([.. NotifyRequest.WithoutRequest(environment)], descriptorLimit);
        QuietMemory memory = new();
        KeeperSettings settings = new()
        {
            World = world,
            ProcessLimit = options.Limit ?? int.MaxValue,
            IdentificationLimit = options.LogProcs,
            StayAlive = options.StayAlive,
            Notify = Daemonizing.Request(environment, inForeground),
            Memory = memory,
            CheckSeconds = options.CheckSeconds,
            ConfigurationPath = options.ConfigurationFile,
            Version = Version.Line,
        };
        Keeper keeper = new(system, settings, clock, log, syslog, Read);
        if (!Begin(keeper, Read(""), log, options))
        {
            return Serving.Finish(Failed, inForeground);
        }

        if (inForeground)
        {
            StayVisible(log, options);
        }

        Serving.BecomeReady(keeper, log, inForeground);
        Serving.RunToTheEnd(keeper, log);
        RemovePidFile(options);
        return keeper.ExitCode;
    }

    private static bool OpenLog(DaemonLog log, SyslogConnection syslog, XinetdOptions options)
    {
        if (options.Debug)
        {
            log.EnableDebug();
        }

        if (options.FileLog is null)
        {
            log.ToSyslog(syslog, options.SyslogFacility);
            return true;
        }

        SysResult opened = Files.OpenAppend(options.FileLog);
        if (!opened.Ok)
        {
            log.Critical($"the log file {options.FileLog} cannot be opened: {opened.Error.Describe()}; nothing was started");
            return false;
        }

        log.ToFile(opened.Fd);
        return true;
    }

    private static bool Begin(Keeper keeper, Configuration first, DaemonLog log, XinetdOptions options)
    {
        ConfigurationReport.Write(log, first);
        if (options.Debug)
        {
            StandardStreams.Write(StandardStreams.Error, ConfigurationDump.Text(first));
        }

        if (first.IsUnreadable)
        {
            log.Critical($"the configuration {options.ConfigurationFile} cannot be read (see above): nothing was started");
            return false;
        }

        if (first.DefaultsBroken)
        {
            log.Critical("the defaults cannot be understood (see above): nothing was started");
            return false;
        }

        log.Notice($"{Version.Line} started");
        if (keeper.Start(first) == 0 && !options.StayAlive)
        {
            log.Critical("no services. Exiting...");
            return false;
        }

        if (options.PidFile is not null)
        {
            // As the original does: that services are there matters more than a file about them.
            SysResult written = Serving.WritePidFile(options.PidFile);
            if (!written.Ok)
            {
                log.Error($"the pid file {options.PidFile} cannot be written: {written.Error.Describe()}; the services run without it");
            }
        }

        Serving.OpenControl(keeper, log, options.Control);
        int services = keeper.ServiceCount;
        log.Notice($"Started working: {services} available service{(services == 1 ? "" : "s")}");
        return true;
    }

    // In a terminal the daemon's lines are what its user wants to see; elsewhere standard error stays quiet, as the original's.
    private static void StayVisible(DaemonLog log, XinetdOptions options)
    {
        if (options.Debug)
        {
            return;
        }

        if (options.FileLog is null && StandardStreams.IsTerminal(StandardStreams.Error))
        {
            log.ToStandardError(LogLevel.Info);
        }
        else
        {
            log.NotToStandardError();
        }
    }

    private static void RemovePidFile(XinetdOptions options)
    {
        if (options.PidFile is not null)
        {
            Files.Unlink(options.PidFile);
        }
    }
}
