using Rouse.Access.Wrappers;
using static Rouse.Access.Tests.Wrappers.RuleTexts;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>What is not known is asked for when it may decide, and not before.</summary>
public sealed class QuestionTests
{
    private static readonly WrapperRequest Bare = new() { Daemon = "sshd", Client = Address("10.1.2.3"), Server = Address("10.9.9.9") };

    [Theory]
    [InlineData("sshd: 10.\n", WrapperNeed.Nothing)]
    [InlineData("sshd: 11.\n", WrapperNeed.Nothing)]
    [InlineData("sshd: .example\n", WrapperNeed.ClientName)]
    [InlineData("sshd: host.example 10.1.2.3\n", WrapperNeed.Nothing)]
    [InlineData("sshd: 10.1.2.3\nsshd: host.example\n", WrapperNeed.Nothing)]
    [InlineData("sshd: host.example\nsshd: 10.1.2.3\n", WrapperNeed.ClientName)]
    [InlineData("ftpd: host.example\n", WrapperNeed.Nothing)]
    [InlineData("ftpd: host.example\nsshd: 10.\n", WrapperNeed.Nothing)]
    [InlineData("sshd: LOCAL\n", WrapperNeed.ClientName)]
    [InlineData("sshd: KNOWN\n", WrapperNeed.ClientName)]
    [InlineData("sshd: h*\n", WrapperNeed.ClientName)]
    [InlineData("sshd: 11. EXCEPT host.example\n", WrapperNeed.Nothing)]
    [InlineData("sshd: 10. EXCEPT host.example\n", WrapperNeed.ClientName)]
    [InlineData("sshd: 10. EXCEPT 10.1.2.3 host.example\n", WrapperNeed.Nothing)]
    [InlineData("sshd: root@10.\n", WrapperNeed.User)]
    [InlineData("sshd: ALL@10.\n", WrapperNeed.User)]
    [InlineData("sshd: root@11.\n", WrapperNeed.Nothing)]
    [InlineData("sshd: root@.example\n", WrapperNeed.ClientName)]
    [InlineData("sshd@server.example: 10.\n", WrapperNeed.ServerName)]
    [InlineData("sshd@10.9.9.9: 10.\n", WrapperNeed.Nothing)]
    [InlineData("ftpd@server.example: 10.\n", WrapperNeed.Nothing)]
    [InlineData("sshd@server.example: 11.\n", WrapperNeed.Nothing)]
    [InlineData("sshd: @friends\n", WrapperNeed.ClientName)]
    public void Only_what_may_decide_is_asked_for(string allow, WrapperNeed need)
    {
        WrapperVerdict verdict = Rules(allow, "ALL: ALL\n").Decide(Bare);
        Assert.Equal(need, verdict.Needs);
        Assert.Equal(need != WrapperNeed.Nothing, verdict.Outcome == WrapperOutcome.Asks);
    }

    [Fact]
    public void Netgroups_are_asked_for_by_name_when_the_hosts_name_is_known()
    {
        HostRules rules = Rules("sshd: @friends\n", "ALL: ALL\n");
        WrapperRequest named = Bare with { ClientName = WrapperName.Known("host.example") };
        WrapperVerdict asked = rules.Decide(named);
        Assert.Equal((WrapperNeed.ClientNetgroup, "friends"), (asked.Needs, asked.Netgroup));
        Assert.Equal(WrapperOutcome.Granted, Outcome(rules, named with { Netgroups = [new("friends", false, true)] }));
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, named with { Netgroups = [new("friends", false, false)] }));
        Assert.Equal(WrapperOutcome.Asks, Outcome(rules, named with { Netgroups = [new("friends", true, true)] }));
    }

    [Fact]
    public void A_question_lets_nobody_in() => Assert.Equal(WrapperOutcome.Denied, default);

    [Fact]
    public void A_name_that_is_known_and_a_user_that_is_not_are_two_questions()
    {
        HostRules rules = Rules("sshd: root@.example\n", "ALL: ALL\n");
        WrapperRequest named = Bare with { ClientName = WrapperName.Known("host.example") };
        Assert.Equal(WrapperNeed.User, rules.Decide(named).Needs);
        Assert.Equal(WrapperOutcome.Granted, Outcome(rules, named with { User = WrapperName.Known("root") }));
        Assert.Equal(WrapperOutcome.Denied, Outcome(rules, Bare with { User = WrapperName.Known("joe") }));
    }
}
