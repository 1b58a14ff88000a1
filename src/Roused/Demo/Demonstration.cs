using System;
using System.Collections.Generic;
using Rouse.Config;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server;
using Rouse.Server.Hosts;
using Rouse.Server.Launch;
using Rouse.Server.Logging;
using Rouse.Server.Notifying;
using Rouse.Server.Reloading;

namespace Roused.Demo;

/// <summary>
/// The super-server on its embedded configuration: loopback only, ports above 1024, no root. Prints a board of what listens where and how
/// to try it, then a line for each connection, until Ctrl-C.
/// </summary>
internal static class Demonstration
{
    public static int Run()
    {
        ulong descriptorLimit = Serving.Prepare();

        LinuxSystem system = new();
        LogClock clock = new(system);
        DaemonLog log = new(system, clock, "roused", ThisProcess.Id);
        log.ToStandardError(LogLevel.Warning);
        bool colour = StandardStreams.IsTerminal(StandardStreams.Output) && Environment.GetEnvironmentVariable("NO_COLOR") is null;
        LiveLines lines = new(clock, colour);

        // Root has no business in a demonstration: its servers run as nobody, everybody else's as themselves.
        string user = ThisProcess.IsRoot ? "nobody" : ThisProcess.Uid.ToString();
        SystemConfigHost host = new((DemonstrationText.Path, DemonstrationText.Configuration(user)));
        Configuration Read(string switchedOn) =>
            ConfigurationLoader.Load(DemonstrationText.Path, host, new LoadOptions { SwitchedOn = switchedOn });
        KeeperSettings settings = new()
        {
            World = ServerWorld.OfThisProcess([.. NotifyRequest.WithoutRequest(ThisProcess.Environment())], descriptorLimit),
            ServiceLines = lines,
        };
        Keeper keeper = new(system, settings, clock, log, new SyslogConnection(system, clock, "roused", ThisProcess.Id), Read);
        Configuration first = Read("");
        ConfigurationReport.Write(log, first);
        keeper.Start(first);
        HashSet<string> listening = [];
        foreach ((ServiceDefinition service, SocketAddress _) in keeper.Listening())
        {
            listening.Add(service.Id);
        }

        Print(Board(listening, colour));
        if (listening.Count == 0)
        {
            Print("  Nothing could be started: another program holds every port. End it (a second demonstration?) and try again.\n");
            return 1;
        }

        log.NotToStandardError();
        keeper.Run();
        Print($"\n  Ended. {lines.Answered} answered, {lines.TurnedAway} refused; every port is closed again.\n");
        return 0;
    }

    private static string Board(HashSet<string> listening, bool colour)
    {
        string bold = colour ? "\e[1m" : "";
        string faint = colour ? "\e[2m" : "";
        string plain = colour ? "\e[0m" : "";
        System.Text.StringBuilder board = new();
        board.Append($"\n  {bold}Rouse {Version.Number}{plain}: every port below is answered, and nothing runs until somebody connects.\n\n");
        board.Append($"  {faint}{"port",-9}  {"service",-12}  {"what it does",-34}  try it in another terminal{plain}\n");
        foreach (DemonstrationText.Entry entry in DemonstrationText.Entries)
        {
            string how = listening.Contains(entry.Id) ? entry.Try : "(the port is in use by another program; tried again every few seconds)";
            board.Append($"  {entry.Port}/{entry.Protocol}   {entry.Name,-12}  {entry.What,-34}  {how}\n");
        }

        board.Append($"\n  The last two wake a real server for each connection; the others are answered in the daemon itself (process {ThisProcess.Id}).\n");
        board.Append("  No nc here? bash can do it:  exec 3<>/dev/tcp/127.0.0.1/7013; cat <&3\n");
        board.Append("  Too many at once is refused: for i in $(seq 101); do nc -d 127.0.0.1 7023 & done\n");
        board.Append($"  {bold}Ctrl-C ends it.{plain} Connections appear here as they come and go:\n\n");
        return board.ToString();
    }

    private static void Print(string text) => StandardStreams.Write(StandardStreams.Output, text);
}
