using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Tools.Control;

namespace Rouse.Tools.Ntsysv;

/// <summary>
/// ntsysv(8): which services are on, as a list to be ticked. Exit codes: 0 done, 1 cancelled, 2 failed. Nothing is written before Ok, and
/// then all of it in one change.
/// </summary>
internal static class NtsysvPersonality
{
    private const int Cancelled = 1;
    private const int Failed = 2;

    public static int Run(string[] arguments)
    {
        NtsysvOptions options = NtsysvOptions.Parse(arguments);
        if (options.Fault.Length > 0)
        {
            StandardStreams.Write(StandardStreams.Error, $"ntsysv: {options.Fault}\n{NtsysvOptions.Usage}");
            return Failed;
        }

        if (options.Help || options.Version)
        {
            string version = $"ntsysv version {typeof(NtsysvPersonality).Assembly.GetName().Version?.ToString(3)}\n";
            return StandardStreams.Write(StandardStreams.Output, options.Help ? NtsysvOptions.Usage : version) ? 0 : Failed;
        }

        if (!StandardStreams.IsTerminal(StandardStreams.Input) || !StandardStreams.IsTerminal(StandardStreams.Output))
        {
            return Fail("standard input and output have to be a terminal; in a script use chkconfig");
        }

        if (Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" or "unknown")
        {
            return Fail("this terminal cannot place its cursor (TERM is not set, or says so); use chkconfig");
        }

        using RootedTree? tree = RootedTree.Open(options.Root, out Errno error);
        return tree is null ? Fail($"{options.Root}: {error.Describe()}") : Run(options, tree);
    }

    private static int Run(NtsysvOptions options, RootedTree tree)
    {
        if (FaultOfRights(tree) is { } fault)
        {
            return Fail(fault);
        }

        SysResult recovered = Transaction.Recover(tree);
        if (!recovered.Ok && recovered.Error != Errno.ENOENT)
        {
            return Fail($"an earlier change was interrupted and cannot be finished: {recovered.Error.Describe()}");
        }

        Checklist list = new(new ChecklistSource(new Catalogue(tree), options.Levels, ScreenText.IsUtf8Locale).Items);
        if (list.Items.Count == 0)
        {
            return Fail("there is no service to show: no init script with a header for chkconfig, and no file in /etc/xinetd.d");
        }

        Signals.BlockInProcess(withTerminal: true);
        SysResult opened = Terminal.Open(out Terminal? terminal);
        using (terminal)
        {
            if (terminal is null)
            {
                return Fail($"the terminal: {opened.Error.Describe()}");
            }

            string version = typeof(NtsysvPersonality).Assembly.GetName().Version?.ToString(3) ?? "";
            ChecklistView view = new($"ntsysv {version}: services to start in levels {options.Levels}", options.Back);
            return ChecklistScreen.Run(terminal, list, view) == ChecklistEnd.Ok ? Change(options, tree, list.Changes) : Cancelled;
        }
    }

    private static int Change(NtsysvOptions options, RootedTree tree, IReadOnlyList<ServiceSwitch> changes)
    {
        if (changes.Count == 0)
        {
            return 0;
        }

        // Read again once nobody else can change it: the list may have been on the screen for hours.
        SwitchPlan? plan = null;
        ChangeOutcome outcome = Transaction.Make(tree, () =>
        {
            plan = new SwitchPlan(tree, new Catalogue(tree));
            plan.Turn(changes, options.Levels);
            return plan.Steps;
        });
        if (!outcome.Ok)
        {
            string left = outcome.IsLeftToNext ? "the next change finishes it" : "nothing was changed";
            return Fail($"{(outcome.Step is { } step ? $"{step}: " : "")}{outcome.Error.Describe()}; {left}");
        }

        if (plan!.Fault.Length > 0)
        {
            return Fail($"{plan.Fault}. Nothing was changed");
        }

        // The super-server of this machine; of another root only one that was named.
        bool isTold = plan.ChangedFiles.Count > 0 && (tree.Root == "/" || options.Control is not null);
        return isTold && SuperServer.Tell(plan.ChangedFiles, options.Control) != 0 ? Failed : 0;
    }

    private static string? FaultOfRights(RootedTree tree)
    {
        SysResult found = Layout.Find(tree, out Layout layout);
        IEnumerable<string> directories = found.Ok ? Levels.All.Each().Select(layout.Level) : [];
        foreach (string directory in directories.Append(Layout.Xinetd).Prepend("/etc"))
        {
            SysResult may = tree.MayWrite(directory);
            if (!may.Ok && may.Error is not (Errno.ENOENT or Errno.ENOTDIR))
            {
                return $"{directory} cannot be written ({may.Error.Describe()}); services are turned on and off by root";
            }
        }

        return null;
    }

    private static int Fail(string fault)
    {
        Say(fault);
        return Failed;
    }

    // On a terminal, where names and paths of other people's must not do anything.
    private static void Say(string text) =>
        StandardStreams.Write(StandardStreams.Error, $"ntsysv: {ScreenText.Of(text, isUtf8: false)}\n");
}
