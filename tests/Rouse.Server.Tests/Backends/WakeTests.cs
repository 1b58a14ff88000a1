using System;
using System.Linq;
using Rouse.Config.Model;
using Rouse.Server.Backends;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Backends;

/// <summary>wake = data: who says nothing wakes nobody.</summary>
public sealed class WakeTests
{
    private static readonly ServiceDefinition Web = BackendWorld.Web with { Start = BackendWorld.Web.Start with { WakesOnData = true } };

    [Fact]
    public void A_connection_that_ends_or_breaks_without_a_byte_starts_nothing()
    {
        BackendWorld world = new(Web);
        int before = world.System.OpenCount;
        for (int i = 0; i < 1000; i++)
        {
            FakePeer end = world.Come();
            (end.SentAll, end.Gone) = (i % 2 == 0, i % 2 == 1);
            world.World.Turn(2);
            Assert.True(end.Closed);
        }

        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal(before, world.System.OpenCount);
        Assert.Equal(1000, world.World.ServiceLines.Count(line => line == "FAIL: web silent from=127.0.0.1"));
        Assert.Equal(0, world.World.Keeper.Services[0].Totals.Served);
    }

    [Fact]
    public void The_first_byte_starts_the_server_and_none_is_lost()
    {
        BackendWorld world = new(Web);
        FakePeer end = world.Come();
        Assert.Equal(1, world.Backend.Silent);
        Assert.Equal(0, world.System.SpawnCount);
        world.Pass(3000);
        end.Sends("question"u8);
        world.World.Turn(2);
        Assert.Equal(0, world.Backend.Silent);
        Assert.Equal(1, world.System.SpawnCount);
        world.Listens();
        Assert.Equal("question", world.Reached[0].Received);
        world.Check();
    }

    [Fact]
    public void A_silent_one_does_not_keep_the_server_awake_and_is_dropped_after_start_timeout()
    {
        BackendWorld world = new(Web);
        FakePeer first = world.Come(end: new FakePeer().Sends("x"u8));
        world.Listens();
        world.Leave(first, world.Reached[0]);
        for (int i = 0; i < 20; i++)
        {
            FakePeer silent = world.Come();
            world.Pass(4000, 1000);
            Assert.False(silent.Closed);
            world.Pass(1000, 1000);
            Assert.True(silent.SawReset);
        }

        Assert.Equal(world.System.LastPid, world.System.Killed[0]);
        Assert.Contains("nobody has come for 60 seconds", world.Log, StringComparison.Ordinal);
        Assert.Single(world.Reached);
    }

    [Fact]
    public void The_silent_make_room_the_oldest_first()
    {
        BackendWorld world = new(Web);
        FakePeer oldest = world.Come();
        FakePeer second = world.Come();
        for (int i = 2; i < Backend.MostHeld; i++)
        {
            world.Come();
        }

        Assert.False(oldest.Closed);
        FakePeer latest = world.Come();
        Assert.True(oldest.Closed);
        Assert.False(second.Closed);
        Assert.False(latest.Closed);
        Assert.Equal(Backend.MostHeld, world.Backend.Silent);
    }
}
