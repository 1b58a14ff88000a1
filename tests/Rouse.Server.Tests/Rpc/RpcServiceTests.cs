using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Rpc;

/// <summary>RPC services and what the portmapper is told about them.</summary>
public sealed class RpcServiceTests
{
    [Fact]
    public void Each_version_is_registered_while_the_service_listens()
    {
        (Given.World world, FakePortmapper portmapper) = Running(Service(2, 4));
        world.Turn(20);

        Assert.Equal("[300500/2/tcp, 2000] [300500/3/tcp, 2000] [300500/4/tcp, 2000]", portmapper.Registered);
        Assert.True(world.Connect());
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void A_datagram_service_is_registered_for_udp()
    {
        (Given.World world, FakePortmapper portmapper) = Running(Given.Dgram(Service(1, 1)));
        world.Turn(20);

        Assert.Equal("[300500/1/udp, 2000]", portmapper.Registered);
    }

    [Fact]
    public void The_portmapper_of_old_is_asked_over_loopback_where_there_is_no_local_socket()
    {
        (Given.World world, FakePortmapper portmapper) = Running(p => p.HasLocalSocket = false, Service(1, 2));
        world.Turn(20);

        Assert.Equal(["v2 set 300500/1/tcp 2000", "v2 set 300500/2/tcp 2000"], portmapper.Calls);
    }

    [Fact]
    public void Another_range_of_versions_is_told_at_a_reload_and_the_socket_stays()
    {
        (Given.World world, FakePortmapper portmapper) = Running(Service(2, 4));
        world.Turn(20);
        FakeFile? listener = world.System.ListenerOn(2000);

        world.Reload(Given.Configuration(Service(3, 5)));
        world.Turn(20);

        Assert.Equal("[300500/3/tcp, 2000] [300500/4/tcp, 2000] [300500/5/tcp, 2000]", portmapper.Registered);
        Assert.Same(listener, world.System.ListenerOn(2000));
    }

    [Fact]
    public void A_portmapper_that_was_started_anew_learns_everything_again_at_a_reload()
    {
        (Given.World world, FakePortmapper portmapper) = Running(Service(1, 2));
        world.Turn(20);
        portmapper.Table.Clear();

        world.Reload(Given.Configuration(Service(1, 2)));
        world.Turn(20);

        Assert.Equal("[300500/1/tcp, 2000] [300500/2/tcp, 2000]", portmapper.Registered);
    }

    [Fact]
    public void A_dropped_service_is_removed()
    {
        (Given.World world, FakePortmapper portmapper) = Running(Service(1, 2), Given.External(2001, "other"));
        world.Turn(20);

        world.Reload(Given.Configuration(Given.External(2001, "other")));
        world.Turn(20);

        Assert.Equal("", portmapper.Registered);
    }

    [Fact]
    public void A_service_that_is_out_of_service_is_not_registered_meanwhile()
    {
        (Given.World world, FakePortmapper portmapper) = Running(Service(1, 1) with { Cps = new CpsLimit(1, 5) });
        world.Turn(20);

        world.Connect();
        world.Connect();
        world.Turn(4);
        Assert.Equal("", portmapper.Registered);

        world.System.Advance(6000);
        world.Turn(20);
        Assert.Equal("[300500/1/tcp, 2000]", portmapper.Registered);
    }

    [Fact]
    public void Everything_is_removed_before_the_daemon_ends()
    {
        (Given.World world, FakePortmapper portmapper) = Running(Service(1, 3));
        world.Turn(20);

        world.System.Raise(Signal.TERM);
        world.Keeper.Run();

        Assert.Equal("", portmapper.Registered);
        Assert.EndsWith("Exiting...\n", world.DaemonLog);
    }

    [Fact]
    public void A_silent_portmapper_holds_up_neither_peers_nor_the_end()
    {
        (Given.World world, FakePortmapper portmapper) = Running(p => p.IsSilent = true, Service(1, 1));
        Assert.True(world.Connect());
        Assert.Equal(1, world.System.SpawnCount);
        world.System.Advance(3001);
        world.Turn(3);
        Assert.Contains("ERROR: pmap_set failed. service=server program=300500 version=1 (portmapper: it did not answer in time)", world.DaemonLog);

        world.System.Raise(Signal.TERM);
        world.Keeper.Run();
        Assert.EndsWith("Exiting...\n", world.DaemonLog);
    }

    [Fact]
    public void Without_a_portmapper_it_is_told_once_and_tried_again_until_there_is_one()
    {
        (Given.World world, FakePortmapper portmapper) = Running(
            p =>
            {
                p.HasLocalSocket = false;
                p.HasTcp = false;
            },
            Service(1, 1));
        for (int i = 0; i < 3; i++)
        {
            world.Turn(5);
            world.System.Advance(3001);
        }

        Assert.Single(world.DaemonLog.Split("pmap_set failed. service=server program=300500 version=1 (portmapper: Connection refused)")[1..]);
        portmapper.HasLocalSocket = true;
        world.Turn(5);
        Assert.Equal("[300500/1/tcp, 2000]", portmapper.Registered);
        Assert.Contains("service server is registered with the portmapper now: program=300500 version=1", world.DaemonLog);
    }

    [Fact]
    public void A_version_that_another_program_has_is_neither_taken_nor_removed()
    {
        (Given.World world, FakePortmapper portmapper) = Running(p => p.Table["300500/2/tcp"] = 99, Service(1, 3));
        world.Turn(20);
        Assert.Equal("[300500/1/tcp, 2000] [300500/2/tcp, 99] [300500/3/tcp, 2000]", portmapper.Registered);
        Assert.Contains("pmap_set failed. service=server program=300500 version=2 (another program is registered there", world.DaemonLog);

        world.System.Raise(Signal.TERM);
        world.Keeper.Run();
        Assert.Equal("[300500/2/tcp, 99]", portmapper.Registered);
    }

    [Fact]
    public void A_service_that_is_opened_again_while_it_is_being_registered_stays_registered()
    {
        ServiceDefinition[] others =
        [
            Service(1, 1) with { BindAddresses = [IpAddress.FromV4(0x7f000001)] }, Service(1, 1) with { Wait = true },
            Service(1, 1) with { Port = 2001 }, Service(1, 2),
        ];
        foreach (ServiceDefinition next in others)
        {
            (Given.World world, FakePortmapper portmapper) = Running(p => p.IsSlow = true, Service(1, 1));
            world.Settle(5);
            Assert.Equal(["v3 set 300500/1/tcp 2000"], portmapper.Calls);
            world.Reload(Given.Configuration(next));
            portmapper.AnswerNow();
            world.Settle(20);
            Assert.Equal($"[300500/1/tcp, {next.Port}]{(next.RpcVersionHigh > 1 ? " [300500/2/tcp, 2000]" : "")}", portmapper.Registered);
            Assert.DoesNotContain("pmap_set failed", world.DaemonLog);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_being_registered_when_its_service_goes_is_removed_if_it_became_ours(bool isAnothers)
    {
        (Given.World world, FakePortmapper portmapper) = Running(p => p.IsSlow = true, Service(1, 1), Given.External(2001, "other"));
        if (isAnothers)
        {
            portmapper.Table["300500/1/tcp"] = 99;
        }

        world.Settle(5);
        world.Reload(Given.Configuration(Given.External(2001, "other")));
        portmapper.AnswerNow();
        world.Settle(20);
        Assert.Equal(isAnothers ? "[300500/1/tcp, 99]" : "", portmapper.Registered);
        Assert.True(world.Keeper.Portmapper.IsIdle);
        Assert.Equal(isAnothers ? 1 : 2, portmapper.Calls.Count);

        // It is asked again as ever.
        world.Reload(Given.Configuration(Service(2, 2)));
        world.Settle(20);
        Assert.Contains("[300500/2/tcp, 2000]", portmapper.Registered);
    }

    [Fact]
    public void An_end_while_a_version_that_another_program_has_is_being_registered_waits_for_nothing_more()
    {
        (Given.World world, FakePortmapper portmapper) = Running(p => p.IsSlow = true, Service(1, 1));
        portmapper.Table["300500/1/tcp"] = 99;
        world.Settle(5);
        world.System.Raise(Signal.TERM);
        world.Settle();
        portmapper.AnswerNow();
        long before = world.System.MonotonicMs;
        world.Keeper.Run();
        Assert.Equal("[300500/1/tcp, 99]", portmapper.Registered);
        Assert.Equal(before, world.System.MonotonicMs);
        Assert.EndsWith("Exiting...\n", world.DaemonLog);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 1 })]
    [InlineData(new byte[] { 0x80, 0, 0, 4, 1, 2, 3, 4 })]
    public void An_answer_that_is_not_understood_is_none(byte[] nonsense)
    {
        (Given.World world, FakePortmapper portmapper) = Running(p => p.Nonsense = nonsense, Service(1, 1));
        world.Turn(10);
        Assert.Contains("(portmapper: its answer is not understood)", world.DaemonLog);

        portmapper.Nonsense = null;
        world.System.Advance(3001);
        world.Turn(10);
        Assert.Equal("[300500/1/tcp, 2000]", portmapper.Registered);
    }

    [Fact]
    public void Servers_of_rpc_services_end_with_the_daemon_on_SIGTERM_and_others_run_on()
    {
        (Given.World world, _) = Running(Service(1, 1), Given.External(2001, "other"));
        world.Turn(10);
        world.Connect();
        int rpc = world.System.LastPid;
        world.Connect(2001);

        world.System.Raise(Signal.TERM);
        world.Keeper.Run();

        Assert.Equal([rpc], world.System.Killed);
    }

    internal static ServiceDefinition Service(uint low, uint high) => Given.External() with
    {
        Types = ServiceTypes.Rpc | ServiceTypes.Unlisted,
        RpcNumber = 300500,
        RpcVersionLow = low,
        RpcVersionHigh = high,
    };

    internal static (Given.World World, FakePortmapper Portmapper) Running(params ServiceDefinition[] services) => Running(_ => { }, services);

    // The portmapper is first asked in the loop's first turn, so that it may be made after the keeper.
    private static (Given.World World, FakePortmapper Portmapper) Running(System.Action<FakePortmapper> with, params ServiceDefinition[] services)
    {
        Given.World world = Given.Running(services);
        FakePortmapper portmapper = new(world.System);
        with(portmapper);
        return (world, portmapper);
    }
}
