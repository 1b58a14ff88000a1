using System;
using System.Linq;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Resident;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Resident;

/// <summary>start = resident: the server has the socket from the start, and again whenever it has ended.</summary>
public sealed class ResidentTests
{
    private static readonly ServiceDefinition Stream = Given.External(id: "web:1") with
    {
        Wait = true,
        Flags = ServiceFlags.IPv4,
        Start = new StartMode { Kind = StartKind.Resident },
    };

    [Fact]
    public void It_is_started_at_once_with_the_socket_in_both_ways()
    {
        Given.World world = Given.Running(Stream with { Environment = ["LISTEN_FDS=9"] });
        FakeSpawn server = Assert.Single(world.System.Spawned);
        Assert.Equal(1, server.Spec.ListenerCount);
        Assert.Equal(["LISTEN_FDS=1", "LISTEN_FDNAMES=web_1"], server.Spec.Environment.Where(word => word.StartsWith("LISTEN_", StringComparison.Ordinal)));
        Assert.Equal(world.System.ListenerOn(2000)!.Address, world.System.LocalAddress(server.Socket));
        Assert.Equal("", server.RemoteHost);
        Assert.Equal(ServiceState.Suspended, world.Keeper.Services[0].State);

        // Connections are the server's: the daemon does not look.
        world.Connect();
        world.Turn(3);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Single(world.System.ListenerOn(2000)!.Waiting);
        Assert.Equal(0, world.Keeper.Services[0].Totals.Served);
    }

    [Fact]
    public void All_sockets_of_the_service_go_to_one_server()
    {
        ServiceDefinition two = Stream with { BindAddresses = [IpAddress.FromV4(0x7f000001), IpAddress.FromV4(0x7f000002)] };
        Given.World world = Given.Running(two);
        FakeSpawn server = Assert.Single(world.System.Spawned);
        Assert.Equal(2, server.Spec.ListenerCount);
        Assert.Contains("LISTEN_FDNAMES=web_1:web_1", server.Spec.Environment);
    }

