using System;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Names;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Names;

/// <summary>Rules with names, on a resolver that answers, hangs or breaks (CVE-2000-0536).</summary>
public sealed class PeerNamesTests
{
    private static readonly SocketAddress Friend = Given.PeerAt(10, 0, 0, 5);
    private static readonly SocketAddress Stranger = Given.PeerAt(10, 0, 0, 6);

    [Fact]
    public void A_peer_of_the_name_in_only_from_comes_in_and_another_does_not()
    {
        Given.World world = Running(new FakeResolver().With(Friend, "Friend.Example").With(Stranger, "stranger.example"), Named());
        world.Connect(peer: Friend);
        world.Connect(peer: Stranger);
        world.TurnUntil(() => world.System.SpawnCount == 1 && world.ServiceLog.Contains("FAIL", StringComparison.Ordinal));
        Assert.Equal("10.0.0.5", world.System.Spawned[0].RemoteHost);
        Assert.Contains("FAIL: server address from=10.0.0.6", world.ServiceLines);
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);
    }

    [Fact]
    public void Where_networks_decide_no_name_is_looked_up()
    {
        FakeResolver resolver = new();
        AddressPattern ten = AddressPattern.Network(IpAddress.FromV4(0x0a000000), 104, SourceSpan.None);
        Given.World world = Running(resolver, Named() with { OnlyFrom = [ten, Name("friend.example")] });
        world.Connect(peer: Friend);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal(0, resolver.Asked);
    }

    [Fact]
    public void Connections_of_one_address_share_a_look_up_and_its_answer_is_kept_for_a_while()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, Named());
        world.Connect(peer: Friend);
        world.Connect(peer: Friend with { Port = 40001 });
        resolver.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 2);
        world.Connect(peer: Friend);
        Assert.Equal(3, world.System.SpawnCount);
        Assert.Equal(1, resolver.Asked);
        world.System.Advance(PeerNames.KnownMs);
        world.Settle();
        world.Connect(peer: Friend);
        world.TurnUntil(() => world.System.SpawnCount == 4);
        Assert.Equal(2, resolver.Asked);
    }

    [Fact]
    public void While_look_ups_hang_every_other_service_answers_at_once()
    {
        FakeResolver resolver = new FakeResolver().Hang();
        Given.World world = Running(resolver, Named(), Given.External(2001, "other"));
        for (byte i = 1; i <= 200; i++)
        {
            world.Connect(peer: Given.PeerAt(10, 1, 0, i));
        }

        int before = world.System.SpawnCount;
        world.Connect(2001);
        Assert.Equal(before + 1, world.System.SpawnCount);
        Assert.Equal(0, before);
        Assert.Equal(200, world.Keeper.Reception.Pending.Count);
        Assert.Equal(PeerNames.MostThreads, world.Keeper.Names.Threads);
        resolver.GoOn();
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0);
    }

    [Fact]
    public void A_look_up_that_takes_too_long_has_failed_and_opens_nothing()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, Named(), Named() with { Port = 2001, Id = "closed", OnlyFrom = default, NoAccess = [Name("bad.example")] });
        FakePeer end = new();
        world.Connect(peer: Friend, end: end);
        world.Connect(2001, Friend);
        world.TurnUntil(() => resolver.Asked == 1);
        world.System.Advance(PeerNames.LimitMs);
        world.Settle();
        Assert.True(end.Closed);
        Assert.Contains("FAIL: server address from=10.0.0.5", world.ServiceLines);
        Assert.Contains("FAIL: closed address from=10.0.0.5", world.ServiceLines);

        // What comes too late still helps those who come later.
        resolver.GoOn();
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0);
        world.Connect(peer: Friend);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal(1, resolver.Asked);
    }

    [Fact]
    public void One_address_never_holds_two_threads()
    {
        FakeResolver resolver = new FakeResolver().Hang();
        Given.World world = Running(resolver, Named());
        world.Connect(peer: Friend);
        world.TurnUntil(() => resolver.Asked == 1);
        for (int i = 0; i < 3; i++)
        {
            world.System.Advance(PeerNames.LimitMs + PeerNames.UnknownMs);
            world.Settle(2);
            world.Connect(peer: Friend);
        }

        Assert.Equal(1, world.Keeper.Names.UnderWay);
        Assert.Equal(1, world.Keeper.Names.Threads);
        resolver.GoOn();
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0);
        Assert.Equal(1, resolver.Asked);
    }

    [Fact]
    public void A_fault_of_the_resolver_is_a_look_up_that_failed()
    {
        FakeResolver resolver = new() { IsBroken = true };
        Given.World world = Running(resolver, Named());
        world.Connect(peer: Friend);
        world.TurnUntil(() => world.ServiceLog.Contains("FAIL: server address", StringComparison.Ordinal));
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void Waiting_connections_are_bounded_and_the_one_too_many_is_refused()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, Named());
        for (int i = 0; i < 300; i++)
        {
            world.Connect(peer: Friend);
        }

        // A quarter of the 1,024 descriptors of the fake world.
        Assert.Equal(256, world.Keeper.Reception.Pending.Count);
        Assert.Equal(44, Array.FindAll([.. world.ServiceLines], line => line == "FAIL: server address from=10.0.0.5").Length);
        resolver.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 256);
    }

    [Fact]
    public void The_cache_holds_no_more_than_it_may()
    {
        NameCache cache = new(100);
        for (int i = 0; i < 1000; i++)
        {
            cache.Keep((UInt128)(i % 150), Rouse.Access.PeerName.Known("x"), 1000 + i);
            Assert.True(cache.Count <= 100);
        }

        Assert.Equal(Rouse.Access.PeerNameState.Known, cache.Find(999 % 150, 1500).State);
        Assert.Equal(Rouse.Access.PeerNameState.NotAsked, cache.Find(999 % 150, 1999).State);
    }

    [Fact]
    public void A_waiting_connection_counts_for_instances_and_per_source()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, Named() with { Instances = 2, PerSource = 1 });
        world.Connect(peer: Friend);
        world.Connect(peer: Friend);
        world.Connect(peer: Stranger);
        world.Connect(peer: Given.PeerAt(10, 0, 0, 7));
        Assert.Equal(
            ["FAIL: server per_source_limit from=10.0.0.5", "FAIL: server service_limit from=10.0.0.7"],
            world.ServiceLines);
        resolver.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 1 && world.Keeper.Reception.Pending.Count == 0);
        Assert.Equal(1, world.Keeper.Services[0].Occupancy.Live);
        world.End(world.System.LastPid);
        Assert.Equal(0, world.Keeper.Services[0].Occupancy.Live);
    }

    [Fact]
    public void The_policy_of_the_moment_when_the_answer_comes_decides()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, Named());
        FakePeer end = new();
        world.Connect(peer: Friend, end: end);
        world.Reload(Given.Configuration(Named() with { OnlyFrom = [Name("other.example")] }));
        Assert.False(end.Closed);
        resolver.GoOn();
        world.TurnUntil(() => end.Closed);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Contains("FAIL: server address from=10.0.0.5", world.ServiceLines);
    }

    [Fact]
    public void A_reload_that_counts_sources_anew_counts_who_waits()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, Named());
        world.Connect(peer: Friend);
        world.Reload(Given.Configuration(Named() with { PerSource = 1 }));
        world.Connect(peer: Friend);
        Assert.Contains("FAIL: server per_source_limit from=10.0.0.5", world.ServiceLines);
        resolver.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 1);
    }

    [Fact]
    public void A_waiting_connection_ends_with_its_service()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, Named(), Given.External(2001, "other"));
        int before = world.System.OpenCount;
        FakePeer end = new();
        world.Connect(peer: Friend, end: end);
        world.Reload(Given.Configuration(Given.External(2001, "other")));
        Assert.True(end.Closed);
        Assert.Equal(before - 1, world.System.OpenCount);
        resolver.GoOn();
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);
    }

    [Fact]
    public void A_waiting_connection_ends_with_the_daemon()
    {
        FakeResolver resolver = new FakeResolver().Hang();
        Given.World world = Running(resolver, Named());
        FakePeer end = new();
        world.Connect(peer: Friend, end: end);
        world.System.Raise(Signal.TERM);
        world.Settle();
        Assert.True(end.Closed);
        resolver.GoOn();
    }

    [Fact]
    public void A_datagram_waits_a_moment_for_its_senders_name_and_wakes_the_server()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, Given.Dgram(Named()) with { Cps = new CpsLimit(1, 10) });
        world.System.SendDatagram(2000, Friend, [1]);
        world.Settle();
        Assert.Single(world.System.ListenerOn(2000)!.Datagrams);
        resolver.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 1);
        Assert.Single(world.System.ListenerOn(2000)!.Datagrams);
    }

    [Fact]
    public void A_datagram_whose_name_does_not_come_soon_holds_up_no_other()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example");
        Given.World world = Running(resolver, Given.Dgram(Named()));
        world.System.SendDatagram(2000, Friend, [1]);
        world.TurnUntil(() => world.System.SpawnCount == 1);
        world.System.ListenerOn(2000)!.Datagrams.Clear();
        world.End(world.System.LastPid);
        resolver.Hang();
        world.System.SendDatagram(2000, Stranger, [1]);
        world.System.SendDatagram(2000, Friend, [2]);
        world.Settle();
        Assert.Equal(1, world.System.SpawnCount);
        world.System.Advance(1000);
        world.Settle(4);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Empty(world.ServiceLog.Split("FAIL")[1..]);
        resolver.GoOn();
    }

    [Fact]
    public void A_datagram_to_a_built_in_is_kept_until_its_senders_name_is_known()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").With(Stranger, "stranger.example");
        Given.World world = Running(resolver, EchoForFriends() with { Cps = new CpsLimit(3, 10) });
        world.System.SendDatagram(2007, Friend, [1]);
        world.System.SendDatagram(2007, Friend, [2]);
        world.System.SendDatagram(2007, Stranger, [3]);
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0 && world.System.ListenerOn(2007)!.Datagrams.Count == 0);
        Assert.Equal([[1], [2]], world.System.DatagramsSent.ConvertAll(sent => sent.Bytes));
        Assert.All(world.System.DatagramsSent, sent => Assert.Equal(Friend, sent.Peer));
        Assert.Contains("FAIL: echo address from=10.0.0.6", world.ServiceLines);
    }

    [Fact]
    public void A_large_datagram_to_a_built_in_is_lost_until_its_senders_name_is_known()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example");
        Given.World world = Running(resolver, EchoForFriends());
        world.System.SendDatagram(2007, Friend, new byte[1000]);
        world.Settle();
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0);
        Assert.Empty(world.System.DatagramsSent);
        world.System.SendDatagram(2007, Friend, new byte[1000]);
        world.Settle();
        Assert.Equal(1000, Assert.Single(world.System.DatagramsSent).Bytes.Length);
    }

    [Fact]
    public void Only_a_few_datagrams_are_kept_and_none_for_a_service_that_has_gone()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(resolver, EchoForFriends(), Given.External(2001, "other"));
        for (byte i = 0; i < 40; i++)
        {
            world.System.SendDatagram(2007, Friend, [i]);
        }

        world.Settle(3);
        resolver.GoOn();
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0);
        Assert.Equal(16, world.System.DatagramsSent.Count);

        resolver.Hang();
        world.System.SendDatagram(2007, Stranger, [1]);
        world.Settle();
        world.Reload(Given.Configuration(Given.External(2001, "other")));
        resolver.GoOn();
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0);
        Assert.Equal(16, world.System.DatagramsSent.Count);
    }

    [Fact]
    public void Invented_senders_of_datagrams_do_not_take_every_thread()
    {
        FakeResolver resolver = new FakeResolver().Hang();
        Given.World world = Running(resolver, EchoForFriends());
        for (byte i = 1; i <= 100; i++)
        {
            world.System.SendDatagram(2007, Given.PeerAt(10, 9, 9, i), [1]);
        }

        world.Settle(6);
        Assert.Equal(PeerNames.MostForDatagrams, world.Keeper.Names.UnderWay);
        resolver.GoOn();
        world.TurnUntil(() => world.Keeper.Names.UnderWay == 0);
    }

    private static AddressPattern Name(string name) => new(AddressPatternKind.HostName, default, 0, name, SourceSpan.None);

    private static ServiceDefinition Named() => Given.External() with { OnlyFrom = [Name("friend.example")] };

    private static ServiceDefinition EchoForFriends() =>
        Given.Dgram(Given.BuiltIn(BuiltInService.Echo)) with { OnlyFrom = [Name("friend.example")] };

    private static Given.World Running(FakeResolver resolver, params ServiceDefinition[] services) =>
        new(Given.Configuration(services), resolver: resolver);
}
