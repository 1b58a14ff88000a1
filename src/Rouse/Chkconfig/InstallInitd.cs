using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;

namespace Rouse.Tools.Chkconfig;

/// <summary>
/// The entry points of others into the same catalogue: the LSB's <c>install_initd</c> and <c>remove_initd</c>, which heed what services need
/// of each other, and systemd's <c>systemd-sysv-install</c>.
/// </summary>
internal static class InstallInitd
{
    public static int Install(string[] arguments) => arguments is [{ } path]
        ? ChkconfigPersonality.WithTree("/", tree => Change(tree, NameOf(path), TryInstall))
        : Wrong("usage: install_initd <script>\n");

    public static int Remove(string[] arguments) => arguments is [{ } path]
        ? ChkconfigPersonality.WithTree("/", tree => Change(tree, NameOf(path), TryRemove))
        : Wrong("usage: remove_initd <script>\n");

    public static int ForSystemd(string[] arguments)
    {
        const string RootOption = "--root=";
        List<string> words = [.. arguments];
        string root = "/";
        if (words.FirstOrDefault(static word => word.StartsWith(RootOption, System.StringComparison.Ordinal)) is { } option)
        {
            root = option.Length > RootOption.Length ? option[RootOption.Length..] : "/";
            words.Remove(option);
        }

        return words switch
        {
            ["enable", { } name] => ChkconfigPersonality.WithTree(root, tree => Change(tree, name, static (plan, script, _) => Planned(() => plan.Enable(script)))),
            ["disable", { } name] => ChkconfigPersonality.WithTree(
                root, tree => Change(tree, name, static (plan, script, _) => Planned(() => plan.Turn(script, Levels.Usual, on: false)))),
            ["is-enabled", { } name] => ChkconfigPersonality.WithTree(root, tree => IsEnabled(new Catalogue(tree), name)),
            _ => Wrong("usage: systemd-sysv-install [--root=<dir>] enable|disable|is-enabled <name>\n"),
        };
    }

    private delegate bool Planning(LinkPlan plan, InitScript script, Catalogue catalogue);

    private static int Change(IFileTree tree, string name, Planning planning)
    {
        int status = 1;
        ChangeOutcome outcome = Transaction.Make(tree, () =>
        {
            Catalogue catalogue = new(tree);
            if (catalogue.Script(name) is not { } script)
            {
                ChkconfigPersonality.Unknown(name);
                return null;
            }

            LinkPlan plan = new(tree, catalogue);
            if (ChkconfigPersonality.Refuses(script) || !planning(plan, script, catalogue))
            {
                return null;
            }

            ChkconfigPersonality.Say(plan.Fault.Length > 0 ? $"{plan.Fault}. Nothing was changed\n" : "");
            status = plan.Fault.Length > 0 ? 1 : 0;
            return plan.Steps;
        });
        if (!outcome.Ok)
        {
            ChkconfigPersonality.Say(RunlevelChange.Describe(outcome, tree.Root));
        }

        return outcome.Ok ? status : 1;
    }

    private static bool TryInstall(LinkPlan plan, InitScript script, Catalogue catalogue)
    {
        string[] missing = [.. plan.Missing(script)];
        if (missing.Length > 0)
        {
            ChkconfigPersonality.Say($"{catalogue.Layout.Script(script.Name)}: it needs {string.Join(", ", missing)}, and no script here provides that\n");
            return false;
        }

        return Planned(() => plan.Add(script));
    }

    private static bool TryRemove(LinkPlan plan, InitScript script, Catalogue catalogue)
    {
        string[] needed = [.. plan.NeededBy(script)];
        if (needed.Length > 0)
        {
            ChkconfigPersonality.Say($"{catalogue.Layout.Script(script.Name)}: {string.Join(", ", needed)} cannot start without it; its links stay\n");
            return false;
        }

        return Planned(() => plan.Delete(script.Name));
    }

    private static bool Planned(System.Action plan)
    {
        plan();
        return true;
    }

    private static int IsEnabled(Catalogue catalogue, string name) =>
        (catalogue.Links.Of(name).On.Bits & Levels.Usual.Bits) != 0 ? 0 : 1;

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static int Wrong(string usage)
    {
        ChkconfigPersonality.Say(usage);
        return 1;
    }
}
