using Rouse.Access.Wrappers;
using static Rouse.Access.Tests.Wrappers.RuleTexts;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>The language, form by form.</summary>
public sealed class RuleFormTests
{
    [Fact]
    public void The_first_rule_that_fits_decides_and_hosts_allow_comes_first()
    {
        HostRules rules = Rules("sshd: 10.0.0.0/8\n", "ALL: ALL\n");
        WrapperVerdict granted = rules.Decide(Request("10.1.2.3"));
        Assert.Equal((WrapperOutcome.Granted, WrapperCause.AllowFile), (granted.Outcome, granted.By));
        Assert.Equal(("allow", 1), (granted.Rule!.Path, granted.Rule.Line));
        WrapperVerdict denied = rules.Decide(Request("11.1.2.3"));
        Assert.Equal((WrapperOutcome.Denied, WrapperCause.DenyFile), (denied.Outcome, denied.By));
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, Request("10.1.2.3", daemon: "ftpd")));
    }

    [Fact]
    public void Without_a_rule_everybody_may()
    {
        Assert.True(HostRules.Empty.IsEmpty);
        Assert.True(new RuleTexts().Rules().IsEmpty);
        Assert.True(Rules("# only\n\n", " \t\n").IsEmpty);
        Assert.False(Rules("", "ALL: ALL\n").IsEmpty);
        WrapperVerdict verdict = HostRules.Empty.Decide(Request("10.1.2.3"));
        Assert.Equal((WrapperOutcome.Granted, WrapperCause.NoRule, null), (verdict.Outcome, verdict.By, verdict.Rule));
        Assert.Equal(WrapperOutcome.Granted, Outcome(Rules("sshd: 1.1.1.1\n"), Request("10.1.2.3")));
    }

    [Theory]
    [InlineData("ALL", true)]
    [InlineData("all", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.1.2.4", false)]
    [InlineData("10.1.", true)]
    [InlineData("10.", true)]
    [InlineData("1.", false)]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("10.1.0.0/255.255.0.0", true)]
    [InlineData("012.1.0.0/16", true)]
    [InlineData("10.0.2.3/255.0.255.255", true)]
    [InlineData("0.0.0.0/0.0.0.0", true)]
    [InlineData("[::]/0", false)]
    [InlineData("host.example", true)]
    [InlineData("HOST.EXAMPLE", true)]
    [InlineData(".example", true)]
    [InlineData(".host.example", false)]
    [InlineData("host.", true)]
    [InlineData("*.example", true)]
    [InlineData("10.*.3", true)]
    [InlineData("h?st.exam*", true)]
    [InlineData("host.example**", false)]
    [InlineData("host.exampl**", true)]
    [InlineData("KNOWN", true)]
    [InlineData("LOCAL", false)]
    [InlineData("UNKNOWN", false)]
    [InlineData("PARANOID", false)]
    [InlineData(".3", true)]
    [InlineData(".2.4", false)]
    public void Patterns_for_a_host(string pattern, bool fits) =>
        Assert.Equal(fits, Outcome(Rules($"ALL: {pattern}\n", "ALL: ALL\n"), Request("10.1.2.3", name: "host.example")) == WrapperOutcome.Granted);

    [Theory]
    [InlineData("[2001:db8::1]", true)]
    [InlineData("[2001:0DB8:0::1]", true)]
    [InlineData("[2001:db8::]/32", true)]
    [InlineData("[2001:db8::ffff]/64", true)]
    [InlineData("[2001:db9::]/32", false)]
    [InlineData("[::]/0", true)]
    [InlineData("0.0.0.0/0.0.0.0", false)]
    [InlineData("2001*", true)]
    [InlineData("ALL", true)]
    public void Patterns_for_IPv6(string pattern, bool fits) =>
        Assert.Equal(fits, Outcome(Rules($"ALL: {pattern}\n", "ALL: ALL\n"), Request("2001:db8::1")) == WrapperOutcome.Granted);

    [Theory]
    [InlineData("ALL", null, true)]
    [InlineData("UNKNOWN", null, true)]
    [InlineData("UNKNOWN", "paranoid", false)]
    [InlineData("PARANOID", "paranoid", true)]
    [InlineData("KNOWN", null, false)]
    [InlineData("KNOWN", "paranoid", false)]
    [InlineData("KNOWN", "h", true)]
    [InlineData("LOCAL", null, false)]
    [InlineData("LOCAL", "paranoid", false)]
    [InlineData("LOCAL", "h", true)]
    [InlineData("LOCAL", "h.example", false)]
    [InlineData(".example", null, false)]
    public void Words_for_what_is_known_of_a_name(string pattern, string? name, bool fits) =>
        Assert.Equal(fits, Outcome(Rules($"ALL: {pattern}\n", "ALL: ALL\n"), Request("10.1.2.3", name: name)) == WrapperOutcome.Granted);

    [Theory]
    [InlineData("sshd", true)]
    [InlineData("SSHD", true)]
    [InlineData("ftpd sshd", true)]
    [InlineData("ftpd,sshd", true)]
    [InlineData("ss*", true)]
    [InlineData(".hd", false)]
    [InlineData("KNOWN", true)]
    [InlineData("22", true)]
    [InlineData("23", false)]
    [InlineData("ALL EXCEPT sshd", false)]
    [InlineData("ALL EXCEPT ftpd", true)]
    [InlineData("sshd@192.168.1.1", true)]
    [InlineData("sshd@192.168.1.2", false)]
    [InlineData("22@192.168.", true)]
    public void Patterns_for_a_daemon(string pattern, bool fits) =>
        Assert.Equal(
            fits,
            Outcome(Rules($"{pattern}: ALL\n", "ALL: ALL\n"), Request("10.1.2.3", server: "192.168.1.1", port: 22)) == WrapperOutcome.Granted);

    [Theory]
    [InlineData("10.1.2.3", WrapperOutcome.Granted)]
    [InlineData("10.2.2.3", WrapperOutcome.Denied)]
    [InlineData("10.2.3.3", WrapperOutcome.Granted)]
    [InlineData("11.2.3.3", WrapperOutcome.Denied)]
    public void An_exception_has_exceptions_of_its_own(string client, WrapperOutcome expected) =>
        Assert.Equal(expected, Outcome(Rules("ALL: 10. EXCEPT 10.2. EXCEPT 10.2.3.\n", "ALL: ALL\n"), Request(client)));

    [Theory]
    [InlineData("root", WrapperOutcome.Granted)]
    [InlineData("nobody", WrapperOutcome.Denied)]
    [InlineData(null, WrapperOutcome.Denied)]
    public void A_user_counts_only_with_its_host(string? user, WrapperOutcome expected)
    {
        HostRules rules = Rules("ALL: root@10.1.2.3\n", "ALL: ALL\n");
        Assert.Equal(expected, Outcome(rules, Request("10.1.2.3", user: user)));
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, Request("10.1.2.4", user: user)));
    }

    [Fact]
    public void Lines_are_joined_by_a_backslash_and_comments_swallow_what_is_joined_to_them()
    {
        Assert.Equal(WrapperOutcome.Granted, Outcome(Rules("ALL: 10.1.\\\n2.3\n", "ALL: ALL\n"), Request("10.1.2.3")));
        Assert.Equal(WrapperOutcome.Denied, Outcome(Rules("# no\\\nALL: 10.1.2.3\n", "ALL: ALL\n"), Request("10.1.2.3")));
        Assert.Equal(WrapperOutcome.Granted, Outcome(Rules("# no\nALL: 10.1.2.3\n", "ALL: ALL\n"), Request("10.1.2.3")));
        WrapperRule rule = Rules("\nALL: 1.1.1.1,\\\n 10.1.2.3\n").Decide(Request("10.1.2.3")).Rule!;
        Assert.Equal((2, 3), (rule.Line, rule.LastLine));
    }

    [Theory]
    [InlineData(2046, WrapperOutcome.Granted)]
    [InlineData(2047, WrapperOutcome.Denied)]
    public void A_rule_may_have_2046_bytes(int length, WrapperOutcome expected)
    {
        string rule = "ALL: 10.1.2.3".PadRight(length) + "\n";
        Assert.Equal(expected, Outcome(Rules(rule, "ALL: ALL\n"), Request("10.1.2.3")));
        string joined = "ALL: 10.1.2.3 \\\n" + rule[14..];
        Assert.Equal(expected, Outcome(Rules(joined, "ALL: ALL\n"), Request("10.1.2.3")));
    }

    [Theory]
    [InlineData("ALL: ALL: DENY\n", WrapperOutcome.Denied, WrapperCause.DenyOption)]
    [InlineData("ALL: ALL: ALLOW\n", WrapperOutcome.Granted, WrapperCause.AllowOption)]
    [InlineData("ALL: ALL: twist /bin/echo\n", WrapperOutcome.Twisted, WrapperCause.TwistOption)]
    [InlineData("ALL: ALL: spawn x: DENY\n", WrapperOutcome.Denied, WrapperCause.DenyOption)]
    [InlineData("ALL: ALL: DENY: spawn x\n", WrapperOutcome.Denied, WrapperCause.BadOption)]
    [InlineData("ALL: ALL: ALLOW:\n", WrapperOutcome.Denied, WrapperCause.BadOption)]
    [InlineData("ALL: ALL:\n", WrapperOutcome.Denied, WrapperCause.BadOption)]
    [InlineData("ALL: ALL: nonsense\n", WrapperOutcome.Denied, WrapperCause.BadOption)]
    public void The_last_option_decides_in_either_file(string rule, WrapperOutcome outcome, WrapperCause cause)
    {
        WrapperVerdict allow = Rules(rule).Decide(Request("10.1.2.3"));
        WrapperVerdict deny = Rules("", rule).Decide(Request("10.1.2.3"));
        Assert.Equal((outcome, cause), (allow.Outcome, allow.By));
        Assert.Equal((outcome, cause), (deny.Outcome, deny.By));
    }

    [Fact]
    public void Options_are_read_with_their_values()
    {
        HostRules rules = Rules(
            "ALL: ALL: severity mail.info: spawn a\\:b %h: linger = 5: nice: umask 022: user nobody.mail: group x: rfc931 7: setenv A b c : "
            + "banners /b: aclexec /c: keepalive: severity notice: twist d\n");
        WrapperRule rule = Assert.Single(rules.Rules);
        Assert.Empty(rules.Diagnostics);
        Assert.True(rule.HasAclExec);
        Assert.Equal(
            [
                (WrapperOptionKind.Severity, "mail.info", (2 << 3) | 6), (WrapperOptionKind.Spawn, "a:b %h", 0), (WrapperOptionKind.Linger, "5", 5),
                (WrapperOptionKind.Nice, "", 10), (WrapperOptionKind.Umask, "022", 18), (WrapperOptionKind.User, "nobody.mail", 0),
                (WrapperOptionKind.Group, "x", 0), (WrapperOptionKind.Rfc931, "7", 7), (WrapperOptionKind.SetEnv, "A b c", 0),
                (WrapperOptionKind.Banners, "/b", 0), (WrapperOptionKind.AclExec, "/c", 0), (WrapperOptionKind.KeepAlive, "", 0),
                (WrapperOptionKind.Severity, "notice", 5), (WrapperOptionKind.Twist, "d", 0),
            ],
            [.. System.Linq.Enumerable.Select(rule.Options, option => (option.Kind, option.Value, option.Number))]);
        Assert.Equal(("nobody", "mail"), (rule.Options[5].User, rule.Options[5].Group));
        Assert.Equal("allow:1:11", rule.Options[0].Span.ToString());
    }

    [Fact]
    public void After_a_failed_command_the_files_rest_does_not_count()
    {
        HostRules rules = Rules("ALL: ALL: aclexec /bin/false\nALL: ALL\n", "ALL: 10.\n");
        WrapperVerdict first = rules.Decide(Request("10.1.2.3"));
        Assert.Equal(WrapperOutcome.Granted, first.Outcome);
        Assert.Equal(WrapperOutcome.Denied, rules.DecideAfterFailedCommand(Request("10.1.2.3"), first.Rule!).Outcome);
        Assert.Equal(WrapperOutcome.Granted, rules.DecideAfterFailedCommand(Request("11.1.2.3"), first.Rule!).Outcome);
        HostRules denying = Rules("", "ALL: ALL: aclexec /bin/false\n");
        Assert.Equal(WrapperOutcome.Granted, denying.DecideAfterFailedCommand(Request("10.1.2.3"), denying.Decide(Request("10.1.2.3")).Rule!).Outcome);
    }

    [Fact]
    public void Lists_in_files_hold_patterns_and_other_lists()
    {
        RuleTexts files = new RuleTexts()
            .With("allow", "ALL: /a\n").With("deny", "ALL: ALL\n").With("/a", "10.1.2.3\n.example /b\n").With("/b", "[::1] 10.9.*");
        HostRules rules = files.Rules();
        Assert.Equal(["allow", "deny", "/a", "/b"], rules.Dependencies);
        Assert.Empty(rules.Diagnostics);
        Assert.Equal(WrapperOutcome.Granted, Outcome(rules, Request("10.1.2.3")));
        Assert.Equal(WrapperOutcome.Granted, Outcome(rules, Request("10.7.7.7", name: "x.example")));
        Assert.Equal(WrapperOutcome.Granted, Outcome(rules, Request("::1")));
        Assert.Equal(WrapperOutcome.Granted, Outcome(rules, Request("10.9.1.1")));
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, Request("10.7.7.7")));
    }

    [Fact]
    public void Every_rule_that_fits_is_told_in_order()
    {
        HostRules rules = Rules("ftpd: ALL\nALL: 10.\nsshd: 11.\n", "ALL: ALL EXCEPT 12.\nsshd: ALL\n");
        Assert.Equal(
            ["allow:2", "deny:1", "deny:2"],
            System.Linq.Enumerable.Select(rules.Matching(Request("10.1.2.3")), rule => rule.ToString()));
    }
}
