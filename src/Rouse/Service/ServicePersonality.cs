using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Tools.Service;

/// <summary>
/// service(8): runs an init script in a clean environment, hands over to systemd or OpenRC where they rule the service, and switches a
/// service of the super-server in the running daemon.
/// </summary>
internal static class ServicePersonality
{
    private const string Usage = "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n";

    public static int Run(string[] arguments)
    {
        ServiceCommandLine line = ServiceCommandLine.Read(arguments);
        switch (line.Task)
        {
            case ServiceTask.Usage or ServiceTask.Help:
                StandardStreams.Write(StandardStreams.Error, Usage);
                return line.Task == ServiceTask.Help ? 0 : ExitStatus.Generic;
            case ServiceTask.Version:
                string version = typeof(ServicePersonality).Assembly.GetName().Version?.ToString(3) ?? "";
                StandardStreams.Write(StandardStreams.Error, $"service ver. {version}\n");
                return 0;
            case ServiceTask.StatusOfAll:
                return ServiceScript.StatusOfAll(CleanEnvironment.Of(line, ThisProcess.Environment()));
            default:
                return Act(line);
        }
    }

    private static int Act(ServiceCommandLine line)
    {
        string name = line.Name;
        if (!IsName(name))
        {
            return Fail($"{Shown(name)}: unrecognized service: a name has no '/', no control character, and does not begin with '-' or '.'");
        }

        string[] environment = ThisProcess.Environment();
        bool skips = line.SkipsRedirect || CleanEnvironment.IsSet(environment, CleanEnvironment.SkipRedirect);
        Ruler ruler = skips ? Ruler.Scripts : Rulers.OfThisHost();
        ServiceScript? script = ServiceScript.Find(name);
        if (ruler == Ruler.Systemd && SystemdUnits.Has(name))
        {
            return Rulers.HandToSystemd(line, environment);
        }

        if (ruler == Ruler.OpenRc && script is not null)
        {
            return Rulers.HandToOpenRc(line, environment);
        }

        if (script is not null)
        {
            List<string> clean = CleanEnvironment.Of(line, environment);
            return line.Task == ServiceTask.FullRestart ? script.RestartFully(clean) : script.Become(line.Words, clean);
        }

        if (SuperServerService.Act(line) is { } status)
        {
            return status;
        }

        return ruler switch
        {
            Ruler.Systemd => Rulers.HandToSystemd(line, environment),
            Ruler.OpenRc => Rulers.HandToOpenRc(line, environment),
            _ => Fail(ServiceScript.WhyNone(name) ?? $"{Shown(name)}: unrecognized service"),
        };
    }

    private static int Fail(string why)
    {
        StandardStreams.Write(StandardStreams.Error, why + "\n");
        return ExitStatus.Generic;
    }

    // Of such a name nothing outside of the scripts' own folder can be reached, and no option of another program be made.
    private static bool IsName(string name)
    {
        if (name.Length is 0 or > 255 || name[0] is '-' or '.')
        {
            return false;
        }

        foreach (char one in name)
        {
            if (one is '/' or < ' ' or '\x7f')
            {
                return false;
            }
        }

        return true;
    }

    private static string Shown(string name) => TextTable.Visible(name);
}
