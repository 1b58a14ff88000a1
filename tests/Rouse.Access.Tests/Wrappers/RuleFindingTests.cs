using System;
using System.Linq;
using Rouse.Access.Wrappers;
using Rouse.Config.Diagnostics;
using static Rouse.Access.Tests.Wrappers.RuleTexts;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>Each malformed form has a finding in its place, and lets nobody in.</summary>
public sealed class RuleFindingTests
{
    [Theory]
    [InlineData("ALL: ALL", "1:1 RS0110")]
    [InlineData("ALL ALL\n", "1:1 RS0112")]
    [InlineData("ALL: [::1\n", "1:6 RS0120")]
    [InlineData("[ALL: ALL\n", "1:1 RS0112")]
    [InlineData("\f\n", "1:1 RS0112")]
    [InlineData(": ALL\n", "1:1 RS0113")]
    [InlineData("ALL:\n", "1:4 RS0113")]
    [InlineData("ALL: ALL:\n", "1:9 RS0114")]
    [InlineData("ALL: ALL:: deny\n", "1:9 RS0114")]
    [InlineData("ALL: ALL: /bin/false\n", "1:11 RS0115")]
    [InlineData("ALL: ALL: allwo\n", "1:11 RS0115")]
    [InlineData("ALL: ALL: spawn\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: keepalive yes\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: linger x\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: linger -1\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: rfc931 0\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: umask 1000\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: umask 8\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: nice x\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: severity mail.loud\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: severity authpriv.info\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: setenv A=b\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: allow # why\n", "1:11 RS0116")]
    [InlineData("ALL: ALL: twist x: deny\n", "1:11 RS0117")]
    [InlineData("ALL: ALL: allow: spawn x\n", "1:11 RS0117")]
    [InlineData("ALL: 10.0.0.0/33\n", "1:6 RS0118")]
    [InlineData("ALL: 10.0.0.0/0\n", "1:6 RS0118")]
    [InlineData("ALL: 10.1.2.3/255.255.255.255\n", "1:6 RS0118")]
    [InlineData("ALL: 10.1/16\n", "1:6 RS0118")]
    [InlineData("ALL: [::1]/129\n", "1:6 RS0118")]
    [InlineData("ALL: [nonsense]/64\n", "1:6 RS0118")]
    [InlineData("ALL: host/24\n", "1:6 RS0118")]
    [InlineData("ALL: 10.1.2.3/24\n", "1:6 RS0119")]
    [InlineData("ALL: 1.1.1.1 10.1.2\n", "1:14 RS0120")]
    [InlineData("ALL: 10.1.2.300\n", "1:6 RS0120")]
    [InlineData("ALL: 10.01.2.3\n", "1:6 RS0120")]
    [InlineData("ALL: 10.1.2.3.\n", "1:6 RS0120")]
    [InlineData("ALL: [10.1.2.3]\n", "1:6 RS0120")]
    [InlineData("ALL: [::ffff:10.1.2.3]\n", "1:6 RS0120")]
    [InlineData("ALL: [::ffff:10.0.0.0]/104\n", "1:6 RS0120")]
    [InlineData("ALL: .example.*\n", "1:6 RS0129")]
    [InlineData("ALL: 10.*.\n", "1:6 RS0129")]
    [InlineData("ALL: /none\n", "1:6 RS0123")]
    [InlineData("ALL: /locked\n", "1:6 RS0124")]
    [InlineData("# comment\\\nALL: ALL\n", "1:1 RS0125")]
    [InlineData(" # x: ALL\n", "1:1 RS0126")]
    [InlineData("ALL: 1.1.1.1 # here\n", "1:1 RS0126")]
    [InlineData("ALL: ALL\0\n", "1:1 RS0127")]
    [InlineData("ALL: EXCEPT ALL\n", "1:6 RS0128")]
    [InlineData("ALL: 1.1.1.1 EXCEPT\n", "1:14 RS0128")]
    [InlineData("LOCAL: ALL\n", "1:1 RS0130")]
    [InlineData("@group: ALL\n", "1:1 RS0130")]
    [InlineData("70000: ALL\n", "1:1 RS0130")]
    [InlineData("10.0.0.0/8: ALL\n", "1:1 RS0130")]
    [InlineData("ALL: @group@1.1.1.1\n", "1:6 RS0131")]
    [InlineData("ALL: 1.1.1.1: spawn %q\n", "1:15 RS0134")]
    [InlineData("ALL: 1.1.1.1 \\ \n10.1.2.3\n", "1:14 RS0135", true)]
    public void Malformed_rules_are_told_and_grant_nothing(string rule, string finding, bool amongOthers = false)
    {
        HostRules rules = new RuleTexts().With("allow", rule).With("deny", "ALL: ALL\n").Unreadable("/locked").Rules();
        string[] findings = Findings(rules);
        Assert.Contains($"allow:{finding}", findings);
        Assert.True(amongOthers || findings.Length == 1, string.Join('\n', findings));
        Assert.NotEqual(WrapperOutcome.Granted, Outcome(rules, Request("10.1.2.3", name: "x.example")));
        Assert.All(rules.Diagnostics, told => Assert.Contains(". ", told.Message, System.StringComparison.Ordinal));
    }

