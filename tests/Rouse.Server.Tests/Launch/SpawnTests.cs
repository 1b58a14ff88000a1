using System;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Launch;

public sealed class SpawnTests
{
    [Fact]
    public void A_connection_wakes_a_server_and_the_daemon_keeps_no_descriptor_of_it()
    {
        Given.World world = Given.Running(Given.External());
        int before = world.System.OpenCount;
        FakePeer end = new();
        world.Connect(peer: Given.PeerAt(192, 0, 2, 7), end: end);
        Assert.Equal("192.0.2.7", world.System.Spawned[0].RemoteHost);
        Assert.True(end.Closed);
        Assert.Equal(before, world.System.OpenCount);
        int pid = world.System.Spawned[0].Pid;
        world.System.Advance(7000);
        world.End(pid, status: 3);
        Assert.Equal([$"START: server pid={pid} from=192.0.2.7", $"EXIT: server status=3 pid={pid} duration=7(sec)"], world.ServiceLines);
        Assert.Equal(0, world.Keeper.LiveServers);
    }

    [Fact]
    public void A_server_ended_by_a_signal_is_logged_with_it()
    {
        Given.World world = Given.Running(Given.External());
        world.Connect();
        int pid = world.System.LastPid;
        world.System.EndChild(pid, signal: 9);
        world.Turn();
        Assert.Contains($"EXIT: server signal=9 pid={pid} duration=0(sec)", world.ServiceLines);
    }

