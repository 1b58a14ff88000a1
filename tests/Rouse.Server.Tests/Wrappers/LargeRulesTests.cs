using System;
using System.Linq;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Wrappers;

/// <summary>Rules that are too many to be read in the loop delay those who need them, and nobody else; and nobody is judged by older ones.</summary>
public sealed class LargeRulesTests
{
    private static readonly SocketAddress Friend = Given.PeerAt(10, 0, 0, 1);
    private static readonly SocketAddress Stranger = Given.PeerAt(10, 0, 0, 2);
    private static readonly string Many = string.Concat(Enumerable.Range(0, 1000).Select(i => $"ALL: 11.0.{i / 250}.{i % 250}\n"));

    [Fact]
    public void Who_needs_the_rules_waits_for_them_alone()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        Given.World world = Running(rules);
        rules.Deny(Many + "server: 10.0.0.1\n");
        rules.HangReading();
        Come(world, Friend);
        Come(world, Friend, 2007);
        Come(world, Stranger);
        Come(world, Friend, 2007);
        Assert.Equal((0, 2), (world.System.SpawnCount, world.Keeper.Services[1].Totals.Served));

        // The one that found the change was accepted; those behind it wait in the queue and take no place.
        Assert.Equal(1, world.Keeper.Reception.Pending.Count);
        rules.ReadOn();
        world.TurnUntil(() => world.System.SpawnCount == 1);
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);
        Assert.Contains("FAIL: server libwrap from=10.0.0.1", world.ServiceLines);
        Come(world, Stranger);
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void Who_comes_after_an_edit_is_judged_by_it_also_when_a_reading_is_under_way()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        Given.World world = Running(rules);
        rules.Deny(Many + "server: 10.0.0.1\n");
        rules.HangReading();
        int reads = rules.Reads;
        Come(world, Friend);
        world.TurnUntil(() => rules.Reads > reads + 1);
        rules.Deny(Many + "server: 10.0.0.2\n");
        Come(world, Stranger);
        rules.ReadOn();
        world.TurnUntil(() => world.ServiceLines.Length == 2);
        Assert.Equal(["FAIL: server libwrap from=10.0.0.1", "FAIL: server libwrap from=10.0.0.2"], world.ServiceLines.ToArray());
        Come(world, Friend);
        world.TurnUntil(() => world.System.SpawnCount == 1);
    }

    [Fact]
    public void Rules_that_do_not_come_let_nobody_in_until_they_have()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        Given.World world = Running(rules);
        rules.Deny(Many + "# another\n");
        rules.HangReading();
        Come(world, Friend);
        world.System.Advance(31_000);
        world.Settle(2);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
        Assert.Contains("have not been read within 30 seconds", world.DaemonLog, StringComparison.Ordinal);
        Come(world, Stranger);
        Assert.Equal((0, 2), (world.System.SpawnCount, world.ServiceLines.Length));
        rules.ReadOn();
        world.TurnUntil(() => world.DaemonLog.Split("1000 rules read").Length == 3);
        Come(world, Friend);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void A_fault_in_the_reading_lets_nobody_in_and_ends_nothing()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        Given.World world = Running(rules);
        rules.Deny(Many + "# another\n");
        rules.IsBroken = true;
        Come(world, Friend);
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        Assert.Contains("please report it", world.DaemonLog, StringComparison.Ordinal);
        rules.IsBroken = false;
        rules.Deny(Many);
        Come(world, Friend);
        world.TurnUntil(() => world.System.SpawnCount == 1);
    }

    [Fact]
    public void After_a_fault_in_the_reading_a_reload_reads_again()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        Given.World world = Running(rules);
        rules.Deny(Many + "# another\n");
        rules.IsBroken = true;
        Come(world, Friend);
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        rules.IsBroken = false;
        Come(world, Friend);
        Assert.Equal((0, 2), (world.System.SpawnCount, world.ServiceLines.Length));
        world.Reload(Given.Configuration(Given.External(), Daytime()));
        Come(world, Friend);
        world.TurnUntil(() => world.System.SpawnCount == 1);
    }

    [Fact]
    public void At_the_start_they_are_there_before_the_first_peer()
    {
        Given.World world = Running(new FakeWrapperHost().Deny(Many + "server: 10.0.0.1\n"));
        Come(world, Friend);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
    }

    [Fact]
    public void A_list_that_becomes_large_is_not_read_in_the_loop()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny("ALL: 11.\n");
        Given.World world = Running(rules);
        rules.With("/etc/foes", Many.Replace("ALL: ", "", StringComparison.Ordinal) + "10.0.0.1\n");
        rules.Deny("ALL: /etc/foes\n");
        rules.HangReading("/etc/foes");
        Come(world, Friend);
        Assert.Equal(1, world.Keeper.Reception.Pending.Count);
        rules.ReadOn();
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        Assert.Equal((0, 0), (world.System.SpawnCount, world.Keeper.Reception.Pending.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Datagrams_stay_in_their_queue(bool isRelayed)
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        ServiceDefinition service = isRelayed
            ? Given.Dgram(Given.External()) with { Flags = ServiceFlags.Intercept }
            : Given.Dgram(Given.External());
        Given.World world = new(Given.Configuration(service), wrappers: rules);
        rules.Deny(Many + "server: 10.0.0.1\n");
        rules.HangReading();
        world.System.SendDatagram(2000, Friend, [1]);
        world.Settle(3);
        Assert.Equal((0, 0), (world.System.SpawnCount, world.ServiceLines.Length));
        rules.ReadOn();
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", world.ServiceLines[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_waits_in_a_queue_is_served_though_the_files_never_come_to_rest(bool isStream)
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        ServiceDefinition service = isStream ? Given.External() : Given.Dgram(Given.External());
        Given.World world = new(Given.Configuration(service), wrappers: rules);

        // What has changed cannot be read in this moment, nor in the next: the rules stay as they were, and each connection tries again.
        rules.Deny(Many + "# another\n");
        rules.IsOutOfDescriptors = true;
        if (isStream)
        {
            Come(world, Friend);
            Come(world, Friend);
        }
        else
        {
            world.System.SendDatagram(2000, Friend, [1]);
        }

        world.TurnUntil(() => world.System.SpawnCount == (isStream ? 2 : 1));
    }

    [Fact]
    public void A_service_that_closes_takes_its_waiting_connections_with_it()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        Given.World world = Running(rules);
        rules.Deny(Many + "# another\n");
        rules.HangReading();
        Come(world, Friend);
        world.Reload(Given.Configuration(Given.BuiltIn(BuiltInService.Daytime) with { Flags = ServiceFlags.NoLibwrap }));
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);

        // Where nobody needs them, nobody waits for them.
        Assert.NotNull(world.Keeper.Rules.Current());
        rules.ReadOn();
        world.TurnUntil(() => !world.Keeper.Rules.IsBeingRead);
        Assert.Equal(0, world.System.SpawnCount);
        world.Reload(Given.Configuration(Given.External()));
        Come(world, Friend);
        world.TurnUntil(() => world.System.SpawnCount == 1);
    }

    [Fact]
    public void A_reload_does_not_read_them_in_the_loop_either()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(Many);
        Given.World world = Running(rules);
        rules.Deny(Many + "server: 10.0.0.1\n");
        rules.HangReading();
        world.Reload(Given.Configuration(Given.External(), Daytime()));
        Assert.True(world.Keeper.Rules.IsBeingRead);
        Come(world, Friend, 2007);
        Assert.Equal(1, world.Keeper.Services[1].Totals.Served);
        Come(world, Friend);
        rules.ReadOn();
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void Only_so_many_findings_are_told()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny(string.Concat(Enumerable.Repeat("a: 1/2\n", 150)));
        Given.World world = Running(rules);
        Assert.Equal(101, world.DaemonLog.Split("/etc/hosts.deny:").Length);
        Assert.Contains("50 more findings", world.DaemonLog, StringComparison.Ordinal);
    }

    // Without letting time pass: the loop would sleep where a socket rests.
    private static void Come(Given.World world, SocketAddress peer, ushort port = 2000)
    {
        Assert.True(world.System.Connect(port, peer, null));
        world.Settle(2);
    }

    private static ServiceDefinition Daytime() => Given.BuiltIn(BuiltInService.Daytime) with { Flags = ServiceFlags.NoLibwrap };

    private static Given.World Running(FakeWrapperHost rules) => new(Given.Configuration(Given.External(), Daytime()), wrappers: rules);
}
