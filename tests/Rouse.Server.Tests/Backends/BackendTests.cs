using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Addresses;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Backends;
using Rouse.Server.Resident;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Backends;

/// <summary>start = on-demand-resident: from the first connection to the server's sleep.</summary>
public sealed class BackendTests
{
    [Fact]
    public void The_first_connection_starts_the_server_and_waits_until_it_listens()
    {
        BackendWorld world = new();
        Assert.Equal(0, world.System.SpawnCount);
        FakePeer end = world.Come(end: new FakePeer().Sends("question"u8));
        FakeSpawn server = Assert.Single(world.System.Spawned);
        Assert.Equal(BackendState.Starting, world.Backend.State);
        Assert.StartsWith("ROUSE_START=", server.Spec.Environment[^1], StringComparison.Ordinal);
        world.Pass(1000);
        Assert.Empty(world.Reached);
        Assert.False(end.Closed);
        Assert.Equal([$"START: server pid={server.Pid} from=<no address>".Replace("server", "web", StringComparison.Ordinal)], world.World.ServiceLines);
        world.Check();

        world.Listens();
        Assert.Equal(BackendState.Ready, world.Backend.State);
        FakePeer target = Assert.Single(world.Reached);
        Assert.Equal("question", target.Received);
        target.Sends("answer"u8);
        world.World.Turn(2);
        Assert.Equal("answer", end.Received);
        Assert.Equal("START: web pid=0 from=127.0.0.1", world.World.ServiceLines[^1]);
        Assert.Equal(1, world.World.Keeper.Services[0].Totals.Served);
        world.Check();

        // The next one needs no start.
        FakePeer second = world.Come(end: new FakePeer().Sends("two"u8));
        Assert.Equal("two", world.Reached[1].Received);
        Assert.Equal(1, world.System.SpawnCount);
        world.Leave(end, target);
        world.Leave(second, world.Reached[1]);
        Assert.Equal(0, world.World.Keeper.Services[0].Occupancy.Live);
        Assert.Equal(1, world.World.Keeper.Gate.Processes);
        Assert.Contains("listens at 127.0.0.1:8080 after", world.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tables_are_looked_at_only_while_somebody_waits()
    {
        BackendWorld world = new();
        world.Pass(10_000, 1000);
        Assert.Equal(0, world.System.TableLooks);
        world.Awake();
        int looks = world.System.TableLooks;
        world.Pass(30_000, 1000);
        Assert.Equal(looks, world.System.TableLooks);

        // And once when somebody comes, however many come in the same moment.
        world.Come();
        world.Come();
        world.Pass(30_000, 1000);
        Assert.Equal(looks + 1, world.System.TableLooks);
    }

    [Fact]
    public void A_socket_that_has_taken_the_place_of_the_servers_own_gets_nobody()
    {
        BackendWorld world = new BackendWorld().Awake();
        int reached = world.Reached.Count;
        world.Pass(10);
        world.System.Bound.Clear();
        world.System.Bound.Add((BackendWorld.Place, false, 76));
        world.System.Bound.Add((BackendWorld.Place, false, 77));
        FakePeer end = world.Come(end: new FakePeer().Sends("secret"u8));
        world.Pass(30);
        Assert.True(end.SawReset);
        Assert.Equal(reached, world.Reached.Count);
        Assert.Contains("are not those that were there", world.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_opens_its_socket_anew_is_asked_again_and_nobody_is_lost()
    {
        BackendWorld world = new BackendWorld().Awake();
        world.Pass(10);
        int pid = world.System.Bound[0].Holder;
        world.System.Bound.Add((BackendWorld.Place, false, pid));
        FakePeer end = world.Come(end: new FakePeer().Sends("question"u8));
        Assert.Equal("question", world.Reached[^1].Received);
        Assert.False(end.Closed);
        Assert.Equal(BackendState.Ready, world.Backend.State);
    }

    [Fact]
    public void What_the_server_says_is_logged_line_by_line_and_no_flood_of_it()
    {
        BackendWorld world = new();
        world.Come();
        FakePeer pipe = world.System.OnlyPipe;
        pipe.Outbound.AddRange("no such\x1b file\nhalf"u8);
        world.World.Turn();
        Assert.Contains("service web: its server says: no such? file\n", world.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("half", world.Log, StringComparison.Ordinal);
        for (int i = 0; i < 1000; i++)
        {
            pipe.Outbound.AddRange("x\n"u8);
        }

        world.Pass(100);
        Assert.Equal(BackendOutput.MostLinesASecond, world.Log.Split("its server says").Length - 1);
        world.System.Advance(1000);
        pipe.Outbound.AddRange("end\n"u8);
        world.World.Turn();
        Assert.Contains("its server has said 991 more lines", world.Log, StringComparison.Ordinal);
        int open = world.System.OpenCount;
        pipe.SentAll = true;
        world.World.Turn();
        Assert.Equal(open - 1, world.System.OpenCount);
    }

    [Fact]
    public void Nobody_is_passed_on_to_a_program_that_was_there_before()
    {
        BackendWorld world = new();
        world.System.Bound.Add((BackendWorld.Place, false, 77));
        FakePeer end = world.Come();
        Assert.True(end.SawReset);
        Assert.Empty(world.Reached);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal(["FAIL: web backend from=127.0.0.1"], world.World.ServiceLines);
        Assert.Contains("another program has 127.0.0.1:8080 already", world.Log, StringComparison.Ordinal);
        Assert.Equal(1, world.World.Keeper.Services[0].Totals.RefusedFor(Rouse.Access.RefusalReason.Backend));
    }

    [Fact]
    public void Nobody_is_passed_on_to_a_program_that_was_quicker_than_the_server()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        world.Listens(holder: 77);
        world.Pass(30);
        Assert.True(end.SawReset);
        Assert.Empty(world.Reached);
        Assert.Equal([world.System.LastPid], world.System.Killed);
        Assert.Equal(BackendState.Stopping, world.Backend.State);
        Assert.Contains("a program that is none of its server's listens at 127.0.0.1:8080", world.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_beside_the_servers_own_is_a_strangers_too()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        world.System.Bound.Add((BackendWorld.Place, false, 77));
        world.Listens();
        world.Pass(30);
        Assert.True(end.SawReset);
        Assert.Empty(world.Reached);
    }

    [Fact]
    public void A_server_that_does_not_listen_in_time_is_ended_and_who_waits_is_turned_away()
    {
        BackendWorld world = new();
        FakePeer first = world.Come();
        int pid = world.System.LastPid;
        world.Pass(4990);
        FakePeer second = world.Come(peer: Given.PeerAt(10, 0, 0, 2));
        Assert.False(first.Closed);
        world.Pass(10);
        Assert.True(first.SawReset);
        Assert.True(second.SawReset);
        Assert.Contains("does not listen at 127.0.0.1:8080 within 5 seconds (start_timeout)", world.Log, StringComparison.Ordinal);
        Assert.Contains("FAIL: web backend from=10.0.0.2", world.World.ServiceLines);
        Assert.Equal([(pid, Signal.TERM)], world.System.Killed.Zip(world.System.KilledWith));
        world.Pass(9990, 30);
        Assert.Single(world.System.Killed);
        world.Pass(20);
        Assert.Equal((pid, Signal.KILL), world.System.Killed.Zip(world.System.KilledWith).Last());
        world.World.End(pid);
        Assert.Equal(BackendState.Asleep, world.Backend.State);
        Assert.Equal(0, world.World.Keeper.Gate.Processes);
        world.Check();
    }

    [Fact]
    public void After_a_failure_it_rests_longer_each_time_and_turns_away_at_once_who_comes_meanwhile()
    {
        BackendWorld world = new();
        long rest = BackOff.FirstMs;
        for (int i = 1; i <= 5; i++)
        {
            FakePeer waits = world.Come();
            Assert.Equal(i, world.System.SpawnCount);
            world.World.End(world.System.LastPid, status: 3);
            Assert.True(waits.SawReset);
            world.Pass(rest - 1, rest);
            Assert.True(world.Come().SawReset);
            Assert.Equal(i, world.System.SpawnCount);
            world.Pass(1);
            rest *= 2;
        }

        Assert.Contains("has ended with status 3 after 0 seconds, before it listened at 127.0.0.1:8080", world.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_connections_is_ended_after_idle_timeout_and_never_one_that_has_some()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        world.Listens();
        world.Pass(200_000, 1000);
        Assert.Empty(world.System.Killed);
        world.Leave(end, world.Reached[0]);
        world.Pass(59_000, 1000);
        Assert.Empty(world.System.Killed);
        world.Pass(2000, 1000);
        Assert.Equal([world.System.LastPid], world.System.Killed);
        Assert.Equal(BackendState.Stopping, world.Backend.State);
        world.World.End(world.System.LastPid);
        Assert.Equal(BackendState.Asleep, world.Backend.State);
        Assert.Contains("nobody has come for 60 seconds", world.Log, StringComparison.Ordinal);
        Assert.True(world.Backend.AsleepSinceUnix > 0);
    }

    [Fact]
    public void Who_comes_while_the_server_is_being_ended_waits_for_the_next_one()
    {
        BackendWorld world = new BackendWorld().Awake();
        int old = world.System.LastPid;
        world.Pass(61_000, 1000);
        Assert.Equal(BackendState.Stopping, world.Backend.State);
        int reached = world.Reached.Count;
        FakePeer end = world.Come(end: new FakePeer().Sends("x"u8));
        world.Pass(1000);
        Assert.Equal(reached, world.Reached.Count);
        Assert.False(end.Closed);
        world.World.End(old);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Equal(BackendState.Starting, world.Backend.State);
        world.Listens();
        Assert.Equal("x", world.Reached[^1].Received);
    }

    [Fact]
    public void Nobody_waits_for_ever_for_a_server_that_cannot_be_killed()
    {
        BackendWorld world = new BackendWorld().Awake();
        world.Pass(61_000, 1000);
        FakePeer end = world.Come();
        world.Pass(15_000, 1000);
        Assert.False(end.Closed);
        world.Pass(5000, 1000);
        Assert.True(end.SawReset);
        Assert.Equal(0, world.Backend.Held);
    }

    [Fact]
    public void What_the_server_leaves_behind_is_ended_before_another_one_is_started()
    {
        BackendWorld world = new BackendWorld().Awake();
        int old = world.System.LastPid;
        world.System.Descendants.Add((5000, 4999, old));
        world.Pass(61_000, 1000);
        Assert.Equal([old, 5000], world.System.Killed);
        FakePeer end = world.Come();
        world.World.End(old);
        world.Pass(100);
        Assert.Equal(BackendState.Stopping, world.Backend.State);
        Assert.Equal(1, world.System.SpawnCount);
        world.System.Descendants.Clear();
        world.Pass(30);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.False(end.Closed);
    }

    [Fact]
    public void A_server_that_ends_by_itself_is_started_again_by_the_next_connection()
    {
        BackendWorld world = new BackendWorld().Awake();
        world.World.End(world.System.LastPid, status: 1);
        Assert.Equal(BackendState.Asleep, world.Backend.State);
        Assert.Contains("has ended with status 1", world.Log, StringComparison.Ordinal);
        FakePeer end = world.Come();
        Assert.Equal(2, world.System.SpawnCount);
        world.Listens();
        Assert.False(end.Closed);
        Assert.False(world.Reached[^1].Closed);
    }

    [Fact]
    public void A_connection_that_a_dying_server_refuses_waits_for_the_next_and_is_not_tried_a_third_time()
    {
        BackendWorld world = new BackendWorld().Awake();
        int old = world.System.LastPid;

        // It has closed its socket, and nobody knows yet that it has ended.
        world.System.Bound.Clear();
        FakePeer end = world.Come(end: new FakePeer().Sends("question"u8));
        Assert.Equal(BackendState.Starting, world.Backend.State);
        Assert.False(end.Closed);
        world.World.End(old);
        Assert.Equal(2, world.System.SpawnCount);
        world.Listens();
        Assert.Equal("question", world.Reached[^1].Received);
        Assert.Equal(1, world.Backend.Passed);
        world.Leave(end, world.Reached[^1]);

        world.System.Target = _ => new FakePeer { ConnectError = Errno.ECONNREFUSED };
        FakePeer refused = world.Come();
        world.Pass(20);
        Assert.True(refused.SawReset);
        Assert.Equal(0, world.Backend.Passed);
        Assert.Equal(0, world.Backend.Held);
        Assert.Equal("FAIL: web backend from=127.0.0.1", world.World.ServiceLines[^1]);
        world.Check();
    }

    [Fact]
    public void A_server_that_puts_itself_into_the_background_is_found_there()
    {
        BackendWorld world = new();
        Assert.True(world.System.AdoptsOrphans);
        FakePeer end = world.Come();
        int started = world.System.LastPid;
        world.System.Descendants.Add((5000, ThisProcess.Id, started));
        world.World.End(started);
        Assert.Equal(5000, world.Backend.Pid);
        Assert.Equal(BackendState.Starting, world.Backend.State);
        world.Listens(holder: 5000);
        Assert.Equal(BackendState.Ready, world.Backend.State);
        world.Check();
        world.Leave(end, world.Reached[0]);
        world.Pass(61_000, 1000);
        Assert.Contains(5000, world.System.Killed);
        world.World.End(5000);
        Assert.Equal(BackendState.Asleep, world.Backend.State);
        Assert.Equal(0, world.World.Keeper.Gate.Processes);
    }

    [Fact]
    public void One_that_has_lost_its_mark_there_is_known_when_it_listens()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        world.System.Unmarked.Add((5000, "/bin/other"));
        world.System.Unmarked.Add((5001, "/bin/server"));
        world.System.Unmarked.Add((5002, "/bin/server"));
        world.World.End(world.System.LastPid);
        world.Pass(500);
        Assert.Equal((BackendState.Starting, 0), (world.Backend.State, world.Backend.Pid));
        world.Listens(holder: 5002);
        world.Pass(30);
        Assert.Equal((BackendState.Ready, 5002), (world.Backend.State, world.Backend.Pid));
        Assert.False(end.Closed);
        world.Check();
    }

    [Fact]
    public void One_that_listened_before_it_went_there_is_known_by_its_socket()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        int started = world.System.LastPid;
        world.System.Unmarked.Add((5001, "/bin/server"));
        world.System.Unmarked.Add((5002, "/bin/server"));
        world.Listens(holder: started);
        Assert.Equal(BackendState.Ready, world.Backend.State);
        world.System.Bound.Clear();
        world.System.Bound.Add((BackendWorld.Place, false, 5002));
        world.World.End(started);
        Assert.Equal((BackendState.Ready, 5002), (world.Backend.State, world.Backend.Pid));
        Assert.False(end.Closed);
    }

    [Fact]
    public void One_that_ends_in_the_background_before_it_listens_is_a_failure_at_once()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        world.System.Unmarked.Add((5001, "/bin/server"));
        world.World.End(world.System.LastPid);
        world.Pass(100);
        Assert.False(end.Closed);
        world.System.Unmarked.Clear();
        world.Pass(200);
        Assert.True(end.SawReset);
        Assert.Equal(BackendState.Asleep, world.Backend.State);
    }

    [Fact]
    public void The_gate_judges_and_those_who_wait_hold_their_places()
    {
        SocketAddress stranger = Given.PeerAt(10, 0, 0, 9);
        BackendWorld world = new(BackendWorld.Web with
        {
            PerSource = 2,
            NoAccess = [AddressPattern.Network(new IpAddress(stranger.Address), 128, SourceSpan.None)],
        });
        Assert.True(world.Come(peer: stranger).Closed);
        Assert.Equal(0, world.System.SpawnCount);
        FakePeer[] ends = [world.Come(), world.Come()];
        Assert.True(world.Come().Closed);
        Assert.Equal("FAIL: web per_source_limit from=127.0.0.1", world.World.ServiceLines[^1]);
        ends[0].Gone = true;
        world.World.Turn(2);
        Assert.Equal(1, world.Backend.Held);
        Assert.False(world.Come().Closed);
        world.Check();
    }

    [Fact]
    public void No_more_than_so_many_wait()
    {
        BackendWorld world = new();
        List<FakePeer> ends = [];
        for (int i = 0; i < Backend.MostHeld; i++)
        {
            ends.Add(world.Come());
        }

        Assert.True(world.Come().SawReset);
        Assert.Equal(Backend.MostHeld, world.Backend.Held);
        world.Listens();
        Assert.Equal(Backend.MostHeld, world.Reached.Count);
        Assert.DoesNotContain(ends, end => end.Closed);
    }

    [Fact]
    public void The_limit_of_all_servers_holds_for_it()
    {
        BackendWorld world = new();
        world.World.Keeper.Gate.ProcessLimit = 0;
        Assert.True(world.Come().SawReset);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Contains("-limit", world.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_leaves_it_alone_unless_another_process_is_asked_for_and_then_waits_for_the_last_connection()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        world.Listens();
        world.Reload(Given.Configuration(BackendWorld.Web with { MaxLoad = 3 }));
        Assert.Empty(world.System.Killed);
        world.Reload(Given.Configuration(BackendWorld.Web with { Arguments = ["server", "--more"] }));
        Assert.Contains($"its definition has changed: its server (pid {world.System.LastPid}) is ended when its last connection is over", world.Log, StringComparison.Ordinal);
        world.Pass(5000, 1000);
        Assert.Empty(world.System.Killed);
        world.Leave(end, world.Reached[0]);
        Assert.Equal([world.System.LastPid], world.System.Killed);
        FakePeer next = world.Come();
        world.World.End(world.System.LastPid);
        Assert.Equal(["server", "--more"], world.System.Spawned[1].Spec.Arguments);
        Assert.False(next.Closed);
    }

    [Fact]
    public void It_ends_with_its_service_and_with_the_daemon()
    {
        BackendWorld dropped = new BackendWorld().Awake();
        FakePeer end = dropped.Come();
        dropped.Reload(Given.Configuration());
        Assert.Equal([dropped.System.LastPid], dropped.System.Killed);
        Assert.True(end.Closed);
        dropped.World.End(dropped.System.LastPid);
        Assert.Equal(1, dropped.System.SpawnCount);

        BackendWorld ended = new BackendWorld().Awake();
        ended.System.Raise(Signal.TERM);
        ended.World.Turn();
        Assert.Equal([ended.System.LastPid], ended.System.Killed);
        Assert.Equal([Signal.TERM], ended.System.KilledWith);
    }

    [Fact]
    public void Disabled_it_serves_whom_it_has_and_goes_to_sleep_after_them()
    {
        BackendWorld world = new();
        FakePeer end = world.Come();
        world.Listens();
        world.World.Keeper.Services[0].SwitchOff(1);
        world.World.Turn();
        Assert.False(end.Closed);
        Assert.Empty(world.System.Killed);
        world.Leave(end, world.Reached[0]);
        world.Pass(61_000, 1000);
        Assert.Equal([world.System.LastPid], world.System.Killed);
    }

    [Fact]
    public void Nothing_stays_open_when_all_is_over()
    {
        BackendWorld world = new();
        int before = world.System.OpenCount;
        world.Awake();
        world.Come();
        world.World.End(world.System.LastPid);
        world.Reached[^1].Gone = true;
        world.World.Turn(3);
        Assert.Equal(before, world.System.OpenCount);
    }
}
