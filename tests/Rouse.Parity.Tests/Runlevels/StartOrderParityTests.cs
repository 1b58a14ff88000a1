using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CsCheck;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Runlevels;

/// <summary>
/// The order of LSB scripts, with Debian's insserv as the judge: what a script needs starts before it and stops after it in both trees, and
/// where insserv meets a loop, chkconfig refuses and changes nothing. The numbers differ: chkconfig counts from 50, insserv from 1.
/// </summary>
public sealed class StartOrderParityTests
{
    private const string Facilities = "$local_fs\t+mountall\n$network\t+networking\n$remote_fs\t$local_fs +mountnfs\n$syslog\t+rsyslog\n";

    public static TheoryData<string, string[]> Trees() => new()
    {
        { "a chain", ["web:2345:db", "db:2345:disk", "disk:2345:"] },
        { "a chain, the needed first", ["disk:2345:", "db:2345:disk", "web:2345:db"] },
        { "two that need one", ["a:2345:c", "b:2345:c", "c:2345:"] },
        { "one that needs two", ["a:2345:b c", "b:2345:", "c:2345:b"] },
        { "by another name", ["a:2345:mta", "postfix=mta:2345:"] },
        { "facilities of the system", ["a:2345:$local_fs $network b", "b:2345:$remote_fs"] },
        { "in fewer levels than what it needs", ["a:35:b", "b:2345:c", "c:2345:"] },
        { "what it likes is not there", ["a:2345:?nobody ?b", "b:2345:"] },
        { "names that are parts of others", ["sshd-a:2345:sshd", "sshd:2345:ss", "ss:2345:", "a:2345:sshd-a"] },
    };

    [Theory]
    [MemberData(nameof(Trees))]
    public void What_is_needed_starts_first_and_stops_last(string _, string[] scripts) => AssertOrder([.. scripts.Select(Parse)]);

    [Theory]
    [InlineData("a:2345:b", "b:2345:a")]
    [InlineData("a:2345:?b", "b:2345:?a")]
    [InlineData("a:2345:b", "b:2345:c", "c:2345:a", "d:2345:")]
    [InlineData("a=x:35:y", "b=y:35:x")]
    public void A_loop_is_refused_by_both(params string[] scripts) => Assert.True(AssertOrder([.. scripts.Select(Parse)]));

    [Fact]
    public void Random_trees_without_loops()
    {
        Originals.Program("insserv", "sbin/insserv");
        string[] choices = ["2345", "345", "35", "3"];
        Gen<string> levels = Gen.Int[0, choices.Length - 1].Select(choice => choices[choice]);
        Gen.Select(Gen.Int[2, 8], Gen.UInt, levels.Array[8], Gen.Bool.Array[8]).Select((count, seed, on, stops) =>
        {
            var random = new Random((int)seed);
            return Enumerable.Range(0, count).Select(i => Random(random, i, Enumerable.Range(0, i), on[i], stops[i])).OrderBy(_ => random.Next()).ToArray();
        }).Sample(scripts => Assert.False(AssertOrder(scripts)), iter: 40, threads: 1, print: Describe);
    }

    [Fact]
    public void Random_trees_that_may_have_loops()
    {
        Originals.Program("insserv", "sbin/insserv");
        int refused = 0;
        int accepted = 0;
        Gen.Select(Gen.Int[2, 6], Gen.UInt).Select((count, seed) =>
        {
            var random = new Random((int)seed);
            return Enumerable.Range(0, count)
                .Select(i => Random(random, i, Enumerable.Range(0, count).Where(other => other != i), "2345", stops: true))
                .ToArray();
        }).Sample(
            scripts =>
            {
                bool isLoop = AssertOrder(scripts);
                refused += isLoop ? 1 : 0;
                accepted += isLoop ? 0 : 1;
            },
            iter: 40, threads: 1, print: Describe);
        Assert.True(refused > 3 && accepted > 3, $"{refused} of the trees had a loop, {accepted} had none: the test shows too little");
    }

    [Fact]
    public void Headers_of_real_scripts()
    {
        // The levels of the only one that has some in its LSB header.
        const string On = "35";
        const string Off = "0126";
        using var scratch = new Scratch();
        var judge = new Insserv(scratch, Facilities);
        var ours = new ServiceTree(scratch);
        Dictionary<string, string> scripts = Corpus.Files(Corpus.InitScripts).ToDictionary(NameOf, path => File.ReadAllText(path, Encoding.Latin1));
        string[] real = [.. scripts.Keys];
        scripts["shop"] = new OrderedScript("shop", On, ["proftpd", "$syslog"], ["svnserve"]).Text;
        scripts["till"] = new OrderedScript("till", On, ["shop"], ["supervisord"]).Text;
        foreach ((string name, string text) in scripts)
        {
            judge.Tree.Script(name, text);
            ours.Script(name, text);
        }

        foreach (string name in scripts.Keys.Order(StringComparer.Ordinal).Reverse())
        {
            ours.Succeed("--add", name);
            ours.Succeed("--level", On, name, "on");
            ours.Succeed("--level", Off, name, "off");
        }

        CommandResult judged = judge.EnableIn(On, Off, scripts.Keys);
        Assert.True(judged.ExitCode == 0, judged.Error);

        // A script that provides a facility of the system itself: the judge passes it over.
        AssertBefore(ours, On, 'S', ["rsyslog"], "shop");
        AssertBefore(ours, Off, 'K', ["shop"], "rsyslog");
        foreach (ServiceTree tree in (ServiceTree[])[judge.Tree, ours])
        {
            AssertBefore(tree, On, 'S', ["proftpd", "svnserve"], "shop");
            AssertBefore(tree, On, 'S', ["shop", "supervisord"], "till");
            AssertBefore(tree, Off, 'K', ["shop"], "proftpd");
            AssertBefore(tree, Off, 'K', ["till"], "shop");
            AssertBefore(tree, Off, 'K', ["till"], "supervisord");
        }

        Assert.True(real.Length > 8, $"only {real.Length} scripts in the corpus");
    }

