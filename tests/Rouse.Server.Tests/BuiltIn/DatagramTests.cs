using System;
using System.Collections.Generic;
using System.Text;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.BuiltIn;

public sealed class DatagramTests
{
    [Fact]
    public void Every_queued_datagram_is_answered_to_its_own_sender()
    {
        Given.World world = Given.Running(Given.Dgram(Given.BuiltIn(BuiltInService.Echo)));
        for (int i = 0; i < 100; i++)
        {
            world.System.SendDatagram(2007, Given.PeerAt(10, 0, 0, (byte)i), Encoding.ASCII.GetBytes($"datagram {i}"));
        }

        world.Turn(5);
        Assert.Equal(100, world.System.DatagramsSent.Count);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(Given.PeerAt(10, 0, 0, (byte)i), world.System.DatagramsSent[i].Peer);
            Assert.Equal($"datagram {i}", Encoding.ASCII.GetString(world.System.DatagramsSent[i].Bytes));
        }
    }

    [Fact]
    public void Empty_and_largest_datagrams_come_back_whole()
    {
        Given.World world = Given.Running(Given.Dgram(Given.BuiltIn(BuiltInService.Echo)));
        byte[] largest = new byte[65507];
        new Random(1).NextBytes(largest);
        world.System.SendDatagram(2007, Given.Peer, []);
        world.System.SendDatagram(2007, Given.Peer, largest);
        world.Turn();
        Assert.Equal([], world.System.DatagramsSent[0].Bytes);
        Assert.Equal(largest, world.System.DatagramsSent[1].Bytes);
    }

    [Fact]
    public void Discard_answers_nothing()
    {
        Given.World world = Given.Running(Given.Dgram(Given.BuiltIn(BuiltInService.Discard)));
        world.System.SendDatagram(2007, Given.Peer, [1, 2]);
        world.Turn();
        Assert.Empty(world.System.DatagramsSent);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(19)]
    [InlineData(37)]
    [InlineData(2007)]
    [InlineData(0)]
    public void Ports_of_services_that_would_answer_back_get_no_answer(int port)
    {
        Given.World world = Given.Running(Given.Dgram(Given.BuiltIn(BuiltInService.Echo)));
        world.System.SendDatagram(2007, Given.PeerAt(10, 0, 0, 1, (ushort)port), [1]);
        world.Turn();
        Assert.Empty(world.System.DatagramsSent);
    }

    [Theory]
    [InlineData(255, 255, 255, 255)]
    [InlineData(224, 0, 0, 1)]
    [InlineData(239, 1, 2, 3)]
    [InlineData(0, 0, 0, 0)]
    public void Addresses_that_are_not_one_hosts_get_no_answer(byte a, byte b, byte c, byte d)
    {
        Given.World world = Given.Running(Given.Dgram(Given.BuiltIn(BuiltInService.Daytime)));
        world.System.SendDatagram(2007, Given.PeerAt(a, b, c, d), [1]);
        world.Turn();
        Assert.Empty(world.System.DatagramsSent);
    }

    [Fact]
    public void Chargen_answers_a_source_only_so_often_and_others_still()
    {
        Given.World world = Given.Running(Given.Dgram(Given.BuiltIn(BuiltInService.Chargen)));
        for (int i = 0; i < 500; i++)
        {
            world.System.SendDatagram(2007, Given.PeerAt(10, 0, 0, 1), [1]);
        }

        world.Turn(20);
        Assert.Equal(50, world.System.DatagramsSent.Count);
        Assert.Equal(1024, world.System.DatagramsSent[0].Bytes.Length);
        world.System.SendDatagram(2007, Given.PeerAt(172, 16, 5, 9), [1]);
        world.Turn();
        Assert.Equal(51, world.System.DatagramsSent.Count);
        world.System.Advance(1000);
        world.System.SendDatagram(2007, Given.PeerAt(10, 0, 0, 1), [1]);
        world.Turn();
        Assert.Equal(52, world.System.DatagramsSent.Count);
    }

    [Fact]
    public void A_refused_sender_does_not_cost_the_others_their_answers()
    {
        Given.World world = Given.Running(Given.Dgram(Given.BuiltIn(BuiltInService.Echo)) with { Cps = new CpsLimit(5, 10) });
        for (int i = 0; i < 4; i++)
        {
            world.System.SendDatagram(2007, Given.Peer, [(byte)i]);
        }

        world.Turn();
        List<(SocketAddress Peer, byte[] Bytes)> sent = world.System.DatagramsSent;
        Assert.Equal(4, sent.Count);
    }
}
