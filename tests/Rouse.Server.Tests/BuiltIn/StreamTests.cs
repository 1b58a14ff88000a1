using System;
using System.Text;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.BuiltIn;

public sealed class StreamTests
{
    [Fact]
    public void Echo_returns_what_it_gets_and_closes_when_the_peer_does()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Echo));
        FakePeer peer = new FakePeer().Sends("hello"u8);
        world.Connect(2007, end: peer);
        Assert.Equal("hello", peer.Received);
        peer.Sends(" again"u8).SentAll = true;
        world.Turn(3);
        Assert.Equal("hello again", peer.Received);
        Assert.True(peer.Closed);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal(["START: echo pid=0 from=127.0.0.1", "EXIT: echo status=0 pid=0 duration=0(sec)"], world.ServiceLines);
    }

    [Fact]
    public void Echo_keeps_what_the_peer_does_not_take_and_loses_nothing()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Echo));
        byte[] sent = new byte[100_000];
        new Random(7).NextBytes(sent);
        FakePeer peer = new FakePeer { Window = 10 }.Sends(sent);
        peer.SentAll = true;
        world.Connect(2007, end: peer);
        for (int i = 0; i < 5000 && !peer.Closed; i++)
        {
            peer.Window += 37;
            world.Turn();
        }

        Assert.Equal(sent, peer.Outbound);
        Assert.True(peer.Closed);
    }

    [Fact]
    public void A_peer_that_goes_away_in_the_middle_ends_its_session_only()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Echo) with { Instances = 2 });
        FakePeer gone = new();
        FakePeer other = new();
        world.Connect(2007, end: gone);
        world.Connect(2007, end: other);
        gone.Sends("x"u8).Gone = true;
        world.Turn(2);
        Assert.True(gone.Closed);
        FakePeer third = new FakePeer().Sends("c"u8);
        world.Connect(2007, end: third);
        Assert.Equal("c", third.Received);
        Assert.False(other.Closed);
    }

    [Fact]
    public void Instances_and_per_source_hold_for_what_the_daemon_answers_itself()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Discard) with { Instances = 2, PerSource = 1 });
        world.Connect(2007, Given.PeerAt(10, 0, 0, 1), new FakePeer());
        world.Connect(2007, Given.PeerAt(10, 0, 0, 1), new FakePeer());
        world.Connect(2007, Given.PeerAt(10, 0, 0, 2), new FakePeer());
        world.Connect(2007, Given.PeerAt(10, 0, 0, 3), new FakePeer());
        Assert.Contains("FAIL: discard per_source_limit from=10.0.0.1", world.ServiceLines);
        Assert.Contains("FAIL: discard service_limit from=10.0.0.3", world.ServiceLines);
    }

    [Fact]
    public void Discard_reads_to_the_end()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Discard));
        FakePeer peer = new FakePeer().Sends(new byte[300_000]);
        peer.SentAll = true;
        world.Connect(2007, end: peer);
        world.Turn(5);
        Assert.Empty(peer.Inbound);
        Assert.Empty(peer.Outbound);
        Assert.True(peer.Closed);
    }

    [Fact]
    public void Chargen_writes_the_ring_without_a_seam_however_it_is_taken()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Chargen));
        FakePeer peer = new() { Window = 0 };
        world.Connect(2007, end: peer);
        Random random = new(3);
        while (peer.Outbound.Count < 300_000)
        {
            peer.Window += random.Next(1, 9000);
            world.Turn();
        }

        string[] lines = peer.Received.Split("\r\n");
        for (int i = 0; i < lines.Length - 1; i++)
        {
            Assert.Equal(72, lines[i].Length);
            Assert.Equal((char)(0x21 + (i % 95 % 93)), lines[i][0]);
            Assert.Equal((char)(0x21 + (((i % 95) + 71) % 93)), lines[i][71]);
        }

        peer.Gone = true;
        world.Turn(2);
        Assert.True(peer.Closed);
    }

    [Fact]
    public void Daytime_tells_the_time_as_the_original_and_closes()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Daytime));
        FakePeer peer = new();
        world.Connect(2007, end: peer);
        DateTime now = DateTime.UnixEpoch.AddSeconds(world.System.UnixSeconds);
        string expected = $"{now:dd} {now.ToString("MMM").ToUpperInvariant()} {now:yyyy HH:mm:ss} UTC\r\n";
        Assert.Equal(expected, peer.Received);
        Assert.True(peer.Closed);
    }

    [Fact]
    public void Time_is_four_bytes_since_1900()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Time));
        FakePeer peer = new();
        world.Connect(2007, end: peer);
        Assert.Equal(4, peer.Outbound.Count);
        uint seconds = BitConverter.ToUInt32([peer.Outbound[3], peer.Outbound[2], peer.Outbound[1], peer.Outbound[0]]);
        Assert.Equal((uint)(world.System.UnixSeconds + 2_208_988_800), seconds);
    }

    [Fact]
    public void A_thousand_echo_sessions_leave_no_descriptor_behind()
    {
        Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Echo));
        int before = world.System.OpenCount;
        for (int i = 0; i < 1000; i++)
        {
            FakePeer peer = new FakePeer().Sends(Encoding.ASCII.GetBytes($"peer {i}"));
            peer.SentAll = true;
            world.Connect(2007, end: peer);
            world.Turn(2);
            Assert.Equal($"peer {i}", peer.Received);
        }

        Assert.Equal(before, world.System.OpenCount);
    }

    [Fact]
    public void SIGTERM_closes_what_the_daemon_answers_and_SIGQUIT_leaves_it()
    {
        foreach ((int signal, bool closed) in new[] { (Signal.TERM, true), (Signal.INT, true), (Signal.QUIT, false) })
        {
            Given.World world = Given.Running(Given.BuiltIn(BuiltInService.Echo), Given.External());
            FakePeer peer = new();
            world.Connect(2007, end: peer);
            world.Connect(2000);
            world.System.Raise(signal);
            world.Turn();
            Assert.Equal(closed, peer.Closed);
            Assert.Empty(world.System.Killed);
            Assert.Contains("Exiting...", world.DaemonLog);
            Assert.False(world.System.Connect(2000, Given.Peer));
        }
    }
}
