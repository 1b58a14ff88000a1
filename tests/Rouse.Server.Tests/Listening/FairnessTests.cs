using System;
using System.Linq;
using Rouse.Config.Model;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Listening;

/// <summary>However many connections wait at one service, the peers of another wait for a few of them only.</summary>
public sealed class FairnessTests
{
    [Fact]
    public void A_crowd_at_one_service_keeps_another_waiting_for_a_few_servers_only()
    {
        Given.World world = Given.Running(Given.External(), Given.BuiltIn(BuiltInService.Daytime));
        FakePeer other = Crowd(world, 100);
        world.Turn();
        Assert.True(other.Closed);
        Assert.InRange(world.System.SpawnCount, 1, 8);
        world.Turn(100);
        Assert.Equal(100, world.System.SpawnCount);
    }

    [Fact]
    public void A_flood_that_is_turned_away_keeps_another_waiting_for_a_few_of_its_peers_only()
    {
        ServiceDefinition closed = Given.External() with { OnlyFrom = [] };
        Given.World world = Given.Running(closed, Given.BuiltIn(BuiltInService.Daytime));
        FakePeer other = Crowd(world, 100);
        world.Turn();
        Assert.True(other.Closed);
        Assert.InRange(TurnedAway(world), 1, 16);
        world.Turn(100);
        Assert.Equal(100, TurnedAway(world));
    }

    private static int TurnedAway(Given.World world) => world.ServiceLines.Count(line => line.StartsWith("FAIL", StringComparison.Ordinal));

    private static FakePeer Crowd(Given.World world, int size)
    {
        for (int i = 0; i < size; i++)
        {
            world.System.Connect(2000, Given.Peer);
        }

        FakePeer other = new();
        world.System.Connect(2007, Given.Peer, other);
        return other;
    }
}