    [Fact]
    public void It_is_started_again_later_and_later_until_it_lives()
    {
        Given.World world = Given.Running(Stream);
        long waited = BackOff.FirstMs;
        for (int i = 1; i <= 12; i++)
        {
            world.System.KeepsTime = true;
            world.End(world.System.LastPid, status: 7);
            Assert.Equal(i, world.System.SpawnCount);
            world.System.Advance(waited - 1);
            world.Turn();
            Assert.Equal(i, world.System.SpawnCount);
            world.System.Advance(1);
            world.Turn();
            Assert.Equal(i + 1, world.System.SpawnCount);
            waited = Math.Min(waited * 2, BackOff.LongestMs);
        }

        Assert.Contains("service web:1: its resident server (pid 1000) has ended with status 7 after 0 seconds; it is started again in 100 ms", world.DaemonLog, StringComparison.Ordinal);
        world.System.Advance(61_000);
        world.System.EndChild(world.System.LastPid, signal: 9);
        world.Turn();
        Assert.Contains("was ended by signal 9 after 61 seconds; it is started again in 100 ms", world.DaemonLog, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_process_can_be_made_it_is_tried_again_and_nobody_is_refused()
    {
        Given.World world = new(Given.Configuration());
        world.System.SpawnError = Errno.EAGAIN;
        world.Reload(Given.Configuration(Stream));
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Contains("cannot be started", world.DaemonLog, StringComparison.Ordinal);
        world.System.SpawnError = Errno.None;
        world.Turn(2);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal(0, world.Keeper.Services[0].Totals.Refused);
    }

    [Fact]
    public void A_reload_leaves_it_alone_unless_its_definition_asks_for_another_process()
    {
        Given.World world = Given.Running(Stream);
        int pid = world.System.LastPid;
        int sockets = world.System.OpenCount;
        world.Reload(Given.Configuration(Stream with { MaxLoad = 3 }));
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Empty(world.System.Killed);
        world.Reload(Given.Configuration(Stream with { Arguments = ["server", "--more"] }));
        Assert.Equal([pid], world.System.Killed);
        Assert.Equal([Signal.TERM], world.System.KilledWith);
        Assert.Equal(1, world.System.SpawnCount);

        // At once, without a rest, and with the socket that was never closed.
        world.System.KeepsTime = true;
        world.End(pid);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Equal(["server", "--more"], world.System.Spawned[1].Spec.Arguments);
        Assert.Equal(sockets, world.System.OpenCount);
        Assert.DoesNotContain("started again in", world.DaemonLog, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_dropped_or_disabled_or_left_at_the_end_of_the_daemon_is_ended_and_not_started_again()
    {
        Given.World dropped = Given.Running(Stream);
        int pid = dropped.System.LastPid;
        dropped.Reload(Given.Configuration());
        Assert.Equal([pid], dropped.System.Killed);
        dropped.End(pid);
        dropped.Turn(3);
        Assert.Equal(1, dropped.System.SpawnCount);
        Assert.Contains($"service web:1: its resident server (pid {pid}) has ended with status 0 after ", dropped.DaemonLog, StringComparison.Ordinal);
        Assert.Contains("; its service is closed, and it is not started again\n", dropped.DaemonLog, StringComparison.Ordinal);

        Given.World disabled = Given.Running(Stream);
        disabled.Keeper.Services[0].SwitchOff(1);
        Assert.Equal([pid], disabled.System.Killed);
        Assert.True(disabled.Keeper.Services[0].HasLentSocket);
        disabled.End(pid);
        disabled.Turn(3);
        Assert.Equal(1, disabled.System.SpawnCount);
        Assert.Equal(Errno.None, disabled.Keeper.Services[0].SwitchOn());
        Assert.Equal(2, disabled.System.SpawnCount);

        Given.World ended = Given.Running(Stream);
        ended.System.Raise(Signal.TERM);
        ended.Turn();
        Assert.Equal([pid], ended.System.Killed);
    }

    [Fact]
    public void That_a_rest_ends_early_or_with_its_service_is_told()
    {
        Given.World world = Given.Running(Stream);
        world.System.KeepsTime = true;
        world.End(world.System.LastPid, status: 1);
        world.Reload(Given.Configuration(Stream with { Arguments = ["server", "--mended"] }));
        world.Settle(2);
        Assert.Contains(
            "service web:1: its resident server is started without a rest, because its definition has changed\n", world.DaemonLog, StringComparison.Ordinal);
        Assert.Equal(["server", "--mended"], world.System.Spawned[1].Spec.Arguments);
        world.System.KeepsTime = true;
        world.End(world.System.LastPid, status: 1);
        world.Reload(Given.Configuration());
        Assert.Contains("service web:1: its service is closed, and its resident server is not started again\n", world.DaemonLog, StringComparison.Ordinal);
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void A_moved_service_opens_again_as_soon_as_its_server_has_given_the_address_back()
    {
        Given.World world = Given.Running(Stream);
        int pid = world.System.LastPid;
        world.Reload(Given.Configuration(Stream with { BindAddresses = [IpAddress.FromV4(0x7f000001)] }));
        Assert.Equal([pid], world.System.Killed);
        Assert.Equal(ServiceState.WaitingForAddress, world.Keeper.Services[0].State);
        world.System.KeepsTime = true;
        world.End(pid);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Equal(ServiceState.Suspended, world.Keeper.Services[0].State);
    }

    [Fact]
    public void The_check_of_counters_finds_nothing_wrong_while_it_runs_and_while_it_rests()
    {
        Given.World world = Given.Running(Stream);
        world.System.KeepsTime = true;
        Check(world, 1);
        world.End(world.System.LastPid, status: 1);
        Check(world, 2);
        Assert.Equal(0, world.Keeper.Gate.Processes);
    }

    [Fact]
    public void With_INTERCEPT_it_has_a_socket_of_its_own_and_each_peer_is_judged()
    {
        ServiceDefinition intercepted = Stream with
        {
            Flags = ServiceFlags.Intercept | ServiceFlags.IPv4,
            NoAccess = [AddressPattern.Network(new IpAddress(Given.PeerAt(10, 0, 0, 9).Address), 128, SourceSpan.None)],
        };
        Given.World world = Given.Running(intercepted);
        FakeSpawn server = Assert.Single(world.System.Spawned);
        Assert.NotEqual(world.System.ListenerOn(2000)!.Address, world.System.LocalAddress(server.Socket));
        FakePeer target = new();
        world.System.Target = _ => target;
        FakePeer refused = new();
        world.Connect(peer: Given.PeerAt(10, 0, 0, 9), end: refused);
        Assert.True(refused.Closed);
        world.Connect(end: new FakePeer().Sends("question"u8));
        world.Turn(3);
        Assert.Equal("question", target.Received);
        Assert.Equal(1, world.System.SpawnCount);
        world.End(server.Pid);
        world.Turn(2);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Equal(server.Socket, world.System.Spawned[1].Socket);
    }

    [Fact]
    public void Datagrams_go_to_it_too()
    {
        Given.World world = Given.Running(Given.Dgram(Stream));
        Assert.Equal(1, world.System.SpawnCount);
        world.System.SendDatagram(2000, Given.Peer, [1, 2, 3]);
        world.Turn(3);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Single(world.System.ListenerOn(2000)!.Datagrams);
    }

    private static void Check(Given.World world, int times)
    {
        world.System.Raise(Signal.ABRT);
        world.Turn();
        Assert.Equal(times, world.DaemonLog.Split("Consistency check passed").Length - 1);
    }
}
