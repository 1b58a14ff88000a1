using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;
using Rouse.Tools.Control;

namespace Rouse.Tools.Chkconfig;

/// <summary>chkconfig(8): the original's words, tables, messages and exit statuses.</summary>
internal static class ChkconfigPersonality
{
    private const string Usage = """
        usage:   chkconfig [--list] [--type <type>] [name]
                 chkconfig --add <name>
                 chkconfig --del <name>
                 chkconfig --override <name>
                 chkconfig [--level <levels>] [--type <type>] [--no-redirect] <name> <on|off|reset|resetpriorities>
                 chkconfig [--level <level>] <name>

                 <type> is sysv or xinetd, <levels> are digits of 0 to 6 in one word.
                 --root <dir>      the tree below a directory instead of the machine's own
                 --dry-run         show what would be changed, and change nothing
                 --id <id>         of an xinetd file, only the service with this id
                 --control <path>  where the running super-server is asked

        """;

    public static int Run(string[] arguments)
    {
        ChkconfigOptions options = ChkconfigOptions.Parse(arguments);
        if (options.IsWrong)
        {
            Say(options.Complaint.Length > 0 ? options.Complaint + "\n" : Usage);
            return 1;
        }

        switch (options.Verb)
        {
            case ChkconfigVerb.Version:
                string version = typeof(ChkconfigPersonality).Assembly.GetName().Version?.ToString(3) ?? "";
                StandardStreams.Write(StandardStreams.Output, $"chkconfig version {version}\n");
                return 0;
            case ChkconfigVerb.Help:
                Say(Usage);
                return 1;
            default:
                return WithTree(options.Root, tree => Run(tree, options));
        }
    }

    /// <summary>Opens a tree, with what an interrupted change left there put right.</summary>
    public static int WithTree(string root, Func<IFileTree, int> run)
    {
        using RootedTree? tree = RootedTree.Open(root, out Errno error);
        if (tree is null)
        {
            Say(error == Errno.ENOSYS
                ? $"--root {root}: this kernel cannot keep links from leading out of a tree; Linux 5.6 or later can\n"
                : $"--root {root}: {error.Describe()}\n");
            return 1;
        }

        Recover(tree);
        return run(tree);
    }

    private static void Recover(RootedTree tree)
    {
        SysResult recovered = Transaction.Recover(tree);
        if (recovered.Ok)
        {
            Say("a change that was interrupted has been completed or taken back first\n");
        }
        else if (recovered.Error is not (Errno.ENOENT or Errno.ENOTDIR))
        {
            Say(recovered.Error switch
            {
                Errno.EAGAIN => "another command is changing the services: what follows may be in between\n",
                Errno.EACCES or Errno.EPERM =>
                    "a change is being made, or was interrupted: what follows may be in between; chkconfig, run as root, goes on with it\n",
                Errno error => $"a change was interrupted and could not be gone on with: {error.Describe()}\n",
            });
        }
    }

    public static void Say(string text)
    {
        if (text.Length > 0)
        {
            StandardStreams.Write(StandardStreams.Error, text);
        }
    }

    /// <summary>True, and said, where chkconfig cannot handle a script.</summary>
    public static bool Refuses(InitScript script)
    {
        if (script.Unreadable != Errno.None)
        {
            Say($"error reading information on service {script.Name}: {script.Unreadable.Describe()}\n");
        }
        else if (!script.IsSupported)
        {
            Say($"service {script.Name} does not support chkconfig\n" + string.Concat(script.Faults.Select(static fault => $"{fault}\n")));
        }

        return !script.IsSupported;
    }

    public static int Unknown(string name)
    {
        Say($"error reading information on service {name}: {Errno.ENOENT.Describe()}\n");
        return 1;
    }

    private static int Run(IFileTree tree, ChkconfigOptions options)
    {
        HostInit host = new(tree, () => ControlClient.Answers(ControlClient.Path(options.Control)));
        switch (options.Verb)
        {
            case ChkconfigVerb.List:
                return new ServiceListing(new Catalogue(tree), host, options).List();
            case ChkconfigVerb.Query:
                return Forward(host, options, "is-enabled") ?? new ServiceListing(new Catalogue(tree), host, options).Query();
            case ChkconfigVerb.On:
                return Forward(host, options, "enable") ?? Change(tree, options);
            case ChkconfigVerb.Off:
                return Forward(host, options, "disable") ?? Change(tree, options);
            default:
                return Change(tree, options);
        }
    }

    private static int Change(IFileTree tree, ChkconfigOptions options)
    {
        RunlevelChange change = new(tree, options);
        int status = change.Make();
        if (status != 0 || options.IsDryRun || tree.Root != "/")
        {
            return status;
        }

        if (change.Switched is { } file)
        {
            return SuperServer.Tell([file.Path], options.Control);
        }

        // What runs is not touched, as ever. A person who just typed this may like to know.
        if (options.Verb is ChkconfigVerb.On or ChkconfigVerb.Off && StandardStreams.IsTerminal(StandardStreams.Error))
        {
            Say($"nothing is started or stopped by this; to do so now: service {options.Name} {(options.Verb == ChkconfigVerb.On ? "start" : "stop")}\n");
        }

        return status;
    }

    // Null where the service is ours to handle. Returns otherwise only where systemctl cannot be run.
    private static int? Forward(HostInit host, ChkconfigOptions options, string verb)
    {
        List<string> environment = [.. ThisProcess.Environment()];
        if (!options.IsRedirected || !options.Kinds.HasFlag(ServiceKinds.Sysv) || !host.HasUnit(options.Name)
            || environment.Exists(static word => word.StartsWith("SYSTEMCTL_SKIP_REDIRECT=", StringComparison.Ordinal)))
        {
            return null;
        }

        string unit = options.Name + ".service";
        Say($"Note: Forwarding request to 'systemctl {verb} {unit}'.\n");
        Errno error = Errno.None;
        foreach (string program in (string[])["/bin/systemctl", "/usr/bin/systemctl"])
        {
            error = ProgramReplacement.Execute(program, ["systemctl", verb, unit], environment);
        }

        Say($"/bin/systemctl: {error.Describe()}\n");
        return 1;
    }
}
