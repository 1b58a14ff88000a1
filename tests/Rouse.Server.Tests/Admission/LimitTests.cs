using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Admission;

public sealed class LimitTests
{
    [Fact]
    public void Instances_refuse_the_one_too_many_and_let_the_next_in_when_a_server_ends()
    {
        Given.World world = Given.Running(Given.External() with { Instances = 2 });
        world.Connect();
        world.Connect();
        world.Connect();
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Contains("FAIL: server service_limit from=127.0.0.1", world.ServiceLines);
        world.End(world.System.Spawned[0].Pid);
        world.Connect();
        Assert.Equal(3, world.System.SpawnCount);
    }

    [Fact]
    public void Per_source_limit_counts_only_live_connections_of_that_source()
    {
        Given.World world = Given.Running(Given.External() with { PerSource = 1 });
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        world.Connect(peer: Given.PeerAt(10, 0, 0, 2));
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Contains("FAIL: server per_source_limit from=10.0.0.1", world.ServiceLines);
        world.End(world.System.Spawned[0].Pid);
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        Assert.Equal(3, world.System.SpawnCount);
    }

    [Fact]
    public void A_mapped_and_a_plain_IPv4_peer_are_the_same_source()
    {
        Given.World world = Given.Running(Given.External() with { PerSource = 1 });
        SocketAddress plain = Given.PeerAt(10, 0, 0, 1);
        world.Connect(peer: plain);
        world.Connect(peer: plain with { Family = AddressFamily.IPv6 });
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Contains("FAIL: server per_source_limit from=::ffff:10.0.0.1", world.ServiceLines);
    }

    [Fact]
    public void The_limit_of_all_servers_counts_every_service()
    {
        Given.World world = new(Given.Configuration(Given.External(2000, "a"), Given.External(2001, "b")), processLimit: 1);
        world.Connect(2000);
        world.Connect(2001);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Contains("FAIL: b process_limit from=127.0.0.1", world.ServiceLines);
        world.End(world.System.Spawned[0].Pid);
        world.Connect(2001);
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void Per_source_of_none_refuses_whom_nobody_knows_too()
    {
        Given.World world = Given.Running(Given.External() with { Wait = true, PerSource = 0 });
        world.Connect();
        Assert.Equal(["FAIL: server per_source_limit from=<no address>"], world.ServiceLines);
        Assert.Equal(0, world.System.SpawnCount);
        world = Given.Running(Given.External() with { Wait = true, PerSource = 1 });
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void A_load_at_the_limit_refuses()
    {
        Given.World world = Given.Running(Given.External() with { MaxLoad = 2.5 });
        world.System.LoadAverage = 2.5;
        world.System.Advance(1000);
        world.Connect();
        Assert.Contains("FAIL: server load from=127.0.0.1", world.ServiceLines);
        world.System.LoadAverage = 2.4;
        world.System.Advance(1000);
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void Too_many_connections_a_second_close_the_port_and_it_opens_again()
    {
        Given.World world = Given.Running(Given.External() with { Cps = new CpsLimit(3, 10) });
        for (int i = 0; i < 3; i++)
        {
            Assert.True(world.Connect());
        }

        Assert.True(world.Connect());
        Assert.Equal(3, world.System.SpawnCount);
        Assert.Contains("FAIL: server connections per second from=127.0.0.1", world.ServiceLines);
        Assert.Contains("Deactivating service server due to excessive incoming connections.  Restarting in 10 seconds.", world.DaemonLog);
        Assert.False(world.Connect());
        world.System.Advance(10_000);
        world.Turn(2);
        Assert.Contains("Activating service server", world.DaemonLog);
        Assert.True(world.Connect());
        Assert.Equal(4, world.System.SpawnCount);
    }

    [Fact]
    public void Refused_peers_count_for_cps()
    {
        AddressPattern nobodyHere = AddressPattern.Network(IpAddress.FromV4(0x0a000000), 104, SourceSpan.None);
        Given.World world = Given.Running(Given.External() with { Cps = new CpsLimit(2, 10), OnlyFrom = [nobodyHere] });
        for (int i = 0; i < 3; i++)
        {
            world.Connect();
        }

        Assert.Contains("FAIL: server address from=127.0.0.1", world.ServiceLines);
        Assert.Contains("Deactivating service server", world.DaemonLog);
    }

    [Fact]
    public void A_refused_peer_costs_no_process_and_no_START_line()
    {
        Given.World world = Given.Running(Given.External() with { OnlyFrom = [] });
        world.Connect();
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal(["FAIL: server address from=127.0.0.1"], world.ServiceLines);
    }

    [Fact]
    public void Hours_are_judged_before_the_limits_and_the_address()
    {
        AccessHours never = new(0, 0, SourceSpan.None);
        Given.World world = Given.Running(Given.External() with { AccessTimes = [never], Instances = 0, OnlyFrom = [] });
        world.Connect();
        Assert.Equal(["FAIL: server time from=127.0.0.1"], world.ServiceLines);
    }
}
