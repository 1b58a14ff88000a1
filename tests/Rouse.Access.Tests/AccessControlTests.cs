using System.Collections.Immutable;
using System.Text;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using static Rouse.Access.Tests.Policies;

namespace Rouse.Access.Tests;

public sealed class AccessControlTests
{
    [Fact]
    public void Without_lists_everybody_may_come_in()
    {
        Verdict verdict = AccessControl.Decide(From("192.0.2.1"), Policy());
        Assert.Equal(Verdict.Allow(DecidedBy.NoRule), verdict);
    }

    [Fact]
    public void Only_from_lets_in_its_networks_and_names_the_entry_that_did()
    {
        AccessPolicy policy = Policy(onlyFrom: ["198.51.100.0/24", "192.0.2.0/24"]);
        Assert.Equal(Verdict.Allow(DecidedBy.OnlyFrom, new SourceSpan(File, 1, 1)), AccessControl.Decide(From("192.0.2.200"), policy));
        Assert.Equal(
            Verdict.Refuse(RefusalReason.Address, DecidedBy.NotInOnlyFrom), AccessControl.Decide(From("192.0.3.0"), policy));
    }

    [Fact]
    public void An_empty_only_from_lets_nobody_in() =>
        Assert.False(AccessControl.Decide(From("127.0.0.1"), Policy(onlyFrom: [])).Allowed);

    [Fact]
    public void An_empty_no_access_forbids_nobody() =>
        Assert.True(AccessControl.Decide(From("127.0.0.1"), Policy(noAccess: [])).Allowed);

    [Fact]
    public void No_access_refuses_its_networks_and_names_the_entry_that_did()
    {
        AccessPolicy policy = Policy(noAccess: ["10.0.0.0/8", "10.1.0.0/16"]);
        Assert.Equal(
            Verdict.Refuse(RefusalReason.Address, DecidedBy.NoAccess, new SourceSpan(File, 1, 1)),
            AccessControl.Decide(From("10.1.2.3"), policy));
        Assert.Equal(Verdict.Allow(DecidedBy.NotInNoAccess), AccessControl.Decide(From("11.1.2.3"), policy));
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("10.0.0.1", false)]
    public void A_service_may_open_what_the_defaults_close(string peer, bool allowed) =>
        Assert.Equal(
            allowed, AccessControl.Decide(From(peer), Policy(onlyFrom: ["192.0.0.0/8"], noAccess: ["0.0.0.0/0"])).Allowed);

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("10.1.2.4", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("10.3.0.1", true)]
    public void The_longer_prefix_decides(string peer, bool allowed)
    {
        AccessPolicy policy = Policy(onlyFrom: ["10.0.0.0/8", "10.1.2.0/24"], noAccess: ["10.1.0.0/16", "10.1.2.3", "10.2.0.0/16"]);
        Assert.Equal(allowed, AccessControl.Decide(From(peer), policy).Allowed);
    }

    [Fact]
    public void A_draw_refuses_with_the_originals_message()
    {
        Verdict verdict = AccessControl.Decide(From("10.1.1.1"), Policy(onlyFrom: ["10.0.0.0/8"], noAccess: ["10.0.0.0/8"]));
        Assert.Equal(Verdict.Refuse(RefusalReason.Address, DecidedBy.EqualMatch, new SourceSpan(File, 0, 1)), verdict);

        byte[] text = new byte[200];
        int length = AccessControl.FormatEqualMatch(text, "ftp"u8, Ip("10.1.1.1"), asMapped: true);
        Assert.Equal(
            "Service=ftp: only_from list and no_access list match equally the address ::ffff:10.1.1.1",
            Encoding.ASCII.GetString(text, 0, length));
    }

