using System.CommandLine;
using Rouse.Server.Control;

namespace Rouse.Tools.Control;

/// <summary><c>rouse stop</c>: ends the daemon as SIGTERM does, and waits until it is gone.</summary>
internal static class StopVerb
{
    public static Command Command()
    {
        Option<string?> control = ControlOption.Make();
        Command command = new("stop", "End the daemon; servers that were started run on") { control };
        command.SetAction(parsed => Run(ControlClient.Path(parsed.GetValue(control))));
        return command;
    }

    private static int Run(string path)
    {
        ControlClient? daemon = ControlClient.Connect(path, isPatient: true, out string fault);
        if (daemon is null)
        {
            return ControlOption.Fail(fault);
        }

        daemon.Ask(new ControlRequest("stop", ""), out fault);
        if (fault.Length > 0)
        {
            return ControlOption.Fail(fault);
        }

        daemon.AwaitEnd();
        return 0;
    }
}
