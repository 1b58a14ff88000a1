using System;
using System.Linq;
using Rouse.Linux;

namespace Rouse.Tools.Service;

/// <summary>Who starts and stops services on a host.</summary>
internal enum Ruler
{
    /// <summary>The init scripts, each for itself.</summary>
    Scripts,
    Systemd,
    OpenRc,
}

/// <summary>Finds out who rules this host's services, and hands a command over to it.</summary>
internal static class Rulers
{
    private static readonly string[] Systemctls = ["/bin/systemctl", "/usr/bin/systemctl"];
    private static readonly string[] RcServices = ["/sbin/rc-service", "/usr/sbin/rc-service", "/bin/rc-service", "/usr/bin/rc-service"];

    private static readonly string[] VerbsOfSystemd =
    [
        "start", "stop", "restart", "try-restart", "reload", "reload-or-restart", "try-reload-or-restart", "force-reload", "status", "condrestart",
    ];

    /// <summary>The folder alone is no sign: containers and chroots of such hosts have it too, without the program as their first process.</summary>
    public static bool IsSystemd => Files.KindOf("/run/systemd/system") == FileKind.Directory
        && Files.RealPath("/sbin/init", out string init).Ok && init.EndsWith("/systemd", StringComparison.Ordinal);

    public static Ruler OfThisHost()
    {
        if (IsSystemd)
        {
            return Ruler.Systemd;
        }

        return Files.KindOf("/run/openrc/softlevel") != FileKind.Missing && FindProgram(RcServices) is not null ? Ruler.OpenRc : Ruler.Scripts;
    }

    /// <summary>This process becomes systemctl; the exit status where it cannot.</summary>
    public static int HandToSystemd(ServiceCommandLine line, string[] environment)
    {
        string verb = line.Task == ServiceTask.FullRestart ? "restart" : line.Verb;
        if (Array.IndexOf(VerbsOfSystemd, verb) < 0)
        {
            string what = verb.Length == 0 ? "a verb is missing" : $"'{TextTable.Visible(verb)}' is none of the verbs";
            StandardStreams.Write(
                StandardStreams.Error,
                $"service: {line.Name} is systemd's, and {what} that can be passed on ({string.Join(", ", VerbsOfSystemd)}); see systemctl(1) for others\n");
            return ExitStatus.WrongArguments;
        }

        string unit = SystemdUnits.UnitOf(line.Name);
        string[] more = [.. line.Words.Skip(1)];
        string rest = more.Length == 0 ? "" : " " + string.Join(' ', more);
        StandardStreams.Write(StandardStreams.Error, $"Redirecting to /bin/systemctl {verb} {unit}{rest}\n");
        string systemctl = FindProgram(Systemctls) ?? Systemctls[0];
        return Become(systemctl, [systemctl, verb, unit, .. more], environment);
    }

    /// <summary>This process becomes rc-service; the exit status where it cannot.</summary>
    public static int HandToOpenRc(ServiceCommandLine line, string[] environment)
    {
        string program = FindProgram(RcServices) ?? RcServices[0];
        string[] words = line.Task == ServiceTask.FullRestart ? ["restart"] : [.. line.Words];
        return Become(program, ["rc-service", line.Name, .. words], environment);
    }

    private static int Become(string program, string[] words, string[] environment)
    {
        ThisProcess.EnterRoot();
        Errno error = ProgramReplacement.Execute(program, words, environment);
        StandardStreams.Write(StandardStreams.Error, $"service: {program}: {error.Describe()}\n");
        return error is Errno.ENOENT or Errno.ENOTDIR ? ExitStatus.NotFound : ExitStatus.CannotExecute;
    }

    private static string? FindProgram(string[] paths) => Array.Find(paths, static path => Files.KindOf(path) == FileKind.Regular);
}
