using System;
using System.Linq;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Tests.Wrappers;

/// <summary>A silent name service delays only the connections whose rule names an account.</summary>
public sealed class AccountTests
{
    private static readonly SocketAddress Friend = Given.PeerAt(10, 0, 0, 1);
    private static readonly SocketAddress Stranger = Given.PeerAt(10, 0, 0, 2);

    [Fact]
    public void Who_needs_an_account_waits_for_it_alone()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("server: 10.0.0.1: user nobody.games\n");
        Given.World world = Running(Given.External(), rules);
        rules.HangAccounts();
        Come(world, Friend);
        Come(world, Friend);
        Come(world, Stranger);
        Assert.Equal((1, 2, 1), (world.System.SpawnCount, world.Keeper.Reception.Pending.Count, world.Keeper.Accounts.Asked));
        rules.FindOn();
        world.TurnUntil(() => world.System.SpawnCount == 3);
        ServerSpec server = world.System.Spawned[1].Spec;
        Assert.Equal((65534u, 60u), (server.Uid, server.Gid));
        Assert.Equal([60u], server.Groups);
        Come(world, Friend);
        Assert.Equal((4, 1, 0), (world.System.SpawnCount, world.Keeper.Accounts.Asked, world.Keeper.Reception.Pending.Count));
    }

    [Fact]
    public void An_account_that_does_not_come_serves_nobody()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("server: ALL: user nobody\n");
        Given.World world = Running(Given.External(), rules);
        rules.HangAccounts();
        Come(world, Friend);
        world.System.Advance(31_000);
        world.Settle(2);
        Assert.Equal((0, 0), (world.System.SpawnCount, world.Keeper.Reception.Pending.Count));
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
        Assert.Contains("could not be looked up within 30 seconds", world.DaemonLog, StringComparison.Ordinal);
        rules.FindOn();
        world.TurnUntil(() => world.Keeper.Accounts.Recall(new AccountNames("nobody", null)) is { AreOverdue: false });
        Come(world, Friend);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void A_changed_account_is_seen_after_a_short_time()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("server: ALL: user new\n");
        Given.World world = Running(Given.External(), rules);
        Come(world, Friend);
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        rules.Users["new"] = 4711;
        world.System.Advance(AccountLookUps.KeptMs);
        world.Settle();
        Come(world, Friend);
        world.TurnUntil(() => world.System.SpawnCount == 1);
        Assert.Equal(4711u, world.System.Spawned[0].Spec.Uid);
    }

    [Fact]
    public void A_closed_service_waits_no_longer()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("server: ALL: user nobody\n");
        Given.World world = Running(Given.External(), rules);
        rules.HangAccounts();
        Come(world, Friend);
        world.Reload(Given.Configuration(Given.BuiltIn(BuiltInService.Daytime)));
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);
        rules.FindOn();
        world.TurnUntil(() => world.Keeper.Accounts.Recall(new AccountNames("nobody", null)) is not null);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Theory]
    [InlineData("user nobody", true)]
    [InlineData("user stranger", false)]
    public void The_first_datagram_of_a_server_stays_in_its_queue(string option, bool isServed)
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow($"server: ALL: spawn mail: {option}\n");
        Given.World world = Running(Given.Dgram(Given.External()), rules);
        rules.HangAccounts();
        world.System.SendDatagram(2000, Friend, [1]);
        world.Settle(3);
        Assert.Equal(0, world.System.SpawnCount);
        rules.FindOn();
        world.TurnUntil(() => world.System.SpawnCount >= 1 && (isServed || world.ServiceLines.Length > 0));

        // The command is run once, however often the datagram was looked at.
        Assert.Equal(isServed ? 2 : 1, world.System.SpawnCount);
        Assert.Equal("sh", world.System.Spawned[0].Spec.Arguments[0]);
        Assert.Equal(isServed ? 65534u : null, world.System.Spawned.Last().Spec.Uid);
    }

    [Fact]
    public void A_datagram_that_the_daemon_answers_itself_is_kept_aside()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("ALL: ALL: user stranger\n");
        Given.World world = Running(Given.Dgram(Given.BuiltIn(BuiltInService.Echo)), rules);
        world.System.SendDatagram(2007, Friend, [1]);
        world.Settle();
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        Assert.Equal("FAIL: echo libwrap from=10.0.0.1", world.ServiceLines[0]);
        rules.Users["stranger"] = 4711;
        world.System.Advance(AccountLookUps.KeptMs);
        world.System.SendDatagram(2007, Friend, [1]);
        world.Settle();
        world.TurnUntil(() => world.System.DatagramsSent.Count == 1);
    }

    // Without letting time pass: the loop would sleep where something is looked up.
    private static void Come(Given.World world, SocketAddress peer)
    {
        Assert.True(world.System.Connect(2000, peer, null));
        world.Settle(2);
    }

    private static Given.World Running(ServiceDefinition service, FakeWrapperHost rules) => new(Given.Configuration(service), wrappers: rules);
}
