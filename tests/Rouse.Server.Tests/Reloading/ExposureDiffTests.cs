using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Server.Reloading;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Reloading;

public sealed class ExposureDiffTests
{
    private static readonly ServiceDefinition A = Given.External(1, "a");
    private static readonly ServiceDefinition B = Given.External(2, "b");

    [Fact]
    public void What_stays_as_it_was_is_not_told()
    {
        Assert.Empty(Told([A, B], [A with { Nice = 3 }, B with { Server = "/sbin/server", Instances = 3 }]));
        Assert.Empty(Told([Only(A, Net("10.0.0.0", 8))], [Only(A, Net("10.0.0.0", 8) with { Span = new SourceSpan(null!, 5, 6) })]));
    }

    [Fact]
    public void Ports_that_are_opened_and_closed_are_told_with_who_may_come_in() => Assert.Equal(
        [
            "opened *:2/tcp (b): everybody may come in", "opened *:3/tcp (c): those in only_from may come in",
            "opened *:4/tcp (d): nobody may come in", "opened *:5/tcp (e): everybody but those in no_access may come in", "closed *:1/tcp (a)",
        ],
        Told(
            [A],
            [
                B, Only(Given.External(3, "c"), Net("10.0.0.0", 8)), Given.External(4, "d") with { OnlyFrom = [] },
                No(Given.External(5, "e"), Net("10.0.0.0", 8)),
            ]));

    [Fact]
    public void Another_id_on_the_same_port_is_the_same_place() =>
        Assert.Equal(["narrowed *:1/tcp (b): fewer peers may come in"], Told([A], [Only(A, Net("10.0.0.0", 8)) with { Id = "b" }]));

    [Fact]
    public void Whether_and_as_whom_the_rules_of_tcp_wrappers_are_asked_is_told()
    {
        ServiceDefinition spared = A with { Flags = ServiceFlags.NoLibwrap };
        Assert.Equal(["widened *:1/tcp (a): the rules of tcp_wrappers are not asked any more"], Told([A], [spared]));
        Assert.Equal(["narrowed *:1/tcp (a): the rules of tcp_wrappers are asked"], Told([spared], [A]));
        Assert.Equal(
            ["changed *:1/tcp (a): the rules of tcp_wrappers know it as other, not as server"], Told([A], [A with { Server = "/bin/other" }]));
        Assert.Empty(Told([spared], [spared with { Server = "/bin/other" }]));
    }

    [Fact]
    public void Another_address_is_another_place()
    {
        ServiceDefinition bound = A with { BindAddresses = [Address("127.0.0.1"), Address("::1")] };
        Assert.Equal(
            ["opened *:1/tcp (a): everybody may come in", "closed 127.0.0.1:1/tcp (a)", "closed [::1]:1/tcp (a)"], Told([bound], [A]));
        Assert.Equal(["narrowed 127.0.0.1:1/tcp (a): fewer peers may come in"], Told([bound], [Only(bound, Net("10.0.0.0", 8))]));
    }

    [Fact]
    public void Stream_and_datagrams_of_one_number_are_two_places() =>
        Assert.Equal(["opened *:1/udp (a): everybody may come in"], Told([A], [A, Given.Dgram(A)]));

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8 192.168.0.0/16", ExposureKind.Widened)]
    [InlineData("10.0.0.0/8", "10.0.0.0/7", ExposureKind.Widened)]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", ExposureKind.Narrowed)]
    [InlineData("10.0.0.0/8", "11.0.0.0/8", ExposureKind.Changed)]
    [InlineData("10.0.0.0/9 10.128.0.0/9", "10.0.0.0/8", null)]
    [InlineData("10.0.0.0/8 10.3.0.0/16", "10.0.0.0/8", null)]
    [InlineData("0.0.0.0/0", "::/0", ExposureKind.Widened)]
    public void Lists_of_networks_are_compared_by_whom_they_let_in(string before, string after, ExposureKind? expected) =>
        Assert.Equal(expected, KindOf(Only(A, Nets(before)), Only(A, Nets(after))));

    [Fact]
    public void No_access_and_the_more_specific_entry_count()
    {
        ServiceDefinition open = Only(A, Net("10.0.0.0", 8));
        Assert.Equal(ExposureKind.Narrowed, KindOf(A, No(A, Net("10.0.0.0", 8))));
        Assert.Equal(ExposureKind.Narrowed, KindOf(open, No(open, Net("10.1.0.0", 16))));
        Assert.Null(KindOf(open, No(open, Net("192.168.0.0", 16))));
        Assert.Null(KindOf(open, No(open, Net("0.0.0.0", 0))));
        Assert.Equal(ExposureKind.Widened, KindOf(Only(A), A));
        Assert.Equal(ExposureKind.Narrowed, KindOf(A, Only(A)));
    }