    [Fact]
    public void An_IPv6_address_without_brackets_is_recognised()
    {
        HostRules rules = Rules("ALL: 2001:db8::1\n");
        Assert.Contains("allow:1:6 RS0121", Findings(rules));
        Assert.Equal(WrapperOutcome.Granted, Outcome(rules, Request("10.1.2.3")));
        Assert.Contains("[2001:db8::1]", rules.Diagnostics.First(told => told.Code == Codes.HostsBareIpv6).Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_too_long_ends_the_file_and_those_behind_it_are_checked_all_the_same()
    {
        HostRules rules = Rules("ALL: " + new string('x', 2100) + "\nALL: 10.1.2.3\nALL: 1.2.3\n", "ALL: ALL\n");
        Assert.Equal(["allow:1:1 RS0111", "allow:3:6 RS0120"], Findings(rules));
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, Request("10.1.2.3")));
    }

    [Theory]
    [InlineData("ALL ALL\n")]
    [InlineData("ALL: ALL")]
    [InlineData("ALL: 1.1.1.1\0\n")]
    [InlineData("ALL: 10.0.0.0/33\n")]
    [InlineData("ALL: 10.0.0/8\n")]
    [InlineData("ALL: 10.1.9.9/16\n")]
    [InlineData("ALL: 10.1.2\n")]
    [InlineData("ALL: 10.1.2.3/255.255.255.255\n")]
    [InlineData("ALL: 0.0.0.0/0\n")]
    [InlineData("ALL: [::ffff:10.0.0.0]/104\n")]
    [InlineData("ALL: [::ffff:10.1.2.3]\n")]
    [InlineData("ALL: .example.*\n")]
    [InlineData("ALL: /locked\n")]
    [InlineData("ALL: /loop\n")]
    [InlineData("ALL: 10.1.2.3: nonsense\n")]
    [InlineData("ALL: 10.1.2.3:\n")]
    [InlineData("sshd: 1.1.1.1 10.1.2.300\n")]
    [InlineData("sshd: ALL EXCEPT 10.1.2.3/33\n")]
    [InlineData("sshd: /bad\n")]
    public void What_hosts_deny_cannot_say_clearly_denies_whom_it_may_mean(string rule)
    {
        HostRules rules = new RuleTexts().With("deny", rule).Unreadable("/locked").With("/loop", "1.1.1.1 /loop").With("/bad", "1.1.1.1 10/8").Rules();
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, Request("10.1.2.3", name: "x.example")));
        Assert.NotEmpty(rules.Diagnostics);
    }

    [Theory]
    [InlineData("ALL: 10.1.9.9/16\n", "10.2.1.1")]
    [InlineData("ALL: 10.1.2\n", "10.1.3.1")]
    [InlineData("ALL: 10.1.2.3/255.255.255.255\n", "10.1.2.4")]
    [InlineData("ALL: [::ffff:10.0.0.0]/104\n", "11.1.1.1")]
    [InlineData("ftpd: 10.0.0.0/33\n", "10.1.2.3")]
    [InlineData("ALL: /none\n", "10.1.2.3")]
    [InlineData("ALL:\n", "10.1.2.3")]
    public void And_nobody_else(string rule, string client) => Assert.Equal(WrapperOutcome.Granted, Outcome(Rules("", rule), Request(client)));

    [Theory]
    [InlineData("sshd: 2001:db8::5\n", "2001:db8::5", "2001:db8::6")]
    [InlineData("sshd: 10.9.9.9 2001:db8::5\n", "2001:db8::5", "10.1.2.3")]
    [InlineData("sshd: 2001:db8::5\n", "2001:db8::5", "10.1.2.3")]
    [InlineData("ALL: fe80:1::/32 \n", "fe80:1::9", "fe80:2::9")]
    [InlineData("ALL: ::2\n", "::2", "::3")]
    [InlineData("ALL: ALL EXCEPT 2001:db8::5\n", "10.1.2.3", null)]
    public void An_IPv6_address_without_brackets_in_hosts_deny_denies_its_host_and_nobody_else(string rule, string denied, string? other)
    {
        HostRules rules = Rules("", rule);
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, Request(denied)));
        Assert.Contains("RS0121", string.Join(' ', Findings(rules)));
        if (other is not null)
        {
            Assert.Equal(WrapperOutcome.Granted, Outcome(rules, Request(other)));
        }
    }

    [Fact]
    public void In_hosts_allow_an_IPv6_address_without_brackets_grants_nothing() =>
        Assert.Equal(WrapperOutcome.Denied, Outcome(Rules("ALL: 2001:db8::5\n", "ALL: ALL\n"), Request("2001:db8::5")));

    [Fact]
    public void A_colon_within_a_command_is_told_how_to_write()
    {
        HostRules rules = Rules("ALL: ALL: spawn /bin/logger Date: /bin/date\n");
        Assert.Equal(["allow:1:35 RS0115"], Findings(rules));
        Assert.EndsWith(@"A colon within a command is written \:", rules.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_that_is_not_understood_excepts_everybody_from_a_grant_and_nobody_from_a_refusal()
    {
        Assert.Equal(WrapperOutcome.Denied, Outcome(Rules("ALL: 10. EXCEPT 10.1/16\n", "ALL: ALL\n"), Request("10.1.2.3")));
        Assert.Equal(WrapperOutcome.Denied, Outcome(Rules("", "ALL: 10. EXCEPT 10.1/16\n"), Request("10.1.2.3")));
        Assert.Equal(WrapperOutcome.Denied, Outcome(Rules("", "ALL: 10. EXCEPT .example\n"), Request("10.1.2.3")));

        // With a mistake in its options too, a rule of hosts.allow denies whom it would fit without the exception.
        Assert.Equal(WrapperOutcome.Denied, Outcome(Rules("ALL: 10. EXCEPT 10.1/16: linger x\n"), Request("10.1.2.3")));
        Assert.Equal(WrapperOutcome.Granted, Outcome(Rules("ALL: 10.1/16: linger x\n"), Request("11.1.2.3")));
    }

    [Fact]
    public void A_command_is_not_for_somebody_whom_its_rule_only_may_mean()
    {
        WrapperVerdict verdict = Rules("ALL: 10.0.0.0/33: twist /bin/sh\n").Decide(Request("10.1.2.3"));
        Assert.Equal((WrapperOutcome.Denied, WrapperCause.BadRule), (verdict.Outcome, verdict.By));
        Assert.Empty(verdict.Rule!.Options);
    }

    [Fact]
    public void A_file_that_cannot_be_read_grants_nothing_and_denies_everybody()
    {
        HostRules deny = new RuleTexts().With("allow", "ALL: 10.\n").Unreadable("deny").Rules();
        Assert.Equal(["deny:1:1 RS0122"], Findings(deny));
        Assert.False(deny.IsEmpty);
        Assert.Equal(WrapperOutcome.Granted, Outcome(deny, Request("10.1.2.3")));
        Assert.Equal(WrapperCause.UnreadableFile, deny.Decide(Request("11.1.2.3")).By);
        Assert.Equal(WrapperOutcome.Denied, deny.Decide(Request("11.1.2.3")).Outcome);
        HostRules allow = new RuleTexts().Unreadable("allow").With("deny", "ALL: 10.\n").Rules();
        Assert.Equal(["allow:1:1 RS0122"], Findings(allow));
        Assert.Equal(WrapperOutcome.Denied, Outcome(allow, Request("10.1.2.3")));
        Assert.Equal(WrapperOutcome.Granted, Outcome(allow, Request("11.1.2.3")));
    }

    [Fact]
    public void Lists_are_checked_like_rules()
    {
        HostRules rules = new RuleTexts()
            .With("allow", "ALL: /list\n").With("/list", "# hosts\n10.1/16 root@host\n a\0b " + new string('x', 9000)).Rules();
        Assert.Equal(
            ["/list:1:1 RS0132", "/list:2:1 RS0118", "/list:2:9 RS0132", "/list:3:2 RS0127", "/list:3:6 RS0111"], Findings(rules));
    }

    [Fact]
    public void A_rule_behind_one_that_takes_everybody_is_never_reached()
    {
        Assert.Equal(["allow:2:1 RS0133"], Findings(Rules("ALL: ALL\nsshd: 10.\n")));
        Assert.Empty(Findings(Rules("ALL: ALL EXCEPT 10.\nsshd: 10.\n", "ALL: ALL\n")));
        Assert.Empty(Findings(Rules("ALL: ALL: aclexec x\n", "sshd: 10.\n")));
        Assert.Equal(["deny:1:1 RS0133"], Findings(Rules("ALL: ALL\n", "ALL: ALL\n")));
    }
}
