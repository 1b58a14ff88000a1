using System.Collections.Generic;
using System.Text.Json;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Control;
using Rouse.Tools.Control;

namespace Rouse.Tools.Service;

/// <summary>
/// The verbs of an init script for a service of the super-server, carried out by the running daemon until its next reload. Its words are those
/// that programs look for in the output of scripts: <c>is running</c>, <c>is stopped</c>.
/// </summary>
internal sealed class SuperServerService
{
    private const string Verbs = "start|stop|status|restart|try-restart|condrestart|reload|force-reload";

    private readonly ControlClient _daemon;
    private readonly string _name;
    private readonly List<string> _targets;

    private SuperServerService(ControlClient daemon, string name, List<string> targets) =>
        (_daemon, _name, _targets) = (daemon, name, targets);

    /// <summary>The exit status; null where it is no service of the super-server.</summary>
    public static int? Act(ServiceCommandLine line)
    {
        bool hasFile = ServicesOfFile.IsThere(line.Name);
        string path = ControlClient.Path(null);
        string verb = line.Task == ServiceTask.FullRestart ? "restart" : line.Verb;

        // What has the files read takes as long as they take.
        bool isPatient = verb is not ("status" or "stop");
        ControlClient? daemon = ControlClient.Connect(path, isPatient, out string fault, out Errno why);
        if (daemon is null)
        {
            return hasFile ? WithoutDaemon(line.Name, verb, path, fault, why) : null;
        }

        SuperServerService service = new(daemon, line.Name, ServicesOfFile.Targets(line.Name));
        List<ServiceStatus> known = service.Known(out fault);
        if (fault.Length > 0)
        {
            return hasFile ? Fail($"{line.Name}: {fault}", IsStatus(verb) ? ExitStatus.IsUnknown : ExitStatus.NoPrivilege) : null;
        }

        return known.Count == 0 && !hasFile ? null : service.Carry(verb, line.Words.Count, known);
    }

    private int Carry(string verb, int words, List<ServiceStatus> known)
    {
        if (words > 1)
        {
            return Usage(ExitStatus.WrongArguments);
        }

        bool isRunning = known.Count > 0 && known.TrueForAll(static status => status.IsRunning);
        switch (verb)
        {
            case "status":
                return TellStatus(known);
            case "start":
                return Switch("enable");
            case "stop":
                return Switch("disable");
            case "restart":
                return Switch("restart");
            case "try-restart" or "condrestart":
                return isRunning ? Switch("restart") : Say($"{_name} is stopped");
            case "reload" or "force-reload":
                return isRunning ? Reload() : Fail($"{_name} is stopped: there is nothing to reload", ExitStatus.NotRunning);
            default:
                return Usage(verb.Length == 0 ? ExitStatus.WrongArguments : ExitStatus.NotImplemented);
        }
    }

    private int TellStatus(List<ServiceStatus> known)
    {
        int status = known.Count == 0 ? ExitStatus.IsNotRunning : 0;
        if (known.Count == 0)
        {
            Say($"{_name} is stopped");
        }

        foreach (ServiceStatus one in known)
        {
            Say(one.Sentence);
            status = one.IsRunning ? status : ExitStatus.IsNotRunning;
        }

        return status;
    }

    private int Switch(string verb)
    {
        int status = 0;
        foreach (string target in _targets)
        {
            List<JsonElement> lines = _daemon.Ask(new ControlRequest(verb, target), out string fault);
            bool isBroken = false;
            foreach (JsonElement line in lines)
            {
                isBroken |= ControlClient.Text(line, "type") == "finding";
                if (ControlClient.Text(line, "type") == "finding")
                {
                    StandardStreams.Write(StandardStreams.Error, SourceFile.Encode(ControlClient.Text(line, "text") + "\n"));
                }
                else if (SwitchedService.Of(line) is { } switched)
                {
                    Say(switched.IsOff ? $"{switched.Id} is stopped{switched.Left}" : RunningSentence(switched));
                }
            }

            if (_daemon.IsUnknown && verb == "disable")
            {
                Say($"{_name} is stopped");
            }
            else if (fault.Length > 0)
            {
                status = Fail($"{target}: {fault}", isBroken || _daemon.IsUnknown ? ExitStatus.NotConfigured : ExitStatus.Generic);
            }
        }

        return status;
    }

    private static string RunningSentence(SwitchedService service)
    {
        string until = service.Change == "enabled" ? ", until the super-server's next reload" : "";
        return $"{service.Id} is running: it listens on {service.Places}{until}";
    }

    private int Reload()
    {
        Say($"{_name} is a service of the super-server, which reads all of its files again");
        List<JsonElement> lines = _daemon.Ask(new ControlRequest("reload", ""), out string fault);
        StandardStreams.Write(StandardStreams.Output, ReloadVerb.TextOf(lines));
        return fault.Length == 0 ? 0 : Fail($"{_name}: {fault}", ExitStatus.Generic);
    }

    // What the daemon has of the targets; what it does not know is off.
    private List<ServiceStatus> Known(out string fault)
    {
        List<ServiceStatus> known = [];
        foreach (string target in _targets)
        {
            List<JsonElement> lines = _daemon.Ask(new ControlRequest("status", target), out fault);
            if (fault.Length > 0 && !_daemon.IsUnknown)
            {
                return known;
            }

            foreach (JsonElement line in lines)
            {
                if (ServiceStatus.Of(line) is { } status)
                {
                    known.Add(status);
                }
            }
        }

        fault = "";
        return known;
    }

    private static int WithoutDaemon(string name, string verb, string path, string fault, Errno why)
    {
        int status = IsStatus(verb) ? ExitStatus.IsUnknown : ExitStatus.NotRunning;
        if (why is Errno.EACCES or Errno.EPERM)
        {
            return Fail($"{name}: {fault}", ExitStatus.NoPrivilege);
        }

        if (OtherSuperServer.Find() is { } other)
        {
            string what = other.IsOurs
                ? $"the super-server that runs (process {other.Pid}) does not listen at {path}: start it without -control, and try again"
                : $"xinetd (process {other.Pid}) cannot be told to start or stop one of its services: write 'disable = yes' or 'disable = no' into "
                    + $"{ServicesOfFile.PathOf(name)} (chkconfig {name} on|off does), and then: kill -HUP {other.Pid}";
            return Fail($"{name}: {what}", IsStatus(verb) ? ExitStatus.IsUnknown : other.IsOurs ? ExitStatus.Generic : ExitStatus.NotImplemented);
        }

        return verb is "stop" or "try-restart" or "condrestart"
            ? Say($"{name} is stopped: no super-server answers at {path}")
            : Fail($"{name}: {fault}", status);
    }

    private static bool IsStatus(string verb) => verb == "status";

    private int Usage(int status) => Fail($"Usage: service {_name} {{{Verbs}}}", status);

    private static int Say(string text)
    {
        StandardStreams.Write(StandardStreams.Output, SourceFile.Encode(text + "\n"));
        return 0;
    }

    private static int Fail(string text, int status)
    {
        StandardStreams.Write(StandardStreams.Error, SourceFile.Encode(text + "\n"));
        return status;
    }
}
