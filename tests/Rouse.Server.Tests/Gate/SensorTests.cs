using System;
using System.Linq;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Gate;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Gate;

/// <summary>SENSOR and deny_time.</summary>
public sealed class SensorTests
{
    private const ushort SensorPort = 2001;
    private const int Minute = 60_000;

    private static readonly SocketAddress Other = Given.PeerAt(10, 0, 0, 2);
    private static readonly ServiceDefinition Sensor = Given.BuiltIn(BuiltInService.Sensor, SensorPort) with { DenyTime = new DenyTime(5) };

    [Fact]
    public void Who_touches_a_sensor_is_turned_away_everywhere_until_the_time_is_over_to_the_millisecond()
    {
        Given.World world = Given.Running(Given.External(), Sensor);
        FakePeer end = new();
        Assert.True(world.Connect(SensorPort, end: end));
        Assert.True(end.Closed);
        Assert.Equal("", end.Received);
        Assert.False(IsServed(world));
        Assert.True(IsServed(world, Other));
        world.System.Advance((5 * Minute) - 1);
        Assert.False(IsServed(world));
        world.System.Advance(1);
        Assert.True(IsServed(world));
        Assert.Equal(
            ["FAIL: sensor address from=127.0.0.1", "FAIL: server address from=127.0.0.1"],
            [.. world.ServiceLines.Where(IsFail).Take(2)]);
        Assert.Contains("CRITICAL: Adding 127.0.0.1 to the global_no_access list for 5 minutes", world.DaemonLog);
    }

    [Fact]
    public void The_list_is_cleared_up_by_itself_and_says_so()
    {
        Given.World world = Given.Running(Given.External(), Sensor, Sensor with { Id = "long", Port = 2002, DenyTime = new DenyTime(7) });
        world.Connect(SensorPort);
        world.Connect(2002, Other);
        world.Turn();
        Assert.Equal(1, world.Keeper.Gate.Sensors.Count);
        Assert.Equal(1, TimesSaid(world, "INFO: At least 1 DENY_TIME has expired, global_no_access list updated"));
        Assert.DoesNotContain("is empty", world.DaemonLog);
        Assert.False(IsServed(world, Other));
        world.Turn();
        Assert.Equal(0, world.Keeper.Gate.Sensors.Count);
        Assert.Equal(2, TimesSaid(world, "global_no_access list updated"));
        Assert.Contains("INFO: global_no_access list is empty.", world.DaemonLog);
        Assert.True(IsServed(world, Other));
    }

    [Fact]
    public void A_further_touch_lengthens_the_time_and_never_shortens_it()
    {
        Given.World world = Given.Running(Given.External(), Sensor, Sensor with { Id = "short", Port = 2002, DenyTime = new DenyTime(1) });
        world.Connect(SensorPort);
        world.System.Advance(3 * Minute);
        world.Connect(2002);
        world.System.Advance((2 * Minute) - 1);
        Assert.False(IsServed(world));
        world.Connect(SensorPort);
        world.System.Advance((5 * Minute) - 1);
        Assert.False(IsServed(world));
        world.System.Advance(1);
        Assert.True(IsServed(world));
        Assert.Equal(1, TimesSaid(world, "Adding"));
    }

    [Fact]
    public void Forever_is_forever_and_never_only_logs()
    {
        Given.World world = Given.Running(
            Given.External(),
            Sensor with { DenyTime = DenyTime.Forever },
            Sensor with { Id = "never", Port = 2002, DenyTime = DenyTime.Never });
        world.Connect(2002);
        Assert.True(IsServed(world));
        Assert.Contains("FAIL: never address from=127.0.0.1", world.ServiceLines);
        world.Connect(SensorPort);
        world.System.Advance(10_000L * Minute);
        Assert.False(IsServed(world));
        Assert.Contains("Adding 127.0.0.1 to the global_no_access list for -1 minutes", world.DaemonLog);
    }

    [Fact]
    public void An_IPv4_peer_is_the_same_peer_on_a_dual_stack_socket()
    {
        Given.World world = Given.Running(Given.External(), Sensor);
        SocketAddress mapped = Given.Peer with { Family = AddressFamily.IPv6 };
        world.Connect(SensorPort, mapped);
        Assert.False(IsServed(world));
        Assert.Contains("Adding ::ffff:127.0.0.1 to", world.DaemonLog);
        Assert.False(IsServed(world, mapped));
    }

