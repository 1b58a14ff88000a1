using System;
using Rouse.Linux;
using Rouse.Server.Backends;
using Rouse.Server.Resident;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Backends;

/// <summary>start = on-demand-resident: what is looked for in the kernel's tables and among all processes, and what where that cannot be done.</summary>
public sealed class LookTests
{
    /// <summary>Where no descriptor is left the kernel's tables cannot be read, which says nothing about the server.</summary>
    [Fact]
    public void A_server_that_cannot_be_asked_for_is_taken_for_listening_as_it_was()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        world.Listens();
        world.Pass(10);
        world.System.TableError = Errno.EMFILE;
        FakePeer second = world.Come(end: new FakePeer().Sends("two"u8));
        world.Pass(20_000, 100);
        Assert.Equal(BackendState.Ready, world.Backend.State);
        Assert.Equal("two", world.Reached[^1].Received);
        Assert.Empty(world.System.Killed);
        Assert.False(end.Closed || second.Closed);

        // When they can be read again they count again.
        world.System.TableError = Errno.None;
        world.System.Bound.Clear();
        world.Come();
        Assert.Equal(BackendState.Starting, world.Backend.State);
    }

    [Fact]
    public void A_start_that_cannot_be_watched_has_its_whole_time_afterwards_and_who_waits_is_turned_away_meanwhile()
    {
        BackendWorld world = new();
        FakePeer first = world.Come();
        world.Pass(4000, 100);
        world.System.TableError = Errno.ENFILE;
        world.Pass(900, 100);
        Assert.False(first.Closed);
        world.Pass(20_500, 100);
        Assert.True(first.SawReset);
        Assert.Equal(BackendState.Starting, world.Backend.State);
        Assert.Empty(world.System.Killed);
        Assert.Equal(2, world.Log.Split("whether its server listens at 127.0.0.1:8080 cannot be found out: Too many open files in system").Length);
        FakePeer second = world.Come();
        Assert.False(second.Closed);
        world.Check();

        world.System.TableError = Errno.None;
        world.Pass(4900, 100);
        Assert.Empty(world.System.Killed);
        world.Listens();
        Assert.Equal(BackendState.Ready, world.Backend.State);
        Assert.False(second.Closed);
        Assert.Equal(1, world.System.SpawnCount);

        // A server that does not listen is ended all the same once that can be seen.
        world.World.End(world.System.LastPid);
        world.Come();
        world.System.TableError = Errno.EMFILE;
        world.Pass(10_000, 100);
        world.System.TableError = Errno.None;
        world.Pass(5200, 100);
        Assert.Equal([world.System.LastPid], world.System.Killed);
    }

    [Fact]
    public void No_server_is_started_where_it_cannot_be_seen_whether_another_program_has_its_place()
    {
        BackendWorld world = new();
        world.System.TableError = Errno.EMFILE;
        Assert.True(world.Come().SawReset);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Contains("whether another program has 127.0.0.1:8080 cannot be found out: Too many open files", world.Log, StringComparison.Ordinal);
        world.System.TableError = Errno.None;
        world.Pass(BackOff.FirstMs, BackOff.FirstMs);
        Assert.False(world.Come().Closed);
        Assert.Equal(1, world.System.SpawnCount);
    }

    /// <summary>All processes of a machine are read for it, which takes milliseconds in which nobody is served.</summary>
    [Fact]
    public void Processes_that_linger_are_waited_for_without_going_through_all_there_are()
    {
        BackendWorld world = new BackendWorld().Awake();
        int old = world.System.LastPid;
        world.System.Descendants.Add((5000, 4999, old));
        world.Pass(61_000, 1000);
        world.World.End(old);
        int before = world.System.Sweeps;
        world.Pass(8000, 20);
        Assert.Equal(before, world.System.Sweeps);

        // It has made another one and ended: the next look at all of them finds that.
        world.System.Descendants.Clear();
        world.System.Descendants.Add((5001, 5000, old));
        world.Pass(100, 20);
        Assert.Equal(BackendState.Stopping, world.Backend.State);
        Assert.Equal(before + 1, world.System.Sweeps);
        world.System.Descendants.Clear();
        FakePeer end = world.Come();
        world.Pass(100, 20);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.False(end.Closed);
    }

    [Fact]
    public void Processes_that_make_ever_new_ones_are_looked_at_less_and_less_often()
    {
        BackendWorld world = new BackendWorld().Awake();
        int old = world.System.LastPid;
        world.System.Descendants.Add((5000, 4999, old));
        world.Pass(61_000, 1000);
        world.World.End(old);
        int before = world.System.Sweeps;
        for (int i = 1; i <= 200; i++)
        {
            world.System.Descendants.Clear();
            world.System.Descendants.Add((5000 + i, 1, old));
            world.Pass(20, 20);
        }

        Assert.InRange(world.System.Sweeps - before, 5, 15);
    }

    [Fact]
    public void A_server_in_the_background_is_looked_for_less_and_less_often_and_its_socket_as_often_as_ever()
    {
        BackendWorld world = new(BackendWorld.Web with { Start = BackendWorld.Web.Start with { StartTimeoutSeconds = 30 } });
        FakePeer end = world.Come();
        world.System.Unmarked.Add((5001, "/bin/server"));
        world.World.End(world.System.LastPid);
        int before = world.System.Sweeps;
        world.Pass(10_000, 10);
        Assert.InRange(world.System.Sweeps - before, 5, 30);
        world.System.Bound.Add((BackendWorld.Place, false, 5001));
        world.Pass(40, 10);
        Assert.Equal(BackendState.Ready, world.Backend.State);
        Assert.False(end.Closed);
    }
}
