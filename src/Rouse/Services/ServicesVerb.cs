using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Rouse.Config;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Tools.Control;
using Rouse.Tools.Processes;
using Rouse.Tools.Services.Adopt;

namespace Rouse.Tools.Services;

/// <summary><c>rouse services</c>: every service of the machine, whoever starts it, and what it is doing.</summary>
internal static class ServicesVerb
{
    private const string UsualConfiguration = "/etc/xinetd.conf";
    private const int WrongUse = 2;

    public static Command Command()
    {
        Option<string> root = RootOption();
        Option<string?> level = new("--level") { Description = "Only what is on in one of these runlevels; xinetd's services count in all", HelpName = "LEVELS" };
        Option<string?> file = new("--file", "-f") { Description = "The super-server's configuration, if it is another one", HelpName = "FILE" };
        Option<bool> inetdCompat = new("--inetd-compat") { Description = "Read /etc/inetd.conf too, as the daemon does with -inetd_compat" };
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Option<string?> control = ControlOption.Make();
        Command command = new("services", "Show every service: who starts it, where it listens, what it does")
        {
            root, level, file, inetdCompat, json, control, AdoptVerb.Command(),
        };
        command.SetAction(parsed =>
        {
            Levels? levels = null;
            if (parsed.GetValue(level) is { } word)
            {
                if (!Levels.TryParse(word, out Levels some))
                {
                    ControlOption.Fail($"--level: '{word}' is no word of runlevels; write digits of 0 to 6, such as 345");
                    return WrongUse;
                }

                levels = some;
            }

            using RootedTree? tree = RootedTree.Open(parsed.GetValue(root)!, out Errno error);
            return tree is null
                ? ControlOption.Fail($"--root {parsed.GetValue(root)}: {error.Describe()}")
                : Run(tree, levels, parsed.GetValue(file), parsed.GetValue(inetdCompat), parsed.GetValue(json), parsed.GetValue(control));
        });
        return command;
    }

    public static Option<string> RootOption() => new("--root")
    {
        Description = "The tree below a directory, instead of the machine's own",
        HelpName = "DIR",
        DefaultValueFactory = static _ => "/",
    };

    private static int Run(RootedTree tree, Levels? levels, string? file, bool inetdCompat, bool json, string? control)
    {
        RunningDaemon? daemon = null;
        List<string> findings = [];
        if (control is not null || tree.Root == "/")
        {
            daemon = RunningDaemon.Ask(ControlClient.Path(control), out string fault, out Errno why);
            if (daemon is null && control is not null)
            {
                return ControlOption.Fail(fault);
            }

            // None that runs is nothing wrong. One that runs and does not tell leaves dashes where there should be words.
            if (daemon is null && why is not (Errno.ENOENT or Errno.ENOTDIR or Errno.ECONNREFUSED))
            {
                findings.Add($"the super-server could not be asked: {fault}");
            }
        }

        Catalogue catalogue = new(tree);
        ProcessTree processes = new();
        string path = file ?? (tree.Root == "/" && daemon is not null ? daemon.Configuration : UsualConfiguration);
        ServiceSurvey survey = new(tree, catalogue, Read(tree, path, inetdCompat, isAskedFor: file is not null), daemon, processes);
        IReadOnlyList<ServiceRow> rows =
            [.. survey.Take().Where(row => levels is not { } some || (row.OnIn is { } on ? (on.Bits & some.Bits) != 0 : row.IsOn))];
        findings.AddRange(survey.Findings);
        byte[] shown = json
            ? ServicesJson.Of(rows, findings, tree.Root, daemon is not null)
            : ServicesText.Of(rows, findings, processes, Files.NowNs / 1_000_000_000);
        return StandardStreams.Write(StandardStreams.Output, shown) ? 0 : ControlOption.Failed;
    }

    // A file in inetd's language is the daemon's to read: it tells what it has made of it.
    private static Configuration? Read(RootedTree tree, string path, bool inetdCompat, bool isAskedFor)
    {
        if (path.EndsWith("/inetd.conf", StringComparison.Ordinal) || (!isAskedFor && !tree.Look(path, out _).Ok))
        {
            return null;
        }

        return ConfigurationLoader.Load(
            path, tree.Root == "/" ? ThisHost.Open() : new RootedConfigHost(tree, ThisHost.Open()), new LoadOptions { InetdCompat = inetdCompat });
    }
}