    [Fact]
    public void Hours_count_too()
    {
        ServiceDefinition morning = A with { AccessTimes = [new AccessHours(0, 719, default)] };
        ServiceDefinition halves = A with { AccessTimes = [new AccessHours(0, 719, default), new AccessHours(720, 1439, default)] };
        Assert.Equal(ExposureKind.Narrowed, KindOf(A, morning));
        Assert.Equal(ExposureKind.Widened, KindOf(morning, A));
        Assert.Null(KindOf(A, halves));
        Assert.Equal(ExposureKind.Changed, KindOf(morning, Only(A, Net("10.0.0.0", 8))));
    }

    [Fact]
    public void With_names_only_what_is_certain_is_said()
    {
        AddressPattern host = new(AddressPatternKind.HostName, default, 0, "a.example.org", default);
        AddressPattern domain = new(AddressPatternKind.Domain, default, 0, ".example.com", default);
        Assert.Equal(ExposureKind.Widened, KindOf(Only(A, host), Only(A, host, domain)));
        Assert.Equal(ExposureKind.Narrowed, KindOf(Only(A, host, domain), Only(A, domain)));
        Assert.Equal(ExposureKind.Changed, KindOf(Only(A, host), Only(A, domain)));
        Assert.Equal(ExposureKind.Narrowed, KindOf(A, Only(A, host)));
        Assert.Equal(ExposureKind.Narrowed, KindOf(A, No(A, host)));
        Assert.Equal(ExposureKind.Widened, KindOf(No(A, host, domain), No(A, host)));
        Assert.Equal(ExposureKind.Changed, KindOf(No(A, Net("10.0.0.0", 8)), Only(A, host)));
        Assert.Null(KindOf(Only(A, host, domain), Only(A, host, domain with { Span = new SourceSpan(null!, 1, 2) })));
    }

    [Fact]
    public void Of_a_stream_service_whose_server_accepts_for_itself_only_the_presence_of_only_from_counts()
    {
        ServiceDefinition wait = A with { Wait = true };
        Assert.Equal(ExposureKind.Narrowed, KindOf(wait, Only(wait, Net("10.0.0.0", 8))));
        Assert.Equal(ExposureKind.Widened, KindOf(Only(wait, Net("10.0.0.0", 8)), wait));
        Assert.Null(KindOf(Only(wait, Net("10.0.0.0", 8)), Only(wait, Net("11.0.0.0", 8))));
        Assert.Null(KindOf(wait, No(wait, Net("10.0.0.0", 8))));
    }

    [Fact]
    public void Where_the_daemon_judges_each_peer_wait_makes_no_difference()
    {
        ServiceDefinition wait = A with { Wait = true };
        ServiceDefinition behind = wait with { Types = ServiceTypes.Tcpmux | ServiceTypes.Unlisted, Port = 0 };
        ServiceDefinition[] judged =
        [
            wait with { Flags = ServiceFlags.Intercept }, wait with { Types = ServiceTypes.Internal, BuiltIn = BuiltInService.Echo }, behind,
            wait with { SocketType = SocketType.SeqPacket },
        ];
        foreach (ServiceDefinition service in judged)
        {
            Assert.Equal(ExposureKind.Widened, KindOf(Only(service, Net("10.9.9.9", 32)), Only(service, Net("0.0.0.0", 0))));
            Assert.Equal(ExposureKind.Changed, KindOf(Only(service, Net("10.9.9.9", 32)), Only(service, Net("10.9.9.8", 32))));
            Assert.Equal(ExposureKind.Widened, KindOf(No(service, Net("10.9.9.9", 32)), service));
        }
    }

    [Fact]
    public void A_service_whose_peers_are_not_judged_any_more_lets_in_more()
    {
        ServiceDefinition judged = A with { Wait = true, Flags = ServiceFlags.Intercept };
        ServiceDefinition[] before = [A, judged];
        foreach (ServiceDefinition was in before)
        {
            ServiceDefinition handedOver = A with { Wait = true };
            ServiceDefinition no = No(was, Net("10.9.9.9", 32));
            Assert.Equal(ExposureKind.Widened, KindOf(no, No(handedOver, Net("10.9.9.9", 32))));
            Assert.Equal(ExposureKind.Narrowed, KindOf(No(handedOver, Net("10.9.9.9", 32)), no));
            Assert.Null(KindOf(was, handedOver));

            // Without a peer that is known, only_from lets nobody in.
            ServiceDefinition only = Only(was, Net("10.9.9.9", 32));
            Assert.Equal(ExposureKind.Narrowed, KindOf(only, Only(handedOver, Net("10.9.9.9", 32))));
            Assert.Equal(ExposureKind.Widened, KindOf(Only(handedOver, Net("10.9.9.9", 32)), only));
            Assert.Equal(ExposureKind.Widened, KindOf(only, handedOver));
        }
    }