    // What Debian's xinetd 2.3.15.3 does on a dual-stack socket, asked with 127.0.0.1 and ::1.
    [Theory]
    [InlineData("::/0", true, true)]
    [InlineData("::ffff:0:0/96", true, false)]
    [InlineData("::ffff:127.0.0.0/104", true, false)]
    [InlineData("0.0.0.0/0", true, false)]
    [InlineData("127.0.0.0/8", true, false)]
    [InlineData("::1", false, true)]
    [InlineData("::/64", true, true)]
    [InlineData("::ffff:127.0.0.1", true, false)]
    [InlineData("0.0.0.0/4", false, false)]
    [InlineData("::/1", true, true)]
    [InlineData("::/96", false, true)]
    [InlineData("8000::/1", false, false)]
    public void An_IPv4_peer_is_its_mapped_address(string entry, bool v4, bool v6)
    {
        Assert.Equal(v4, AccessControl.Decide(From("127.0.0.1"), Policy(onlyFrom: [entry])).Allowed);
        Assert.Equal(v6, AccessControl.Decide(From("::1"), Policy(onlyFrom: [entry])).Allowed);
        Assert.Equal(!v4, AccessControl.Decide(From("127.0.0.1"), Policy(noAccess: [entry])).Allowed);
        Assert.Equal(!v6, AccessControl.Decide(From("::1"), Policy(noAccess: [entry])).Allowed);
    }

    [Fact]
    public void All_of_IPv4_is_more_specific_for_an_IPv4_peer_than_all_of_IPv6()
    {
        Assert.True(AccessControl.Decide(From("192.0.2.1"), Policy(onlyFrom: ["::/0", "0.0.0.0/0"], noAccess: ["::/0"])).Allowed);
        Assert.False(AccessControl.Decide(From("192.0.2.1"), Policy(onlyFrom: ["::/0"], noAccess: ["0.0.0.0/0", "::/0"])).Allowed);
    }

    [Theory]
    [InlineData(539, false)]
    [InlineData(540, true)]
    [InlineData(1020, true)]
    [InlineData(1021, false)]
    [InlineData(1439, true)]
    public void Both_ends_of_an_hour_span_belong_to_it(int minute, bool allowed)
    {
        AccessHours day = new(540, 1020, new SourceSpan(File, 0, 1));
        AccessHours late = new(1439, 1439, new SourceSpan(File, 1, 1));
        Verdict verdict = AccessControl.DecideTime(minute, Policy(null, null, day, late));
        Assert.Equal(allowed, verdict.Allowed);
        Assert.Equal(allowed ? RefusalReason.None : RefusalReason.Time, verdict.Reason);
        Assert.Equal(new SourceSpan(File, minute == 1439 ? 1 : 0, 1), verdict.Rule);
    }

    [Fact]
    public void The_hours_come_before_the_address()
    {
        AccessPolicy policy = Policy(onlyFrom: [], null, new AccessHours(0, 1, SourceSpan.None));
        Assert.Equal(RefusalReason.Time, AccessControl.Decide(new AccessRequest(Ip("::1"), 2, PeerName.NotAsked), policy).Reason);
        Assert.Equal(RefusalReason.Address, AccessControl.Decide(new AccessRequest(Ip("::1"), 1, PeerName.NotAsked), policy).Reason);
    }

    [Fact]
    public void Who_has_no_address_is_in_no_list()
    {
        AccessHours hours = new(0, 1, SourceSpan.None);
        AccessRequest nobody = new(null, 1, PeerName.NotAsked);
        Assert.Equal(Verdict.Allow(DecidedBy.NoPeerAddress), AccessControl.Decide(nobody, Policy(null, ["host.example", "0.0.0.0/0"], hours)));
        Assert.Equal(
            Verdict.Refuse(RefusalReason.Address, DecidedBy.NotInOnlyFrom), AccessControl.Decide(nobody, Policy(["192.0.2.1"], null, hours)));
        Assert.Equal(RefusalReason.Time, AccessControl.Decide(new AccessRequest(null, 2, PeerName.NotAsked), Policy(null, null, hours)).Reason);
    }

    [Fact]
    public void Services_that_inherit_one_list_share_its_compiled_form()
    {
        AddressSetPool pool = new();
        ImmutableArray<AddressPattern> list = List("10.0.0.0/8");
        AccessPolicy a = AccessPolicy.Compile(Service(list, default), pool);
        AccessPolicy b = AccessPolicy.Compile(Service(list, list), pool);
        Assert.Same(a.OnlyFrom, b.OnlyFrom);
        Assert.Same(a.OnlyFrom, b.NoAccess);
        Assert.NotSame(a.OnlyFrom, AccessPolicy.Compile(Service(List("10.0.0.0/8"), default), pool).OnlyFrom);
    }
}