    [Fact]
    public void When_no_process_can_be_made_the_peer_is_turned_away_and_it_is_told_once_a_burst()
    {
        Given.World world = Given.Running(Given.External());
        int before = world.System.OpenCount;
        world.System.SpawnError = Errno.EAGAIN;
        for (int i = 0; i < 50; i++)
        {
            world.Connect();
        }

        Assert.Equal(before, world.System.OpenCount);
        Assert.Equal(50, Array.FindAll([.. world.ServiceLines], line => line == "FAIL: server fork from=127.0.0.1").Length);
        Assert.Equal(2, world.DaemonLog.Split("fork failed").Length);
        world.System.SpawnError = Errno.None;
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void When_no_descriptor_is_left_peers_are_turned_away_at_once_and_it_recovers()
    {
        Given.World world = Given.Running(Given.External());
        world.System.AcceptError = Errno.EMFILE;
        world.Connect();
        world.Connect();
        Assert.Equal(2, world.DaemonLog.Split("accept failed").Length);
        world.System.AcceptError = Errno.None;
        world.System.Advance(200);
        world.Turn(3);
        world.Connect();
        Assert.True(world.System.SpawnCount >= 1);
    }

    [Fact]
    public void Without_a_reserve_the_listener_rests_instead_of_spinning()
    {
        FakeSystem probe = new();
        Assert.Equal(0, probe.OpenCount);
        Given.World world = Given.Running(Given.External());
        world.System.AcceptError = Errno.ENFILE;
        world.System.ReserveGone = true;
        world.Connect();
        long before = world.System.MonotonicMs;
        world.Turn();
        Assert.True(world.System.MonotonicMs >= before + 100, "the loop slept until the rest was over");
        world.System.AcceptError = Errno.None;
        world.Turn(3);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void A_peer_of_a_wait_service_that_cannot_even_be_turned_away_waits_and_is_neither_counted_nor_told_again_and_again()
    {
        Given.World world = Given.Running(Given.External() with { Wait = true, MaxLoad = 0.5, Cps = new CpsLimit(30, 10) });
        world.System.LoadAverage = 1;
        world.System.AcceptError = Errno.EMFILE;
        world.Connect();
        world.Turn(10);
        Assert.DoesNotContain(world.ServiceLines, line => line.StartsWith("FAIL", StringComparison.Ordinal));
        Assert.Contains("accept failed", world.DaemonLog);
        world.System.AcceptError = Errno.None;
        world.System.Advance(200);
        world.Turn(3);
        Assert.Equal("FAIL: server load from=<no address>", Assert.Single(world.ServiceLines));
        world.System.LoadAverage = 0;
        world.System.Advance(1000);
        world.Turn();
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void A_mapped_peers_connection_becomes_an_IPv4_one_and_others_stay()
    {
        Given.World world = Given.Running(Given.External());
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1) with { Family = AddressFamily.IPv6 });
        Assert.Equal(1, world.System.MadeIPv4);
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        world.Connect(peer: new SocketAddress(AddressFamily.IPv6, 1, 40000));
        Assert.Equal(1, world.System.MadeIPv4);
        Assert.Equal("::ffff:10.0.0.1", world.System.Spawned[0].RemoteHost);
    }

    [Fact]
    public void A_hundred_thousand_connections_allocate_nothing()
    {
        Given.World world = Given.Running(Given.External() with { Instances = 100, PerSource = 90, Cps = new CpsLimit(1_000_000, 1) });
        world.System.RecordsSpawns = false;
        world.System.KeepsLogs = false;
        RunConnections(world, 2000);
        int rounds = 0;
        long allocated = Allocated.AtLeast(() =>
        {
            rounds++;
            RunConnections(world, 100_000);
        });
        Assert.Equal(2000 + (rounds * 100_000), world.System.SpawnCount);
        Assert.Equal(0, allocated);
        Assert.Equal(0, world.Keeper.LiveServers);
    }

    [Fact]
    public void A_wait_server_gets_the_socket_and_the_daemon_looks_away_until_it_ends()
    {
        Given.World world = Given.Running(Given.Dgram(Given.External()));
        world.System.SendDatagram(2000, Given.PeerAt(10, 1, 1, 1), [1]);
        world.Turn(3);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal("10.1.1.1", world.System.Spawned[0].RemoteHost);
        world.End(world.System.LastPid);
        world.Turn();
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void A_refused_datagram_is_taken_out_of_the_queue_and_logged_once_a_minute()
    {
        Given.World world = Given.Running(Given.Dgram(Given.External()) with { OnlyFrom = [] });
        for (int i = 0; i < 5; i++)
        {
            world.System.SendDatagram(2000, Given.Peer, [1]);
        }

        world.Turn(6);
        Assert.Equal(["FAIL: server address from=127.0.0.1"], world.ServiceLines);
        Assert.Empty(world.System.ListenerOn(2000)!.Datagrams);
        world.System.Advance(61_000);
        world.System.SendDatagram(2000, Given.Peer, [1]);
        world.Turn(2);
        Assert.Equal(2, world.ServiceLines.Length);

        // Whatever the clock is set to.
        world.System.ClockIsAhead = -86_400;
        world.System.Advance(61_000);
        world.System.SendDatagram(2000, Given.Peer, [1]);
        world.Turn(2);
        Assert.Equal(3, world.ServiceLines.Length);
    }

    [Fact]
    public void A_refused_datagram_from_another_port_is_another_senders()
    {
        Given.World world = Given.Running(Given.Dgram(Given.External()) with { OnlyFrom = [] });
        world.System.SendDatagram(2000, Given.PeerAt(127, 0, 0, 1, 40000), [1]);
        world.System.SendDatagram(2000, Given.PeerAt(127, 0, 0, 1, 40001), [1]);
        world.System.SendDatagram(2000, Given.PeerAt(127, 0, 0, 1, 40001), [1]);
        world.Turn(4);
        Assert.Equal(2, world.ServiceLines.Length);
    }

    [Fact]
    public void A_stream_wait_server_has_no_peer_yet()
    {
        Given.World world = Given.Running(Given.External() with { Wait = true });
        world.Connect();
        Assert.Equal("<no address>", world.System.Spawned[0].RemoteHost);
        Assert.Contains($"START: server pid={world.System.LastPid} from=<no address>", world.ServiceLines);
        Assert.Single(world.System.ListenerOn(2000)!.Waiting);
    }

    [Fact]
    public void A_port_in_use_is_tried_again_until_it_is_free()
    {
        Given.World world = new(Given.Configuration());
        world.System.ListenError = Errno.EADDRINUSE;
        world.Reload(Given.Configuration(Given.External()));
        Assert.Contains("bind failed (Address already in use (errno = 98)). service = server", world.DaemonLog);
        world.System.ListenError = Errno.None;
        world.System.Advance(5000);
        world.Turn(2);
        Assert.True(world.Connect());
        Assert.Equal(1, world.System.SpawnCount);
    }

    private static void RunConnections(Given.World world, int count)
    {
        for (int i = 0; i < count; i++)
        {
            world.System.Connect(2000, Given.PeerAt(10, 0, 0, (byte)(i % 7)));
            world.Turn();
            world.System.EndChild(world.System.LastPid);
            world.Turn();
            world.System.Advance(1);
        }
    }
}