    [Fact]
    public void Of_datagrams_only_the_first_is_judged_where_the_server_gets_the_socket()
    {
        ServiceDefinition first = Given.Dgram(A);
        ServiceDefinition each = first with { Flags = ServiceFlags.Intercept };
        Assert.Equal(ExposureKind.Widened, KindOf(Only(each, Net("10.0.0.0", 8)), Only(first, Net("10.0.0.0", 8))));
        Assert.Equal(ExposureKind.Narrowed, KindOf(Only(first, Net("10.0.0.0", 8)), Only(each, Net("10.0.0.0", 8))));
        Assert.Equal(ExposureKind.Changed, KindOf(Only(each, Net("10.0.0.0", 8)), Only(first, Net("10.1.0.0", 16))));
        Assert.Equal(ExposureKind.Narrowed, KindOf(each, Only(first, Net("10.0.0.0", 8))));
        Assert.Equal(ExposureKind.Widened, KindOf(Only(each, Net("10.0.0.0", 8)), first));
        Assert.Null(KindOf(each, first));
    }

    [Fact]
    public void A_resident_server_takes_in_whom_it_wants()
    {
        StartMode resident = new() { Kind = StartKind.Resident };
        ServiceDefinition judged = Only(A, Net("10.0.0.0", 8)) with { AccessTimes = [new AccessHours(0, 719, default)] };
        ServiceDefinition taken = judged with { Wait = true, Start = resident };
        Assert.Equal(
            ["widened *:1/tcp (a): more peers may come in", "widened *:1/tcp (a): the rules of tcp_wrappers are not asked any more"],
            Told([judged], [taken]));
        Assert.Equal(["opened *:1/tcp (a): everybody may come in"], Told([], [taken]));
        Assert.Empty(Told([taken], [taken with { OnlyFrom = default, Flags = ServiceFlags.NoLibwrap }]));

        // With INTERCEPT the daemon keeps its own socket from it.
        ServiceDefinition intercepted = taken with { Flags = ServiceFlags.Intercept };
        Assert.Empty(Told([judged], [intercepted]));
        Assert.Equal(["opened *:1/tcp (a): nobody may come in"], Told([], [taken with { Start = new StartMode() }]));
    }

    [Fact]
    public void What_is_said_of_networks_is_true_of_every_peer()
    {
        Random random = new(20261124);
        for (int round = 0; round < 2000; round++)
        {
            ServiceDefinition before = RandomLists(random);
            ServiceDefinition after = RandomLists(random);
            (AccessPolicy was, AccessPolicy willBe) = (AccessPolicy.Compile(before), AccessPolicy.Compile(after));
            bool more = false;
            bool fewer = false;

            // The lists speak of 10.0.0.0/27 only: every address of it, and one of everybody else's.
            for (int last = 0; last <= 32; last++)
            {
                IpAddress peer = last == 32 ? Address("192.0.2.1") : new IpAddress(Address("10.0.0.0").Value + (uint)last);
                AccessRequest request = new(peer, 0, PeerName.NotAsked);
                bool a = AccessControl.DecideAddress(request, was).Allowed;
                bool b = AccessControl.DecideAddress(request, willBe).Allowed;
                more |= b && !a;
                fewer |= a && !b;
            }

            ExposureKind? expected = (more, fewer) switch
            {
                (true, true) => ExposureKind.Changed,
                (true, false) => ExposureKind.Widened,
                (false, true) => ExposureKind.Narrowed,
                _ => null,
            };
            Assert.Equal(expected, KindOf(before, after));
        }
    }

    private static ServiceDefinition RandomLists(Random random)
    {
        AddressPattern[] Some() => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => SomeNet())];
        AddressPattern SomeNet()
        {
            int bits = random.Next(27, 33);
            return AddressPattern.Network(new IpAddress(Address("10.0.0.0").Value + (uint)(random.Next(32) >> (32 - bits) << (32 - bits))), 96 + bits, default);
        }

        return A with { OnlyFrom = random.Next(3) == 0 ? default : [.. Some()], NoAccess = random.Next(2) == 0 ? default : [.. Some()] };
    }

    private static List<string> Told(ServiceDefinition[] before, ServiceDefinition[] after) =>
        [.. ExposureDiff.Compare(before, after).Select(change => change.ToString())];

    private static ExposureKind? KindOf(ServiceDefinition before, ServiceDefinition after)
    {
        List<ExposureChange> changes = ExposureDiff.Compare([before], [after]);
        return changes.Count == 0 ? null : Assert.Single(changes).Kind;
    }

    private static ServiceDefinition Only(ServiceDefinition service, params AddressPattern[] patterns) => service with { OnlyFrom = [.. patterns] };

    private static ServiceDefinition No(ServiceDefinition service, params AddressPattern[] patterns) => service with { NoAccess = [.. patterns] };

    private static AddressPattern[] Nets(string words) => [.. words.Split(' ').Select(word => Net(word.Split('/')[0], int.Parse(word.Split('/')[1])))];

    private static AddressPattern Net(string address, int bits) =>
        AddressPattern.Network(Address(address), Address(address).IsV4 ? 96 + bits : bits, default);

    private static IpAddress Address(string text) => IpAddress.FromBytes(System.Net.IPAddress.Parse(text).GetAddressBytes());
}
