using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Inspection;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Inspection;

public sealed class ConsistencyCheckTests
{
    [Fact]
    public void A_busy_daemon_passes_in_every_state_that_its_services_can_have()
    {
        Given.World world = Given.Running(
            Given.External(),
            Given.BuiltIn(BuiltInService.Echo) with { PerSource = 5 },
            Given.Dgram(Given.External(2001, "wait")),
            Given.External(2002, "out") with { Cps = new CpsLimit(1, 60) });
        world.Connect();
        world.Connect(2007, end: new FakePeer());
        world.System.SendDatagram(2001, Given.Peer, [1]);
        world.Turn();
        world.Connect(2002);
        world.Connect(2002);
        Assert.Equal(ServiceState.Suspended, world.Keeper.Services[2].State);
        Assert.Equal(ServiceState.OutOfService, world.Keeper.Services[3].State);
        world.System.Raise(Signal.ABRT);
        world.Turn();
        Assert.Contains("INFO: Consistency check passed\n", world.DaemonLog);
        Assert.DoesNotContain("detected", world.DaemonLog);
    }

    [Fact]
    public void A_service_that_waits_for_its_address_or_whose_listener_rests_passes()
    {
        Given.World world = Given.Running(Given.External());
        world.System.ListenError = Errno.EADDRINUSE;
        world.Reload(Given.Configuration(Given.External(), Given.External(2001, "other")));
        world.System.AcceptError = Errno.EMFILE;
        world.System.Connect(2000, Given.Peer);
        world.Turn();
        Assert.Equal(ServiceState.WaitingForAddress, world.Keeper.Services[1].State);
        Assert.False(world.Keeper.Services[0].Listeners[0].IsWatched);
        world.System.Raise(Signal.ABRT);
        world.Turn();
        Assert.Contains("Consistency check passed", world.DaemonLog);
    }

    [Fact]
    public void Counters_that_have_drifted_are_told_and_put_right()
    {
        Given.World world = Given.Running(Given.External() with { PerSource = 1, Instances = 2 });
        world.Connect();
        Service service = world.Keeper.Services[0];
        service.Occupancy.Enter(Given.PeerAt(10, 9, 9, 9));
        world.Keeper.Gate.Processes = 7;
        Run(world);
        Assert.Contains("ERROR: service server: actual running servers = 1, known running servers = 2\n", world.DaemonLog);
        Assert.Contains("ERROR: total running servers (7) != number of running servers (1)\n", world.DaemonLog);
        Assert.Contains("WARNING: Consistency check detected 2 errors\n", world.DaemonLog);
        Assert.Equal(1, service.Occupancy.Live);
        Assert.Equal(1, world.Keeper.Gate.Processes);
        world.Connect(peer: Given.PeerAt(10, 9, 9, 9));
        Assert.Equal(2, world.System.SpawnCount);
        Run(world);
        Assert.Contains("Consistency check passed", world.DaemonLog);
    }

    [Fact]
    public void A_listener_that_nobody_looks_at_is_looked_at_again()
    {
        Given.World world = Given.Running(Given.External());
        world.Keeper.Services[0].Listeners[0].Unwatch();
        Run(world);
        Assert.Contains("ERROR: Active multi-threaded service server: descriptor not set", world.DaemonLog);
        Assert.True(world.Connect());
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void A_wait_service_and_its_socket_agree_on_whether_a_server_runs()
    {
        Given.World world = Given.Running(Given.Dgram(Given.External()));
        Service service = world.Keeper.Services[0];
        service.Suspend();
        Run(world);
        Assert.Contains("ERROR: Active single-threaded service server: no server running, descriptor not set", world.DaemonLog);
        Assert.Equal(ServiceState.Listening, service.State);

        world.System.SendDatagram(2000, Given.Peer, [1]);
        world.Turn();
        service.Listeners[0].Watch();
        Run(world);
        Assert.Contains("ERROR: Active single-threaded service server: server running, descriptor set", world.DaemonLog);
        Assert.False(service.Listeners[0].IsWatched);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void With_cc_it_runs_every_so_often_and_says_only_what_is_wrong()
    {
        Given.World world = new(Given.Configuration(Given.External()), checkSeconds: 5);
        world.System.Advance(5000);
        world.Turn(2);
        Assert.DoesNotContain("Consistency", world.DaemonLog);
        world.Keeper.Gate.Processes = 7;
        world.System.Advance(5000);
        world.Turn(2);
        Assert.Contains("Consistency check detected 1 errors", world.DaemonLog);
    }

    private static void Run(Given.World world) => new ConsistencyCheck(world.Keeper).Run(onRequest: true);
}
