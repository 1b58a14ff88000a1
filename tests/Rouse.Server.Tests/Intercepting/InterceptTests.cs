using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Intercepting;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Intercepting;

/// <summary>INTERCEPT: what a running wait server gets was judged.</summary>
public sealed class InterceptTests
{
    private const ushort Port = 2000;

    private static readonly SocketAddress Stranger = Given.PeerAt(10, 0, 0, 9);

    private static readonly ServiceDefinition Stream = Given.External(Port, "stream") with
    {
        Wait = true,
        Flags = ServiceFlags.Intercept | ServiceFlags.IPv4,
        NoAccess = [AddressPattern.Network(new IpAddress(Stranger.Address), 128, SourceSpan.None)],
    };

    private static readonly ServiceDefinition Datagrams = Given.Dgram(Stream) with { Id = "dgram" };

    [Fact]
    public void Each_connection_is_judged_and_passed_on_both_ways()
    {
        Given.World world = Given.Running(Stream);
        List<FakePeer> servers = Reachable(world);
        FakePeer end = new FakePeer().Sends("question"u8);
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1), end: end);
        world.Turn(3);
        FakeSpawn server = Assert.Single(world.System.Spawned);
        Assert.Equal("10.0.0.1", server.RemoteHost);
        Assert.Equal("question", servers[0].Received);
        servers[0].Sends("answer"u8);
        world.Turn();
        Assert.Equal("answer", end.Received);

        // While the server runs: nobody else is started, and who may not come in is not passed on.
        FakePeer refused = new();
        world.Connect(peer: Stranger, end: refused);
        world.Turn();
        Assert.True(refused.Closed);
        Assert.Contains("FAIL: stream address from=10.0.0.9", world.ServiceLines);
        FakePeer second = new FakePeer().Sends("two"u8);
        world.Connect(end: second);
        world.Turn(3);
        Assert.Equal(2, servers.Count);
        Assert.Equal("two", servers[1].Received);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void Each_ends_end_is_passed_on_and_the_other_direction_goes_on()
    {
        Given.World world = Given.Running(Stream);
        List<FakePeer> servers = Reachable(world);
        int before = world.System.OpenCount;
        FakePeer end = new FakePeer { SentAll = true }.Sends("all"u8);
        world.Connect(end: end);
        world.Turn(3);
        Assert.True(servers[0].SawEnd);
        Assert.False(end.Closed);
        servers[0].Sends("answer"u8).SentAll = true;
        world.Turn(3);
        Assert.Equal("answer", end.Received);
        Assert.True(end.Closed);
        Assert.True(servers[0].Closed);

        // The server's socket stays for the next one.
        Assert.Equal(before + 1, world.System.OpenCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reset_of_one_side_resets_the_other(bool byServer)
    {
        Given.World world = Given.Running(Stream);
        List<FakePeer> servers = Reachable(world);
        FakePeer end = new FakePeer().Sends("half a ques"u8);
        world.Connect(end: end);
        world.Settle(3);
        (byServer ? servers[0] : end).Gone = true;
        world.Settle(2);
        Assert.True(end.Closed && servers[0].Closed);
        Assert.True((byServer ? end : servers[0]).SawReset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_that_a_reload_cuts_is_reset(bool serverHasEnded)
    {
        Given.World world = Given.Running(Stream);
        List<FakePeer> servers = Reachable(world);
        FakePeer end = new FakePeer().Sends("question"u8);
        world.Connect(end: end);
        world.Settle(3);
        servers[0].Sends("answer"u8).SentAll = serverHasEnded;
        world.Settle(3);
        world.Reload(Given.Configuration(Given.External(3000, "other")));
        Assert.True(end.Closed && servers[0].Closed);
        Assert.Equal(!serverHasEnded, end.SawReset);
        Assert.True(servers[0].SawReset);
    }

    [Fact]
    public void A_receiver_that_takes_nothing_is_waited_for_and_no_more_is_read()
    {
        Given.World world = Given.Running(Stream);
        List<FakePeer> servers = Reachable(world, new FakePeer { Window = 10 });
        FakePeer end = new FakePeer().Sends(new byte[100_000]);
        world.Connect(end: end);
        world.Turn(20);
        Assert.Equal(10, servers[0].Outbound.Count);
        Assert.InRange(end.Inbound.Count, 80_000, 100_000);
        servers[0].Window = int.MaxValue;
        world.Turn(20);
        Assert.Equal(100_000, servers[0].Outbound.Count);
    }

    /// <summary>However the last bytes and the end fall to the rounds of a turn: an end of which nobody is told is waited for for ever.</summary>
    [Fact]
    public void An_end_that_comes_after_any_number_of_bytes_is_passed_on()
    {
        for (int buffers = 0; buffers <= 20; buffers++)
        {
            Given.World world = Given.Running(Stream);
            List<FakePeer> servers = Reachable(world, new FakePeer { Window = 1 });
            FakePeer end = new FakePeer { SentAll = true }.Sends(new byte[buffers * 16 * 1024]);
            world.Connect(end: end);
            world.Turn(3);
            servers[0].Window = int.MaxValue;
            world.Turn(10);
            Assert.Equal(buffers * 16 * 1024, servers[0].Outbound.Count);
            Assert.True(servers[0].SawEnd, $"after {buffers} buffers");
            servers[0].Sends("answer"u8).SentAll = true;
            world.Turn(3);
            Assert.Equal("answer", end.Received);
            Assert.True(end.Closed);
        }
    }

    [Fact]
    public void A_server_that_runs_takes_more_connections_although_no_more_servers_may_be_started()
    {
        Given.World world = new(Given.Configuration(Stream, Given.External(3000, "other")), processLimit: 1);
        List<FakePeer> servers = Reachable(world);
        world.Connect(end: new FakePeer().Sends("one"u8));
        world.Turn(2);
        world.Connect(end: new FakePeer().Sends("two"u8));
        world.Turn(2);
        Assert.Equal(["one", "two"], servers.Select(server => server.Received));
        Assert.Equal(1, world.System.SpawnCount);

        // For which a server of its own would be needed.
        world.Connect(3000, end: new FakePeer());
        Assert.Equal("FAIL: other process_limit from=127.0.0.1", world.ServiceLines[^1]);
    }

    [Fact]
    public void Where_it_would_have_to_be_started_the_limit_of_all_servers_holds_for_it()
    {
        Given.World world = new(Given.Configuration(Stream, Datagrams, Given.External(3000, "other")), processLimit: 1);
        Reachable(world);
        world.Connect(3000, end: new FakePeer());
        FakePeer refused = new();
        world.Connect(end: refused);
        world.System.SendDatagram(Port, Given.Peer, [1]);
        world.Turn(3);
        Assert.True(refused.Closed);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Contains("FAIL: stream process_limit from=127.0.0.1", world.ServiceLines);
    }

    [Fact]
    public void Who_was_let_in_waits_where_its_server_would_be_one_too_many()
    {
        Given.World world = new(Given.Configuration(Stream), processLimit: 1);
        Reachable(world);
        FakePeer end = new();
        world.Connect(end: end);
        world.Keeper.Gate.ProcessLimit = 0;
        world.Turn();
        world.System.Advance(1000);
        world.Turn();
        Assert.Equal(0, world.System.SpawnCount);
        Assert.False(end.Closed);
        Assert.Equal(2, world.DaemonLog.Split("the limit of all servers (-limit) is reached").Length);
        world.Keeper.Gate.ProcessLimit = 1;
        world.System.Advance(1000);
        world.Turn(2);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void Limits_count_connections_and_the_server_takes_no_place()
    {
        Given.World world = Given.Running(Stream with { Instances = 2, PerSource = 1 });
        List<FakePeer> servers = Reachable(world);
        FakePeer first = new(), second = new();
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1), end: first);
        world.Turn(2);
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        world.Connect(peer: Given.PeerAt(10, 0, 0, 2), end: second);
        world.Connect(peer: Given.PeerAt(10, 0, 0, 3));
        Assert.Equal(
            ["FAIL: stream per_source_limit from=10.0.0.1", "FAIL: stream service_limit from=10.0.0.3"],
            world.ServiceLines.Where(line => line.StartsWith("FAIL", System.StringComparison.Ordinal)));
        Assert.Equal(2, servers.Count);
        world.End(world.System.LastPid);
        Assert.Equal(2, Only(world).Occupancy.Live);
        first.SentAll = second.SentAll = true;
        servers.ForEach(server => server.SentAll = true);
        world.Turn(3);
        Assert.Equal(0, Only(world).Occupancy.Live);
    }

    [Fact]
    public void When_the_server_has_ended_what_waits_wakes_the_next()
    {
        Given.World world = Given.Running(Stream);
        Reachable(world);
        world.Connect();
        world.Turn(2);
        Assert.Equal(1, world.System.SpawnCount);
        world.Turn(3);
        Assert.Equal(1, world.System.SpawnCount);

        // The fake server never accepts, so its socket is still readable.
        world.End(world.System.LastPid);
        world.Turn();
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void The_end_of_a_server_of_a_socket_that_was_closed_starts_none_beside_the_one_that_runs()
    {
        Given.World world = Given.Running(Stream);
        Reachable(world);
        world.Connect();
        world.Turn(2);
        int older = world.System.LastPid;
        world.Reload(Given.Configuration(Stream with { BindAddresses = [IpAddress.FromV4(0x7f000001)] }));
        world.Connect();
        world.Settle(3);
        int newer = world.System.LastPid;
        Assert.Equal(older + 1, newer);
        world.End(older);
        world.Settle(3);
        Assert.Equal(newer, world.System.LastPid);
        world.End(newer);
        world.Settle(3);
        Assert.Equal(newer + 1, world.System.LastPid);
    }

    [Fact]
    public void Without_a_process_it_rests_and_tries_again()
    {
        Given.World world = Given.Running(Stream);
        Reachable(world);
        world.System.SpawnError = Errno.EAGAIN;
        world.Connect();
        world.Turn(2);
        Assert.Contains("FAIL: stream fork from=127.0.0.1", world.ServiceLines);
        world.System.SpawnError = Errno.None;
        world.System.Advance(1000);
        world.Turn(3);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void Each_datagram_is_judged_and_its_answer_passed_back()
    {
        Given.World world = Given.Running(Datagrams);
        List<FakePeer> channels = Reachable(world);
        world.System.SendDatagram(Port, Given.Peer, "one"u8.ToArray());
        world.System.SendDatagram(Port, Stranger, "no"u8.ToArray());
        world.System.SendDatagram(Port, Given.PeerAt(10, 0, 0, 2), "two"u8.ToArray());
        world.System.SendDatagram(Port, Given.Peer, "three"u8.ToArray());
        world.Turn(2);
        Assert.Equal(["onethree", "two"], channels.Select(channel => channel.Received));
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Contains("FAIL: dgram address from=10.0.0.9", world.ServiceLines);
        channels[1].Sends("answer"u8);
        world.Turn();
        (SocketAddress to, byte[] bytes) = Assert.Single(world.System.DatagramsSent);
        Assert.Equal(Given.PeerAt(10, 0, 0, 2), to);
        Assert.Equal("answer"u8.ToArray(), bytes);
    }

    [Fact]
    public void Channels_are_bounded_in_number_and_time()
    {
        Given.World world = Given.Running(Datagrams);
        List<FakePeer> channels = Reachable(world);
        for (int i = 0; i < DatagramInterceptor.MostChannels + 50; i++)
        {
            world.System.SendDatagram(Port, Given.PeerAt(10, 1, (byte)(i >> 8), (byte)i), [1]);
            world.System.Advance(1);
            world.Turn();
        }

        Assert.Equal(DatagramInterceptor.MostChannels, channels.Count(channel => !channel.Closed));
        Assert.All(channels.Take(50), channel => Assert.True(channel.Closed));
        world.System.Advance(DatagramInterceptor.IdleMs);
        world.Turn(3);
        Assert.All(channels, channel => Assert.True(channel.Closed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_is_closed_when_the_service_goes_or_loses_the_flag(bool goes)
    {
        foreach (ServiceDefinition definition in new[] { Stream, Datagrams })
        {
            Given.World world = Given.Running(definition, Given.External(3000, "stays"));
            int before = world.System.OpenCount;
            List<FakePeer> servers = Reachable(world);
            world.Connect(end: new FakePeer());
            if (definition.SocketType == SocketType.Dgram)
            {
                world.System.SendDatagram(Port, Given.Peer, [1]);
            }

            world.Turn(2);
            ServiceDefinition[] next = goes ? [] : [definition with { Flags = ServiceFlags.IPv4 }];
            world.Reload(Given.Configuration([.. next, Given.External(3000, "stays")]));
            Assert.Equal(before - (goes ? 1 : 0), world.System.OpenCount);
            Assert.All(servers, server => Assert.True(server.Closed));
            Assert.Contains(world.System.LastPid, world.System.Killed);
        }
    }

    private static Service Only(Given.World world) => world.Keeper.Services[0];

    // The other ends of what is passed on, in order. Each makes the server's socket readable, as the kernel would.
    private static List<FakePeer> Reachable(Given.World world, FakePeer? first = null)
    {
        List<FakePeer> ends = [];
        world.System.Target = to =>
        {
            Assert.Equal(0, to.Port);
            world.System.Connect(0, Given.Peer);
            ends.Add(ends.Count == 0 && first is not null ? first : new FakePeer());
            return ends[^1];
        };
        return ends;
    }
}