    [Fact]
    public void The_list_survives_a_reload_even_without_its_sensor()
    {
        Given.World world = Given.Running(Given.External(), Sensor with { DenyTime = DenyTime.Forever });
        world.Connect(SensorPort);
        world.Reload(Given.Configuration(Given.External()));
        Assert.False(IsServed(world));
    }

    [Fact]
    public void A_datagram_shuts_nobody_out()
    {
        Given.World world = Given.Running(Given.External(), Given.Dgram(Sensor));
        world.System.SendDatagram(SensorPort, Given.Peer, [1, 2, 3]);
        world.Turn();
        Assert.Contains("FAIL: sensor address from=127.0.0.1", world.ServiceLines);
        Assert.Empty(world.System.DatagramsSent);
        Assert.True(IsServed(world));
        world.Keeper.Gate.Sensors.Touch(Given.Peer, DenyTime.Forever);
        Assert.False(IsServed(world));
    }

    [Fact]
    public void A_sensor_with_wait_is_touched_like_any_other()
    {
        Given.World world = Given.Running(Given.External(), Sensor with { Wait = true });
        world.Connect(SensorPort);
        Assert.True(world.Connect(SensorPort, Other));
        Assert.False(IsServed(world));
        Assert.False(IsServed(world, Other));
    }

    [Fact]
    public void The_list_is_bounded_says_so_once_and_takes_others_in_again_when_times_are_over()
    {
        Given.World world = Given.Running(Given.External(), Sensor);
        SensorList list = world.Keeper.Gate.Sensors;
        for (uint i = 0; i < SensorList.Capacity + 100; i++)
        {
            list.Touch(PeerNumber(i), new DenyTime(1));
        }

        Assert.Equal(SensorList.Capacity, list.Count);
        Assert.True(list.ShutsOut(PeerNumber(SensorList.Capacity - 1)));
        Assert.False(list.ShutsOut(PeerNumber(SensorList.Capacity)));
        Assert.Equal(1, TimesSaid(world, "ERROR: Maximum global_no_access count reached."));
        world.Turn(3);
        Assert.Equal(0, list.Count);
        list.Touch(PeerNumber(SensorList.Capacity), new DenyTime(1));
        Assert.True(list.ShutsOut(PeerNumber(SensorList.Capacity)));
    }

    [Fact]
    public void A_flood_of_entries_is_cleared_up_at_most_once_a_second()
    {
        Given.World world = Given.Running(Sensor);
        for (uint i = 0; i < 2000; i++)
        {
            world.Keeper.Gate.Sensors.Touch(PeerNumber(i), new DenyTime(1));
            world.System.Advance(1);
            world.Keeper.Loop.HandIn(static () => { });
            world.Turn();
        }

        world.Turn(6);
        Assert.Equal(0, world.Keeper.Gate.Sensors.Count);
        Assert.InRange(TimesSaid(world, "global_no_access list updated"), 2, 4);
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        Given.World world = Given.Running(Sensor);
        SensorList list = world.Keeper.Gate.Sensors;
        for (uint i = 0; i < 1000; i++)
        {
            list.Touch(PeerNumber(i), new DenyTime(1));
        }

        int shutOut = 0;
        long allocated = Allocated.AtLeast(() =>
        {
            shutOut = 0;
            for (uint i = 0; i < 100_000; i++)
            {
                shutOut += list.ShutsOut(PeerNumber(i)) ? 1 : 0;
            }
        });
        Assert.Equal(0, allocated);
        Assert.Equal(1000, shutOut);
    }

    private static SocketAddress PeerNumber(uint i) => new(AddressFamily.IPv4, IpAddress.FromV4(0x0b000000 + i).Value, 40000);

    private static bool IsServed(Given.World world, SocketAddress? peer = null)
    {
        int before = world.System.SpawnCount;
        world.Connect(peer: peer);
        return world.System.SpawnCount > before;
    }

    private static bool IsFail(string line) => line.StartsWith("FAIL", StringComparison.Ordinal);

    private static int TimesSaid(Given.World world, string text) => world.DaemonLog.Split(text).Length - 1;
}
