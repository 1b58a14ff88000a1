using System;
using System.Linq;
using CsCheck;
using Rouse.Runlevels.Changes;

namespace Rouse.Runlevels.Tests;

/// <summary>On random trees: on, off and on again gives the tree back, byte for byte.</summary>
public sealed class TreeProperties
{
    private static readonly Gen<string> Service = Gen.Int[0, 5].Select(static i => ((string[])["a", "b", "c", "dd", "e.f", "e*"])[i]);
    private static readonly Gen<Levels> SomeLevels = Gen.Byte[1, 127].Select(bits => new Levels(bits));

    private static readonly Gen<(string Name, string[] Lines)> Script = Gen.Select(
        Service, Gen.Bool, SomeLevels, Gen.Int[0, 99], Gen.Int[0, 99], Service.Array[0, 2],
        static (name, isLsb, levels, start, stop, needs) => (name, isLsb
            ? (string[])[
                "## BEGIN INIT INFO", $"Provides: {name}", $"Required-Start: {string.Join(' ', needs)}", $"Should-Stop: {string.Join(' ', needs)}",
                $"Default-Start: {string.Join(' ', levels.Each())}", "## END INIT INFO"]
            : [$"chkconfig: {levels} {start} {stop}"]));

    private static readonly Gen<(int Level, string Name, string Target)> Link = Gen.Select(
        Gen.Int[0, 6], Gen.Bool, Gen.Int[0, 99], Service, Gen.Bool,
        static (level, starts, priority, name, isRight) => (level, $"{(starts ? 'S' : 'K')}{priority:00}{name}", isRight ? $"../init.d/{name}" : "/gone"));

    [Fact]
    public void On_off_on_gives_the_same_tree() =>
        Gen.Select(Script.Array[1, 6], Link.Array[0, 20], SomeLevels, Gen.Bool).Sample(
            (scripts, links, levels, underRc) =>
            {
                using HostTree host = Tree(scripts, links, underRc);
                string name = scripts[0].Name;
                if (!Turn(host, name, levels, on: true))
                {
                    return;
                }

                string on = host.Snapshot();
                Assert.True(Turn(host, name, levels, on: false));
                Assert.All(levels.Each(), level => Assert.StartsWith("K", Assert.Single(host.Links(level), link => link[3..] == name)));
                Turn(host, name, levels, on: true);
                Assert.Equal(on, host.Snapshot());
            },
            iter: 400);

    [Fact]
    public void Added_deleted_and_added_again_is_added_and_others_stay() =>
        Gen.Select(Script.Array[1, 6], Link.Array[0, 20], Gen.Bool).Sample(
            (scripts, links, underRc) =>
            {
                using HostTree host = Tree(scripts, links, underRc);
                string name = scripts[0].Name;
                Make(host, name, static (plan, script) => plan.Delete(script.Name));
                string without = host.Snapshot();
                Assert.Empty(host.LinksOf(name));
                string fault = Make(host, name, static (plan, script) => plan.Add(script));
                if (fault.Length > 0)
                {
                    Assert.Equal(without, host.Snapshot());
                    return;
                }

                Assert.Equal(7, host.LinksOf(name).Length);
            },
            iter: 300);

    private static HostTree Tree((string Name, string[] Lines)[] scripts, (int Level, string Name, string Target)[] links, bool underRc)
    {
        HostTree host = new(underRc);
        foreach ((string name, string[] lines) in scripts)
        {
            host.ScriptText(name, "#!/bin/sh\n" + string.Concat(lines.Select(line => line[0] == '#' ? $"#{line}\n" : $"# {line}\n")));
        }

        foreach ((int level, string name, string target) in links.DistinctBy(link => (link.Level, link.Name)))
        {
            host.Link(level, name, target);
        }

        return host;
    }

    private static bool Turn(HostTree host, string name, Levels levels, bool on) =>
        Make(host, name, (plan, script) => plan.Turn(script, levels, on)).Length == 0;

    private static string Make(HostTree host, string name, Action<LinkPlan, Scripts.InitScript> word)
    {
        Catalogue catalogue = new(host.Open);
        LinkPlan plan = new(host.Open, catalogue);
        word(plan, catalogue.Script(name)!);
        ChangeOutcome outcome = Transaction.Make(host.Open, () => plan.Steps);
        Assert.True(outcome.Ok, outcome.Step?.ToString());
        return plan.Fault;
    }
}
