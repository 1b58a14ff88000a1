using System.Collections.Generic;
using System.CommandLine;
using System.Text.Json;
using System.Threading;
using Rouse.Linux;
using Rouse.Server.Control;

namespace Rouse.Tools.Control;

/// <summary><c>rouse status</c>: what a running daemon and its services do.</summary>
internal static class StatusVerb
{
    private const int WatchMs = 2000;

    public static Command Command()
    {
        Argument<string?> service = new("service")
        {
            Description = "Only this one, with its sessions",
            HelpName = "SERVICE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Option<bool> watch = new("--watch") { Description = "Again and again, every two seconds, until it is interrupted" };
        Option<string?> control = ControlOption.Make();
        Command command = new("status", "Show what a running daemon does") { service, json, watch, control };
        command.SetAction(parsed => Run(
            parsed.GetValue(service) ?? "", parsed.GetValue(json), parsed.GetValue(watch), ControlClient.Path(parsed.GetValue(control))));
        return command;
    }

    private static int Run(string service, bool json, bool watch, string path)
    {
        ControlClient? daemon = ControlClient.Connect(path, isPatient: false, out string fault);
        if (daemon is null)
        {
            return ControlOption.Fail(fault);
        }

        bool clears = watch && !json && StandardStreams.IsTerminal(StandardStreams.Output);
        while (true)
        {
            List<JsonElement> lines = daemon.Ask(new ControlRequest("status", service), out fault);
            if (fault.Length > 0)
            {
                return ControlOption.Fail(fault);
            }

            byte[] shown = json ? StatusJson.Of(lines, isOneLine: watch) : StatusText.Of(lines, withSessions: service.Length > 0);
            StandardStreams.Write(StandardStreams.Output, clears ? "\e[H\e[J" : "");
            if (!StandardStreams.Write(StandardStreams.Output, shown))
            {
                return ControlOption.Failed;
            }

            if (!watch)
            {
                return 0;
            }

            Thread.Sleep(WatchMs);
        }
    }
}
