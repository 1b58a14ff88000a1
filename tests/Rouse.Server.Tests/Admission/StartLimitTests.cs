using System;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Server.Admission;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Admission;

/// <summary>inetd's limits by the minute: starts of a service, and connections of one source.</summary>
public sealed class StartLimitTests
{
    private static readonly StartLimit Two = new(2, 600, "server/tcp", KeepsHighPorts: false);

    [Fact]
    public void A_minute_begins_with_its_first_start_and_ends_after_sixty_seconds()
    {
        StartWindow window = default;
        Assert.False(window.Add(1000, 2));
        Assert.False(window.Add(50_000, 2));
        Assert.True(window.Add(60_999, 2));
        Assert.True(window.Add(61_000, 2));
        Assert.False(window.Add(61_001, 2));
        Assert.False(window.Add(61_002, 2));
        Assert.True(window.Add(61_003, 2));
    }

    [Fact]
    public void A_service_that_is_started_too_often_is_left_alone_for_ten_minutes()
    {
        Given.World world = Given.Running(Given.External() with { Starts = Two }, Given.External(2001, "other"));
        world.System.KeepsTime = true;
        Assert.True(world.Connect());
        Assert.True(world.Connect());
        world.Connect();
        Assert.Equal(2, world.System.SpawnCount);
        Assert.False(world.Connect());
        Assert.True(world.Connect(2001));
        Assert.EndsWith("ERROR: server/tcp server failing (looping), service terminated\n", world.DaemonLog, StringComparison.Ordinal);

        world.System.Advance(599_000);
        world.Settle(2);
        Assert.False(world.Connect());
        world.System.Advance(2000);
        world.Settle(2);
        Assert.True(world.Connect());
        Assert.Equal(4, world.System.SpawnCount);
    }

    [Fact]
    public void What_is_refused_is_counted_with_its_reason()
    {
        Given.World world = Given.Running(Given.External() with { Starts = Two });
        world.Connect();
        world.Connect();
        world.Connect();
        Assert.Equal("FAIL: server starts per minute from=127.0.0.1", world.ServiceLines[^1]);
    }

    [Fact]
    public void A_high_port_of_IPv4_stays_open_where_it_should_and_that_is_told_once()
    {
        StartLimit keeps = Two with { KeepsHighPorts = true };
        Given.World world = Given.Running(
            Given.External() with { Starts = keeps, Flags = ServiceFlags.IPv4 },
            Given.External(900, "low") with { Starts = keeps, Flags = ServiceFlags.IPv4 });
        for (int i = 0; i < 5; i++)
        {
            Assert.True(world.Connect());
        }

        Assert.Equal(2, world.System.SpawnCount);
        Assert.Single(world.DaemonLog.Split('\n'), line => line.Contains("its connections are closed until the minute is over", StringComparison.Ordinal));
        world.System.Advance(60_001);
        Assert.True(world.Connect());
        Assert.Equal(3, world.System.SpawnCount);

        world.Connect(900);
        world.Connect(900);
        world.Connect(900);
        Assert.False(world.Connect(900));
        Assert.Contains("server/tcp server failing (looping), service terminated for 10 min", world.DaemonLog, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reload_serves_again_what_was_left_alone()
    {
        ServiceDefinition service = Given.External() with { Starts = Two };
        Given.World world = Given.Running(service);
        world.Connect();
        world.Connect();
        world.Connect();
        Assert.False(world.Connect());
        world.Reload(Given.Configuration(service));
        Assert.True(world.Connect());
        Assert.Equal(3, world.System.SpawnCount);
    }

    [Fact]
    public void One_source_has_so_many_connections_a_minute()
    {
        Given.World world = Given.Running(Given.External() with { PerSourcePerMinute = 2 });
        for (int i = 0; i < 4; i++)
        {
            world.Connect();
        }

        Assert.Equal(2, world.System.SpawnCount);
        Assert.Equal("FAIL: server per_source_rate from=127.0.0.1", world.ServiceLines[^1]);
        world.Connect(peer: Given.PeerAt(127, 0, 0, 2));
        Assert.Equal(3, world.System.SpawnCount);
        world.System.Advance(60_001);
        world.Connect();
        Assert.Equal(4, world.System.SpawnCount);
    }

    [Fact]
    public void Of_IPv6_a_network_of_64_bits_is_one_source()
    {
        SourceRates rates = new();
        UInt128 network = (UInt128)0x20010db8_00000000 << 64;
        Assert.False(rates.Add(network | 1, 0, 1));
        Assert.True(rates.Add(network | 2, 0, 1));
        Assert.False(rates.Add(network + ((UInt128)1 << 64), 0, 1));
        Assert.False(rates.Add(IpAddress.FromV4(1).Value, 0, 1));
        Assert.False(rates.Add(IpAddress.FromV4(2).Value, 0, 1));
    }

    [Fact]
    public void However_many_sources_there_are_only_so_many_are_remembered()
    {
        SourceRates rates = new();
        for (uint i = 0; i < 3 * SourceRates.MostSources; i++)
        {
            Assert.False(rates.Add(IpAddress.FromV4(i).Value, i, 1));
            Assert.InRange(rates.Sources, 1, SourceRates.MostSources);
        }

        Assert.True(rates.Add(IpAddress.FromV4((3 * SourceRates.MostSources) - 1).Value, 3 * SourceRates.MostSources, 1));
    }
}
