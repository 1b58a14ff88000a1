using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;

namespace Rouse.Tools.Services.Adopt;

/// <summary>
/// By a file of xinetd.d, for a script that runs one network server. What such a file needs can only be guessed from a script, so that it
/// is written switched off, says of each guess where it comes from, and is for a person to finish.
/// </summary>
internal static class XinetdAdoption
{
    private const uint Mode = 0x1a4;
    private const int LargestFile = 4 * 1024 * 1024;

    private static readonly string[] ProgramDirectories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    public static Adoption Of(IFileTree tree, Catalogue catalogue, InitScript script, ScriptHints hints)
    {
        string path = catalogue.Layout.Script(script.Name);
        string file = $"{Layout.Xinetd}/{script.Name}";
        if (!FileNames.IsReadBySuperServer(script.Name) || script.Name.Any(static c => c is <= ' ' or >= '\x7f' or '#' or '='))
        {
            return Adoption.Refused($"{file}: the super-server passes over a file of this name, or cannot have such a service; rename the script");
        }

        if (tree.Look(file, out _).Ok || tree.ReadLink(file, out _).Ok)
        {
            return Adoption.Refused($"{file} is there already and is left as it is");
        }

        if (!tree.Look(Layout.Xinetd, out FileStatus status).Ok || status.Kind != FileKind.Directory)
        {
            return Adoption.Refused($"{Layout.Xinetd}: there is no such directory; make it, and have an 'includedir {Layout.Xinetd}' in /etc/xinetd.conf");
        }

        List<string> guesses = [];
        if (Program(tree, script, hints, path, guesses) is not { } program)
        {
            return Adoption.Refused(
                $"{path}:1:1: the script does not tell its program: it has no line such as 'DAEMON=/usr/sbin/served', and no "
                + "'# processname:' that is found in the usual directories. Write the file by hand, or add such a line");
        }

        if (Port(tree, script, hints, path, program, guesses) is not { } port)
        {
            return Adoption.Refused(
                $"{path}:1:1: the script does not tell its port: it has no line such as 'PORT=8080', and /etc/services knows neither the "
                + "script's name nor its program's. Add such a line to either");
        }

        string text = Text(script, path, program, port, hints, guesses);
        return new Adoption
        {
            About = [.. guesses],
            Steps = [new MakeFile(file, Encoding.Latin1.GetBytes(text), Mode)],
            Next =
            [
                $"check {file}, above all that the program can be started by a super-server (see its manual: often an option such as -i)",
                $"rouse check; chkconfig {script.Name} on; and switch the script off: chkconfig --type sysv {script.Name} off",
            ],
        };
    }

    private static string Text(InitScript script, string path, string program, string port, ScriptHints hints, List<string> guesses)
    {
        string user = hints.User.IsGiven ? hints.User.Value : "root";
        guesses.Add(hints.User.IsGiven
            ? $"user: {user}, from {path}:{hints.User.Line}"
            : "user: root, because the script names no other; give it a user of its own if it can do with one");
        StringBuilder text = new();
        text.Append($"# default: off\n# description: {Comment(Description(script))}\n#\n")
            .Append($"# Drafted by 'rouse services adopt' from {path}, and switched off until somebody has looked at it.\n# Guesses:\n");
        foreach (string guess in guesses)
        {
            text.Append($"#   {Comment(guess)}\n");
        }

        text.Append("# To check: whether the server speaks on standard input and output (wait = no) or takes the socket (wait = yes),\n")
            .Append("# whether it needs an option for that in server_args, and whether TCP is right.\n")
            .Append($"service {script.Name}\n{{\n\tdisable\t\t= yes\n\ttype\t\t= UNLISTED\n\tsocket_type\t= stream\n\tprotocol\t= tcp\n\tport\t\t= {port}\n")
            .Append($"\twait\t\t= no\n\tuser\t\t= {user}\n\tserver\t\t= {program}\n}}\n");
        return text.ToString();
    }

    private static string Description(InitScript script) =>
        script.Header.Description.Length > 0 ? script.Header.Description : script.Header.Lsb?.ShortDescription ?? "";

    private static string Comment(string text) => string.Concat(text.Select(static c => c is < ' ' or '\x7f' ? ' ' : c)).TrimEnd('\\', ' ');

    private static string? Program(IFileTree tree, InitScript script, ScriptHints hints, string path, List<string> guesses)
    {
        if (hints.Program.IsGiven)
        {
            guesses.Add($"server: {hints.Program.Value}, from {path}:{hints.Program.Line}");
            return hints.Program.Value;
        }

        string name = hints.ProcessName.IsGiven ? hints.ProcessName.Value[(hints.ProcessName.Value.LastIndexOf('/') + 1)..] : script.Name;
        foreach (string directory in ProgramDirectories)
        {
            string program = $"{directory}/{name}";
            if (FileNames.IsPlain(name) && tree.Look(program, out FileStatus status).Ok && status.Kind == FileKind.Regular)
            {
                guesses.Add($"server: {program}, because of {(hints.ProcessName.IsGiven ? $"processname in {path}:{hints.ProcessName.Line}" : "the script's name")}");
                return program;
            }
        }

        return null;
    }

    private static string? Port(IFileTree tree, InitScript script, ScriptHints hints, string path, string program, List<string> guesses)
    {
        if (ushort.TryParse(hints.Port.Value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort given) && given > 0)
        {
            guesses.Add($"port: {hints.Port.Value}, from {path}:{hints.Port.Line}");
            return hints.Port.Value;
        }

        string server = program[(program.LastIndexOf('/') + 1)..];
        string[] names = [script.Name, .. script.Header.Lsb?.Provides ?? [], server, Short(script.Name), Short(server)];
        tree.Read("/etc/services", LargestFile, out byte[] bytes);
        string[][] entries = [.. Encoding.Latin1.GetString(bytes).Split('\n').Select(static line => line.Split('#')[0].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))];
        foreach (string name in names.Distinct())
        {
            // name port/protocol aliases: services(5).
            string[]? entry = Array.Find(entries, words => words.Length > 1 && words[1].EndsWith("/tcp", StringComparison.Ordinal) && words.Where((_, i) => i != 1).Contains(name));
            if (entry is not null && ushort.TryParse(entry[1][..^4], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0)
            {
                guesses.Add($"port: {port}, because /etc/services has '{name}'");
                return port.ToString(CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    // in.telnetd, sshd: telnet, ssh.
    private static string Short(string name)
    {
        string rest = name.StartsWith("in.", StringComparison.Ordinal) ? name[3..] : name;
        return rest.Length > 1 && rest[^1] == 'd' ? rest[..^1] : rest;
    }
}