    /// <summary>Whether both refuse the scripts for a loop; the test fails where they do not agree or an order is not kept.</summary>
    private static bool AssertOrder(IReadOnlyList<OrderedScript> scripts)
    {
        using var scratch = new Scratch();
        var judge = new Insserv(scratch, Facilities);
        var ours = new ServiceTree(scratch);
        foreach (OrderedScript script in scripts)
        {
            judge.Tree.Script(script.Name, script.Text);
            ours.Script(script.Name, script.Text);
        }

        CommandResult judged = judge.Enable(scripts.Select(script => script.Name));
        if (judged.ExitCode != 0)
        {
            Assert.Contains("There is a loop", judged.Error);
            AssertRefused(scripts, ours);
            return true;
        }

        foreach (OrderedScript script in scripts)
        {
            ours.Succeed("--add", script.Name);
        }

        var providers = scripts.SelectMany(script => script.Aliases.Append(script.Name).Select(name => (name, script)))
            .ToDictionary(pair => pair.name, pair => pair.script);
        foreach (OrderedScript script in scripts)
        {
            foreach (string need in script.Needs)
            {
                // One that is not on everywhere where the other is cannot be waited for; the judge decides by the level then.
                if (!providers.TryGetValue(need, out OrderedScript? needed) || !script.IsWithin(needed))
                {
                    continue;
                }

                foreach (ServiceTree tree in (ServiceTree[])[judge.Tree, ours])
                {
                    AssertBefore(tree, script.Levels, 'S', [needed.Name], script.Name);
                    AssertBefore(tree, script.Stops ? OffIn(needed) : "", 'K', [script.Name], needed.Name);
                }
            }
        }

        return false;
    }

    private static void AssertRefused(IReadOnlyList<OrderedScript> scripts, ServiceTree ours)
    {
        int refused = 0;
        foreach (OrderedScript script in scripts)
        {
            string before = ours.Snapshot();
            CommandResult result = ours.Chkconfig("--add", script.Name);
            if (result.ExitCode != 0)
            {
                refused++;
                Assert.Equal(1, result.ExitCode);
                Assert.Contains("go round in a loop: ", result.Error);
                Assert.Equal(before, ours.Snapshot());
            }
        }

        Assert.True(refused > 0, "chkconfig takes all of them");
    }

    private static void AssertBefore(ServiceTree tree, string levels, char kind, IEnumerable<string> first, string second)
    {
        foreach (char level in levels)
        {
            IReadOnlyList<string> links = tree.Links(level - '0');
            foreach (string name in first)
            {
                Assert.True(
                    Number(links, kind, name) < Number(links, kind, second),
                    $"{Path.GetFileName(tree.Root)}, level {level}: {name} comes before {second}, but the links are {string.Join(' ', links)}");
            }
        }
    }

    private static int Number(IReadOnlyList<string> links, char kind, string name)
    {
        string link = Assert.Single(links, link => link[0] == kind && link[3..] == name);
        return int.Parse(link.AsSpan(1, 2));
    }

    private static string OffIn(OrderedScript script) => new([.. "0123456".Where(level => !script.Levels.Contains(level))]);

    // NAME[=ALIAS]:LEVELS:needs, a question mark before what is only liked.
    private static OrderedScript Parse(string text)
    {
        string[] parts = text.Split(':');
        string[] names = parts[0].Split('=');
        string[] needs = parts[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new OrderedScript(
            names[0], parts[1], [.. needs.Where(need => need[0] != '?')], [.. needs.Where(need => need[0] == '?').Select(need => need[1..])])
        {
            Aliases = names[1..],
        };
    }

    private static OrderedScript Random(Random random, int index, IEnumerable<int> others, string levels, bool stops)
    {
        string[] needs = [.. others.Where(_ => random.Next(4) == 0).Select(other => random.Next(3) == 0 ? $"alias{other}" : $"s{other}")];
        int required = random.Next(needs.Length + 1);
        string[] system = random.Next(3) == 0 ? ["$local_fs", "$network"] : [];
        string[] absent = random.Next(4) == 0 ? ["nobody"] : [];
        return new OrderedScript($"s{index}", levels, [.. system, .. needs[..required]], [.. needs[required..], .. absent])
        {
            Aliases = [$"alias{index}"],
            Stops = stops,
        };
    }

    private static string Describe(OrderedScript[] scripts) => string.Join('\n', scripts.Select(script => script.ToString()));

    // openwall__Owl__packages-openssh-sshd.init is sshd; the two of supervisord have no name of their own.
    private static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        return name.Contains("opensuse") ? "supervisord" : name.EndsWith(".init") ? name[(name.LastIndexOf('-') + 1)..^5] : "redhat-supervisord";
    }
}
