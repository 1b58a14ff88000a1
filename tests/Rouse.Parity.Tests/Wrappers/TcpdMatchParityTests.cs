using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Wrappers;

/// <summary>
/// tcpdmatch on random rules and requests: standard output and exit status are the original's. Where they are not, the rules hold
/// something that cannot be understood, and nobody is let in whom the original turns away (D-070).
/// </summary>
public sealed class TcpdMatchParityTests(ITestOutputHelper output)
{
    /// <summary>ROUSE_DIFFERENTIAL=20000 runs as many; `make differential` does.</summary>
    private const int UsualCount = 2000;

    private const int BatchSize = 2000;

    // What ours may take otherwise, for it leaves the original's rule without effect.
    private static readonly string[] CodesOfDoubt = ["RS0112", "RS0118", "RS0119", "RS0120", "RS0124", "RS0129"];

    [Fact]
    public void Random_rules_and_requests_end_as_with_the_original()
    {
        AsRoot.Needed();
        string original = Originals.Program("tcpd", "usr/sbin/tcpdmatch");
        string ours = Path.Combine(Repository.Bin, "tcpdmatch");
        int count = int.Parse(Environment.GetEnvironmentVariable("ROUSE_DIFFERENTIAL") ?? $"{UsualCount}");
        int same = 0;
        int safer = 0;
        List<string> wrong = [];
        for (int start = 0; start < count; start += BatchSize)
        {
            using WrapperWorld world = new();
            WrapperCase[] cases = [.. Enumerable.Range(start, Math.Min(BatchSize, count - start)).Select(WrapperCase.Make)];
            (IReadOnlyList<string> wanted, _) = world.Run(original, cases, TimeSpan.FromMinutes(10));
            (IReadOnlyList<string> got, IReadOnlyList<string> errors) = world.Run(ours, cases, TimeSpan.FromMinutes(10));
            for (int i = 0; i < cases.Length; i++)
            {
                if (wanted[i] == got[i])
                {
                    same++;
                }
                else if (IsSafer(wanted[i], got[i]) && CodesOfDoubt.Any(errors[i].Contains))
                {
                    safer++;
                }
                else
                {
                    wrong.Add($"case {start + i}: {cases[i]}\noriginal: {wanted[i]}\nours: {got[i]}\n{errors[i]}");
                }
            }
        }

        output.WriteLine($"{same} the same, {safer} denied for what cannot be understood, {wrong.Count} wrong");
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong.Take(10)));
        Assert.True(safer < count / 5, $"{safer} of {count} differ");
    }

    [Fact]
    public void A_directory_for_hosts_deny_denies()
    {
        AsRoot.Needed();
        using WrapperWorld world = new();
        (CommandResult original, CommandResult ours) = Both(world, "", "", before: "rm hosts.deny && mkdir hosts.deny && ");
        Assert.EndsWith("access:   granted\n", original.Text, StringComparison.Ordinal);
        Assert.EndsWith("access:   denied\n", ours.Text, StringComparison.Ordinal);
        Assert.Contains("RS0122", ours.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_names_itself_ends_the_original_and_not_ours()
    {
        AsRoot.Needed();
        using WrapperWorld world = new();
        (CommandResult original, CommandResult ours) = Both(world, "", "ALL: /mnt/loop\n");
        Assert.Equal((139, 0), (original.ExitCode, ours.ExitCode));
        Assert.EndsWith("access:   denied\n", ours.Text, StringComparison.Ordinal);
        Assert.Contains("RS0124", ours.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_that_becomes_too_long_denies()
    {
        AsRoot.Needed();
        using WrapperWorld world = new();
        string rule = $"ALL: ALL: spawn {string.Concat(Enumerable.Repeat("%a", 1000))}\n";
        (CommandResult original, CommandResult ours) = Both(world, rule, "");
        Assert.DoesNotContain("access:", original.Text, StringComparison.Ordinal);
        Assert.EndsWith("access:   denied\n", ours.Text, StringComparison.Ordinal);
        Assert.Contains("too long", ours.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_of_a_rule_is_looked_up_and_not_taken()
    {
        AsRoot.Needed();
        using WrapperWorld world = new();
        (CommandResult original, CommandResult ours) = Both(world, "ALL: ALL: user nobody\n", "");
        Assert.EndsWith("access:   denied\n", original.Text, StringComparison.Ordinal);
        Assert.EndsWith("access:   granted\n", ours.Text, StringComparison.Ordinal);
        (original, ours) = Both(world, "ALL: ALL: user root.root: group root\n", "");
        Assert.Equal(original.Text, ours.Text);
        (original, ours) = Both(world, "ALL: ALL: user nosuchuser\n", "");
        Assert.Equal(original.Text, ours.Text);
    }

    [Fact]
    public void The_rule_that_fits_is_told()
    {
        AsRoot.Needed();
        using WrapperWorld world = new();
        (CommandResult original, CommandResult ours) = Both(world, "ALL: 10.0.0.1 \\\n 192.0.2.7: spawn /bin/x %a: nice\n", "");
        Assert.Equal((original.ExitCode, original.Text), (ours.ExitCode, ours.Text));
        Assert.Contains("matched:  hosts.allow line 2\noption:   spawn /bin/x 192.0.2.7\noption:   nice\n", ours.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in.telnetd")]
    [InlineData("a", "b", "c")]
    [InlineData("-x", "a", "b")]
    [InlineData("a", "b", "-i")]
    [InlineData("a", "b", "-i", "/nowhere")]
    [InlineData("a", "nohost.invalid")]
    [InlineData("a@nohost.invalid", "192.0.2.7")]
    public void Wrong_use_ends_as_with_the_original(params string[] arguments)
    {
        AsRoot.Needed();
        using WrapperWorld world = new();
        CommandResult original = world.RunOnce("", "", Originals.Program("tcpd", "usr/sbin/tcpdmatch"), arguments);
        CommandResult ours = world.RunOnce("", "", Path.Combine(Repository.Bin, "tcpdmatch"), arguments);
        Assert.Equal((1, 1), (original.ExitCode, ours.ExitCode));
        Assert.Equal(original.Text, ours.Text);
        Assert.NotEqual("", ours.Error);
    }

    private static (CommandResult Original, CommandResult Ours) Both(WrapperWorld world, string allow, string deny, string before = "")
    {
        string[] rest = [$"{before}exec \"$0\" -d in.telnetd 192.0.2.7"];
        string original = Originals.Program("tcpd", "usr/sbin/tcpdmatch");
        return (
            world.RunOnce(allow, deny, "sh", ["-c", .. rest, original]),
            world.RunOnce(allow, deny, "sh", ["-c", .. rest, Path.Combine(Repository.Bin, "tcpdmatch")]));
    }

    private static string[] Told(string output) =>
        [.. output.Split('\n').Where(static line => line.Length == 0 || line.StartsWith("status ") || line.Contains(":   ", StringComparison.Ordinal))];

    // Every line is the same but verdicts, and each of those that differ denies. A crash of the original says nothing. The banner of a rule
    // that fits here and not there, or the other way round, does not count.
    private static bool IsSafer(string wanted, string got)
    {
        if (wanted.EndsWith("status 139\n", StringComparison.Ordinal))
        {
            return got.EndsWith("status 0\n", StringComparison.Ordinal);
        }

        string[] original = Told(wanted);
        string[] ours = Told(got);
        return original.Length == ours.Length && original.Zip(ours).All(static pair =>
            pair.First == pair.Second || (pair.First.StartsWith("access:", StringComparison.Ordinal) && pair.Second == "access:   denied"));
    }
}
