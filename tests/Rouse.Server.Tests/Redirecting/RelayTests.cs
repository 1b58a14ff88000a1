using System;
using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Server.Redirecting;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Redirecting;

/// <summary>How bytes are moved: all of them, in order, by turns, and with nothing held that is not needed.</summary>
public sealed class RelayTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whatever_the_peers_take_and_send_nothing_is_lost(bool withoutPipes)
    {
        Redirected redirected = new();
        redirected.System.PipeError = withoutPipes ? Errno.EMFILE : Errno.None;
        FakePeer client = redirected.Connect(new FakePeer { Window = 0 });
        FakePeer target = redirected.Targets[0];
        target.Window = 0;
        Random random = new(11);
        (List<byte> asked, List<byte> answered) = ([], []);
        for (int round = 0; round < 1000; round++)
        {
            Send(client, asked, random);
            Send(target, answered, random);
            client.Window += random.Next(4) == 0 ? random.Next(90_000) : 0;
            target.Window += random.Next(4) == 0 ? random.Next(90_000) : 0;
            redirected.World.Turn(random.Next(3));
        }

        client.SentAll = true;
        (client.Window, target.Window) = (int.MaxValue, int.MaxValue);
        redirected.World.Turn(50);
        Assert.False(client.Closed);
        target.SentAll = true;
        redirected.World.Turn(50);
        Assert.True(client.Closed && target.Closed);
        Assert.True(asked.ToArray().AsSpan().SequenceEqual(target.Outbound.ToArray()));
        Assert.True(answered.ToArray().AsSpan().SequenceEqual(client.Outbound.ToArray()));
        Assert.Contains($"TRAFFIC: relay in={asked.Count}(bytes) out={answered.Count}(bytes)", redirected.World.ServiceLines);
    }

    [Fact]
    public void Only_a_direction_with_bytes_in_flight_holds_a_pipe()
    {
        Redirected redirected = new();
        List<FakePeer> clients = [];
        for (int i = 0; i < 10; i++)
        {
            clients.Add(redirected.Connect(new FakePeer().Sends(new byte[200_000])));
            Assert.Equal(200_000, redirected.Targets[i].Outbound.Count);
        }

        // The first one's pipe was used for all of them.
        Assert.Equal(2, redirected.System.PipeEnds);
        clients.ForEach(client => client.SentAll = true);
        redirected.Targets.ForEach(target => target.SentAll = true);
        redirected.World.Turn(3);
        Assert.Equal(2, redirected.System.PipeEnds);
    }

    [Fact]
    public void A_small_message_needs_no_pipe()
    {
        Redirected redirected = new();
        redirected.Connect(new FakePeer().Sends(new byte[10_000]));
        Assert.Equal(10_000, redirected.Targets[0].Outbound.Count);
        Assert.Equal(0, redirected.System.PipeEnds);
    }

    [Fact]
    public void A_stream_that_has_brought_much_is_spliced_on_after_a_pause_until_it_brings_little()
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect(new FakePeer().Sends(new byte[100_000]));
        long first = redirected.System.SplicedBytes;
        Assert.InRange(first, 100_000 - (2 * RelayBuffers.Size), 99_999);
        client.Sends(new byte[50_000]);
        redirected.World.Turn(2);
        Assert.Equal(first + 50_000, redirected.System.SplicedBytes);

        // The first small message after that goes the same way, and the next ones do not.
        client.Sends(new byte[100]);
        redirected.World.Turn(2);
        Assert.Equal(first + 50_100, redirected.System.SplicedBytes);
        client.Sends(new byte[100]);
        redirected.World.Turn(2);
        Assert.Equal(first + 50_100, redirected.System.SplicedBytes);
        Assert.Equal(150_200, redirected.Targets[0].Outbound.Count);
    }

    [Fact]
    public void A_peer_that_does_not_read_holds_its_sender_back()
    {
        Redirected redirected = new() { NextTarget = () => new FakePeer { Window = 1000 } };
        FakePeer client = redirected.Connect(new FakePeer().Sends(new byte[2_000_000]));
        redirected.World.Turn(20);
        int taken = 2_000_000 - client.Inbound.Count;
        Assert.InRange(taken, 1000, 1000 + (16 * 1024) + PipePool.PipeSize);
        redirected.World.Turn(20);
        Assert.Equal(taken, 2_000_000 - client.Inbound.Count);
    }

    [Fact]
    public void Peers_that_do_not_read_take_a_bounded_number_of_pipes()
    {
        Redirected redirected = new() { NextTarget = () => new FakePeer { Window = 20_000 } };
        List<FakePeer> clients = [];
        for (int i = 0; i < PipePool.Most + 50; i++)
        {
            clients.Add(redirected.Connect(new FakePeer().Sends(new byte[100_000])));
        }

        Assert.Equal(2 * PipePool.Most, redirected.System.PipeEnds);
        clients.ForEach(client => client.Gone = true);
        redirected.Targets.ForEach(target => target.Gone = true);
        redirected.World.Turn(5);
        Assert.All(clients, client => Assert.True(client.Closed));
        Assert.Equal(0, redirected.System.PipeEnds);
    }

    [Fact]
    public void A_busy_connection_leaves_the_others_their_turn()
    {
        Redirected redirected = new();
        FakePeer busy = new FakePeer().Sends(new byte[4 * RelayFlow.TurnBytes]);
        FakePeer other = new FakePeer().Sends("x"u8);
        redirected.System.Connect(Redirected.Port, Given.Peer, busy);
        redirected.System.Connect(Redirected.Port, Given.Peer, other);
        redirected.World.Turn(2);
        Assert.InRange(redirected.Targets[0].Outbound.Count, 1, 2 * RelayFlow.TurnBytes + PipePool.PipeSize);
        Assert.Equal("x", redirected.Targets[1].Received);
        redirected.World.Turn(10);
        Assert.Equal(4 * RelayFlow.TurnBytes, redirected.Targets[0].Outbound.Count);
    }

    [Fact]
    public void No_descriptor_is_left_behind_however_a_session_ends()
    {
        Redirected redirected = new();
        int before = redirected.System.OpenCount;
        Random random = new(5);
        for (int i = 0; i < 2000; i++)
        {
            redirected.NextTarget = random.Next(4) switch
            {
                0 => () => null,
                1 => () => new FakePeer { Window = random.Next(50_000) }.Sends(new byte[random.Next(2) * random.Next(60_000)]),
                2 => () => new FakePeer { IsConnecting = true },
                _ => null,
            };
            redirected.System.ConnectStartError = random.Next(10) == 0 ? Errno.EMFILE : Errno.None;
            redirected.System.PipeError = random.Next(10) == 0 ? Errno.EMFILE : Errno.None;
            byte[] question = new byte[random.Next(2) * random.Next(60_000)];
            FakePeer client = redirected.Connect(new FakePeer { Window = random.Next(50_000) }.Sends(question));
            switch (random.Next(3))
            {
                case 0:
                    client.Gone = true;
                    break;
                case 1 when redirected.Targets.Count > 0:
                    redirected.Targets[^1].Gone = true;
                    break;
                default:
                    client.SentAll = true;
                    break;
            }

            redirected.World.Turn(2);
        }

        redirected.Targets.ForEach(target => (target.Gone, target.IsConnecting) = (true, false));
        redirected.World.Turn(100);
        redirected.System.Advance(100_000);
        redirected.World.Turn(5);
        Assert.Equal(0, redirected.World.Keeper.Services[0].Occupancy.Live);
        Assert.Equal(0, redirected.World.Keeper.Gate.Processes);
        Assert.InRange(redirected.System.OpenCount - before, 0, 8);
        Assert.Equal(redirected.System.OpenCount - before, redirected.System.PipeEnds);
    }

    [Fact]
    public void No_descriptor_for_the_target_is_told_once_a_burst()
    {
        Redirected redirected = new();
        redirected.System.ConnectStartError = Errno.EMFILE;
        for (int i = 0; i < 20; i++)
        {
            Assert.True(redirected.Connect().Closed);
        }

        Assert.Equal(2, redirected.World.DaemonLog.Split("can't connect to remote host 10.9.8.7: Too many open files").Length);
    }

    [Fact]
    public void A_steady_load_allocates_nothing()
    {
        Redirected redirected = new();
        redirected.System.KeepsLogs = false;
        FakePeer target = new();
        redirected.System.Target = _ => target;
        FakePeer client = new();
        long allocated = Allocated.AtLeast(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Play(redirected, client, target);
            }
        });
        Assert.Equal(0, allocated);
    }

    private static void Play(Redirected redirected, FakePeer client, FakePeer target)
    {
        (client.SentAll, target.SentAll, client.Closed, target.Closed) = (false, false, false, false);
        redirected.System.Connect(Redirected.Port, Given.Peer, client.Sends("question"u8));
        redirected.World.Turn(2);
        target.Sends("answer"u8).SentAll = true;
        client.SentAll = true;
        redirected.World.Turn(2);
        Assert.True(client.Closed);
        client.Outbound.Clear();
        target.Outbound.Clear();
    }

    private static void Send(FakePeer peer, List<byte> sent, Random random)
    {
        if (random.Next(3) == 0)
        {
            byte[] bytes = new byte[random.Next(2) == 0 ? random.Next(100) : random.Next(60_000)];
            random.NextBytes(bytes);
            sent.AddRange(bytes);
            peer.Sends(bytes);
        }
    }
}
