using System;
using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Tools.Service;

/// <summary>A script that starts and stops a service: its path, and how it is run. Which verbs it has is its own affair.</summary>
internal sealed class ServiceScript(string path)
{
    private const string Shell = "/bin/sh";

    private static readonly string[] Folders = ["/etc/init.d", "/etc/rc.d/init.d"];

    // What stands among the scripts and is none, or would do what nobody wants who asks how things are.
    private static readonly string[] NeverAsked =
    [
        "functions", "halt", "killall", "single", "linuxconf", "kudzu", "reboot", "skeleton", "README", "rc", "rcS", "bootclean.sh",
    ];

    private static readonly string[] EndingsOfCopies =
    [
        "~", ".bak", ".old", ".orig", ".rpmnew", ".rpmorig", ".rpmsave", ".dpkg-dist", ".dpkg-old", ".dpkg-new",
    ];

    /// <summary>Null where there is no file of that name; links are followed.</summary>
    public static ServiceScript? Find(string name)
    {
        foreach (string folder in Folders)
        {
            if (Files.KindOf($"{folder}/{name}") == FileKind.Regular)
            {
                return new ServiceScript($"{folder}/{name}");
            }
        }

        return null;
    }

    /// <summary>What stands in a script's place; null for nothing.</summary>
    public static string? WhyNone(string name)
    {
        foreach (string folder in Folders)
        {
            if (Files.KindOf($"{folder}/{name}") is FileKind.Directory or FileKind.Other)
            {
                return $"{name}: unrecognized service: {folder}/{name} is no file";
            }
        }

        return null;
    }

    /// <summary>Every script's answer to <c>status</c>, one after the other, in the order of their names.</summary>
    public static int StatusOfAll(List<string> environment)
    {
        string? folder = Array.Find(Folders, static folder => Files.KindOf(folder) == FileKind.Directory);
        List<string> names = [];
        if (folder is null || !Files.List(folder, out names).Ok)
        {
            StandardStreams.Write(StandardStreams.Error, $"service: there are no init scripts here: {folder ?? Folders[0]} cannot be read\n");
            return ExitStatus.IsUnknown;
        }

        names.Sort(StringComparer.Ordinal);
        foreach (string name in names)
        {
            string path = $"{folder}/{name}";
            bool isAsked = name[0] != '.' && Array.IndexOf(NeverAsked, name) < 0
                && !Array.Exists(EndingsOfCopies, ending => name.EndsWith(ending, StringComparison.Ordinal));
            if (isAsked && Files.KindOf(path) == FileKind.Regular && Files.MayExecute(path).Ok)
            {
                new ServiceScript(path).RunAndWait("status", environment);
            }
        }

        return 0;
    }

    /// <summary>This process becomes the script; the exit status where it cannot.</summary>
    /// <param name="words">The verb and what follows it.</param>
    public int Become(IReadOnlyList<string> words, List<string> environment)
    {
        ThisProcess.EnterRoot();
        Errno error = ProgramReplacement.Execute(path, [path, .. words], environment);
        if (error == Errno.ENOEXEC)
        {
            // A script without a first line that names its interpreter is the shell's, as for every shell.
            error = ProgramReplacement.Execute(Shell, [Shell, path, .. words], environment);
        }

        return Tell(error);
    }

    /// <summary><c>stop</c>, whatever comes of it, and then <c>start</c>.</summary>
    public int RestartFully(List<string> environment)
    {
        int stopped = RunAndWait("stop", environment);
        return stopped is ExitStatus.CannotExecute or ExitStatus.NotFound ? stopped : Become(["start"], environment);
    }

    private int RunAndWait(string verb, List<string> environment)
    {
        ThisProcess.EnterRoot();
        SysResult started = ProgramStart.Start(path, [path, verb], environment);
        if (started.Error == Errno.ENOEXEC)
        {
            started = ProgramStart.Start(Shell, [Shell, path, verb], environment);
        }

        if (!started.Ok)
        {
            return Tell(started.Error);
        }

        const int SignalBase = 128; // As a shell tells of a program that a signal has ended.
        SysResult waited = ChildWait.For(started.Value, out ChildExit exit);
        return !waited.Ok ? ExitStatus.Generic : exit.Signal < 0 ? exit.Status : SignalBase + exit.Signal;
    }

    private int Tell(Errno error)
    {
        string hint = error switch
        {
            Errno.EACCES => ": is it executable (chmod +x), and its interpreter?",
            Errno.ENOENT or Errno.ENOTDIR => ": its first line names an interpreter that is not there",
            _ => "",
        };
        StandardStreams.Write(StandardStreams.Error, $"service: {path}: {error.Describe()}{hint}\n");
        return error is Errno.ENOENT or Errno.ENOTDIR ? ExitStatus.NotFound : ExitStatus.CannotExecute;
    }
}
