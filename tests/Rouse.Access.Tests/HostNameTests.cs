using Rouse.Config.Text;
using static Rouse.Access.Tests.Policies;

namespace Rouse.Access.Tests;

public sealed class HostNameTests
{
    [Fact]
    public void A_host_name_is_compared_whole_and_without_case()
    {
        AccessPolicy policy = Policy(onlyFrom: ["Shell.Example.org"]);
        Assert.True(Decide("192.0.2.1", "sHELL.eXAMPLE.ORG", policy).Allowed);
        Assert.False(Decide("192.0.2.1", "shell.example.org.evil.example", policy).Allowed);
        Assert.False(Decide("192.0.2.1", "xshell.example.org", policy).Allowed);
        Assert.False(Decide("192.0.2.1", "shell", policy).Allowed);
    }

    [Fact]
    public void Only_ASCII_letters_have_case()
    {
        AccessPolicy policy = Policy(onlyFrom: ["caf\u00e9.example", "a[.example"]);
        Assert.True(Decide("192.0.2.1", "CAF\u00e9.EXAMPLE", policy).Allowed);
        Assert.False(Decide("192.0.2.1", "CAF\u00c9.EXAMPLE", policy).Allowed);
        Assert.False(Decide("192.0.2.1", "a{.example", policy).Allowed);
    }

    [Fact]
    public void A_domain_fits_hosts_below_it_at_any_depth_but_not_itself()
    {
        AccessPolicy policy = Policy(onlyFrom: [".example.ORG"]);
        Assert.True(Decide("192.0.2.1", "a.example.org", policy).Allowed);
        Assert.True(Decide("192.0.2.1", "a.b.c.Example.org", policy).Allowed);
        Assert.False(Decide("192.0.2.1", "example.org", policy).Allowed);
        Assert.False(Decide("192.0.2.1", "badexample.org", policy).Allowed);
    }

    [Fact]
    public void The_longest_domain_of_a_list_decides()
    {
        AccessPolicy policy = Policy(onlyFrom: [".org", ".b.example.org"], noAccess: [".example.org"]);
        Assert.Equal(Verdict.Allow(DecidedBy.OnlyFrom, Span(1)), Decide("192.0.2.1", "a.b.example.org", policy));
        Assert.Equal(Verdict.Refuse(RefusalReason.Address, DecidedBy.NoAccess, Span(0)), Decide("192.0.2.1", "a.example.org", policy));
        Assert.Equal(Verdict.Allow(DecidedBy.OnlyFrom, Span(0)), Decide("192.0.2.1", "a.other.org", policy));
    }

    [Theory]
    [InlineData("192.0.2.1", "0.0.0.0/0", true)]
    [InlineData("192.0.2.1", "::/0", true)]
    [InlineData("192.0.2.1", "128.0.0.0/1", false)]
    [InlineData("2001:db8::1", "::/0", true)]
    [InlineData("2001:db8::1", "::/1", false)]
    public void A_domain_is_wider_than_any_network_but_everybody(string peer, string network, bool allowed) =>
        Assert.Equal(allowed, Decide(peer, "a.example.org", Policy(onlyFrom: [".example.org"], noAccess: [network])).Allowed);

    [Fact]
    public void A_host_name_counts_as_a_whole_address()
    {
        Assert.True(Decide("192.0.2.1", "a.example", Policy(onlyFrom: ["a.example"], noAccess: ["192.0.2.0/31"])).Allowed);
        Assert.Equal(
            DecidedBy.EqualMatch, Decide("192.0.2.1", "a.example", Policy(onlyFrom: ["a.example"], noAccess: ["192.0.2.1"])).By);
        Assert.False(Decide("192.0.2.1", "a.example", Policy(onlyFrom: ["192.0.2.0/31"], noAccess: ["a.example"])).Allowed);
    }

    [Fact]
    public void The_name_is_asked_for_only_where_it_can_change_the_decision()
    {
        AccessPolicy policy = Policy(onlyFrom: ["192.0.2.0/24", ".example.org"], noAccess: ["192.0.2.128/25", ".bad.example"]);
        Assert.False(AccessControl.Decide(From("192.0.2.1"), policy).NeedsName);
        Assert.True(AccessControl.Decide(From("192.0.2.1"), policy).Allowed);
        Assert.False(AccessControl.Decide(From("192.0.2.129"), policy).NeedsName);
        Assert.False(AccessControl.Decide(From("192.0.2.129"), policy).Allowed);

        Verdict open = AccessControl.Decide(From("198.51.100.1"), policy);
        Assert.True(open.NeedsName);
        Assert.False(open.Allowed);
    }

    [Fact]
    public void A_host_name_in_no_access_is_asked_for_even_where_a_network_lets_the_peer_in()
    {
        AccessPolicy policy = Policy(onlyFrom: ["192.0.2.0/24"], noAccess: ["bad.example"]);
        Assert.True(AccessControl.Decide(From("192.0.2.1"), policy).NeedsName);
        Assert.False(AccessControl.Decide(From("198.51.100.1"), policy).NeedsName);
    }

    // CVE-2000-0536: a failed reverse look-up opened the door.
    [Fact]
    public void A_failed_look_up_fits_nothing_in_only_from()
    {
        Verdict verdict = AccessControl.Decide(From("192.0.2.1", PeerName.Unknown), Policy(onlyFrom: ["a.example", ".example"]));
        Assert.Equal(Verdict.Refuse(RefusalReason.Address, DecidedBy.NotInOnlyFrom), verdict);
    }

    [Fact]
    public void A_failed_look_up_may_be_any_name_in_no_access()
    {
        Verdict verdict = AccessControl.Decide(From("192.0.2.1", PeerName.Unknown), Policy(noAccess: ["10.0.0.0/8", "bad.example"]));
        Assert.Equal(Verdict.Refuse(RefusalReason.Address, DecidedBy.NameUnknown, Span(1)), verdict);
        Assert.False(
            AccessControl.Decide(From("192.0.2.1", PeerName.Unknown), Policy(["192.0.2.1"], ["bad.example"])).Allowed);
        Assert.False(AccessControl.Decide(From("192.0.2.1", PeerName.Unknown), Policy(["0.0.0.0/0"], [".example"])).Allowed);
    }

    private static SourceSpan Span(int entry) => new(File, entry, 1);

    private static Verdict Decide(string peer, string name, AccessPolicy policy) =>
        AccessControl.Decide(From(peer, PeerName.Known(name)), policy);
}
