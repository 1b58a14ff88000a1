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
}
