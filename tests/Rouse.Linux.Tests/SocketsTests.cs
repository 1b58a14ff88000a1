using System;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Rouse.Linux.Tests;

public sealed class SocketsTests
{
    private static readonly UInt128 Loopback4 = ((UInt128)0xffff << 32) | 0x7f000001;
    private readonly LinuxSystem _system = new();

    [Theory]
    [InlineData(AddressFamily.IPv4)]
    [InlineData(AddressFamily.IPv6)]
    public void A_peer_is_accepted_with_its_address_and_port(AddressFamily family)
    {
        Fd listener = Listen(family, 1, out ushort port);
        using Socket client = new(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, port);
        SysResult accepted = _system.Accept(listener, nonBlocking: true, out SocketAddress peer);
        Assert.True(accepted.Ok);
        Assert.Equal(family, peer.Family);
        Assert.Equal(Loopback4, peer.Address);
        Assert.Equal(((IPEndPoint)client.LocalEndPoint!).Port, peer.Port);
        Assert.Equal(Errno.EAGAIN, _system.Accept(listener, nonBlocking: true, out _).Error);

        client.Send("hello"u8);
        byte[] buffer = new byte[16];
        Assert.Equal(5, _system.Receive(accepted.Fd, buffer).Value);
        Assert.Equal(3, _system.Send(accepted.Fd, "you"u8).Value);
        byte[] answer = new byte[3];
        client.ReceiveExactly(answer);
        Assert.Equal("you", Encoding.ASCII.GetString(answer));
        _system.Close(accepted.Fd);
        _system.Close(listener);
    }

    [Fact]
    public void A_connect_is_started_from_a_chosen_address_and_told_when_it_is_over()
    {
        Fd listener = Listen(AddressFamily.IPv4, 1, out ushort port);
        SocketAddress to = new(AddressFamily.IPv4, Loopback4, port);
        SysResult started = _system.StartConnect(to, new SocketAddress(AddressFamily.IPv4, Loopback4 + 1, 0));
        Assert.True(started.Ok);
        Assert.True(SpinWait.SpinUntil(() => _system.Send(started.Fd, "x"u8).Ok, TimeSpan.FromSeconds(10)));
        Assert.Equal(Errno.None, _system.ConnectError(started.Fd));
        SysResult accepted = _system.Accept(listener, nonBlocking: true, out SocketAddress peer);
        Assert.Equal(Loopback4 + 1, peer.Address);
        Assert.Equal(_system.LocalAddress(started.Fd), peer);
        _system.Close(accepted.Fd);
        _system.Close(started.Fd);
        _system.Close(listener);

        // Nobody listens there any more: refused at once, or when the kernel has tried.
        SysResult refused = _system.StartConnect(to, SocketAddress.None);
        Assert.Equal(Errno.ECONNREFUSED, refused.Ok ? _system.ConnectError(refused.Fd) : refused.Error);
        if (refused.Ok)
        {
            _system.Close(refused.Fd);
        }
    }

    [Fact]
    public void Peeking_leaves_the_bytes_and_says_when_none_are_there()
    {
        Fd listener = Listen(AddressFamily.IPv4, 1, out ushort port);
        Fd client = _system.StartConnect(new SocketAddress(AddressFamily.IPv4, Loopback4, port), SocketAddress.None).Fd;
        Fd accepted = _system.Accept(listener, nonBlocking: false, out _).Fd;
        Assert.Equal(Errno.None, _system.ConnectError(client));
        byte[] buffer = new byte[16];
        Assert.Equal(Errno.EAGAIN, _system.Peek(accepted, buffer).Error);
        _system.Send(client, "hello"u8);
        Assert.Equal(3, _system.Peek(accepted, buffer.AsSpan(0, 3)).Value);
        Assert.Equal(5, _system.Peek(accepted, buffer).Value);
        Assert.Equal(5, _system.Receive(accepted, buffer).Value);
        _system.Close(client);
        Assert.Equal(0, _system.Peek(accepted, buffer).Value);
        _system.Close(accepted);
        _system.Close(listener);
    }

    [Fact]
    public void A_descriptor_can_be_made_to_block_and_not_to()
    {
        const int NonBlocking = 0x800;
        Fd listener = Listen(AddressFamily.IPv4, 1, out _);
        _system.SetBlocking(listener, true);
        Assert.Equal(0, FlagsOf(listener) & NonBlocking);
        _system.SetBlocking(listener, false);
        Assert.Equal(NonBlocking, FlagsOf(listener) & NonBlocking);
        _system.Close(listener);

        static int FlagsOf(Fd fd)
        {
            string[] lines = System.IO.File.ReadAllLines($"/proc/self/fdinfo/{fd.Value}");
            string flags = Array.Find(lines, line => line.StartsWith("flags:", StringComparison.Ordinal))!;
            return Convert.ToInt32(flags["flags:".Length..].Trim(), 8);
        }
    }

    [Fact]
    public void An_address_has_its_name_and_the_name_its_addresses()
    {
        string? name = HostNames.NameOf(new SocketAddress(AddressFamily.IPv4, Loopback4, 0));
        Assert.NotNull(name);
        Assert.Contains(HostNames.Resolve(name, AddressFamily.IPv4), address => address.Address == Loopback4);
        Assert.All(HostNames.Resolve(name, AddressFamily.IPv4), address => Assert.Equal(AddressFamily.IPv4, address.Family));
    }

    [Fact]
    public void A_connect_to_nobody_is_refused()
    {
        Fd listener = Listen(AddressFamily.IPv4, 1, out ushort port);
        _system.Close(listener);
        SysResult started = _system.StartConnect(new SocketAddress(AddressFamily.IPv4, Loopback4, port), SocketAddress.None);
        Assert.Equal(Errno.ECONNREFUSED, started.Ok ? _system.ConnectError(started.Fd) : started.Error);
        if (started.Ok)
        {
            _system.Close(started.Fd);
        }
    }

    [Fact]
    public void A_connected_datagram_socket_hears_its_peer_only()
    {
        Fd server = Listen(AddressFamily.IPv4, 2, out ushort port);
        Fd stranger = Listen(AddressFamily.IPv4, 2, out _);
        Fd client = _system.ConnectDatagrams(new SocketAddress(AddressFamily.IPv4, Loopback4, port)).Fd;
        SocketAddress clientAddress = _system.LocalAddress(client);
        Assert.Equal(3, _system.Send(client, "you"u8).Value);
        Assert.True(_system.PeekSender(server, out SocketAddress sender).Ok);
        Assert.Equal(clientAddress, sender);
        Assert.True(_system.SendTo(stranger, "no"u8, clientAddress).Ok);
        Assert.True(_system.SendTo(server, "yes"u8, clientAddress).Ok);
        byte[] buffer = new byte[16];
        Assert.Equal(3, _system.Receive(client, buffer).Value);
        Assert.Equal("yes", Encoding.ASCII.GetString(buffer, 0, 3));
        Assert.Equal(Errno.EAGAIN, _system.Receive(client, buffer).Error);
        _system.Close(client);
        _system.Close(stranger);
        _system.Close(server);
    }

    [Fact]
    public void An_IPv6_only_socket_takes_no_IPv4_peer()
    {
        SysResult opened = _system.OpenListener(new ListenRequest(new SocketAddress(AddressFamily.IPv6, UInt128.Zero, 0), 1, 0, V6Only: true, NonBlocking: true));
        Assert.True(opened.Ok);
        ushort port = _system.LocalAddress(opened.Fd).Port;
        using Socket client = new(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Throws<SocketException>(() => client.Connect(IPAddress.Loopback, port));
        _system.Close(opened.Fd);
    }

    [Fact]
    public void A_connection_is_dropped_and_without_one_nothing_waits_though_the_socket_blocks()
    {
        Fd listener = _system.OpenListener(
            new ListenRequest(new SocketAddress(AddressFamily.IPv4, Loopback4, 0), 1, 0, V6Only: false, NonBlocking: false)).Fd;
        using Socket client = new(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, _system.LocalAddress(listener).Port);
        _system.DropConnection(listener);
        Assert.Equal(0, client.Receive(new byte[1]));
        _system.DropConnection(listener);
        _system.Close(listener);
    }

    [Fact]
    public void A_port_in_use_says_so()
    {
        Fd listener = Listen(AddressFamily.IPv4, 1, out ushort port);
        Assert.Equal(Errno.EADDRINUSE, _system.OpenListener(Request(AddressFamily.IPv4, 1, port)).Error);
        _system.Close(listener);
    }

    [Theory]
    [InlineData(AddressFamily.IPv4)]
    [InlineData(AddressFamily.IPv6)]
    public void Datagrams_are_taken_and_answered_in_batches(AddressFamily family)
    {
        Fd server = Listen(family, 2, out ushort port);
        using Socket client = new(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2000 };
        client.Connect(IPAddress.Loopback, port);
        for (int i = 0; i < 20; i++)
        {
            client.Send(Encoding.ASCII.GetBytes($"datagram {i}"));
        }

        Assert.Equal(20, Receive(server, 20, out string replies, client));
        Assert.StartsWith("datagram 0datagram 1", replies);
        _system.Close(server);
    }

    [Fact]
    public void The_sender_of_the_first_datagram_is_seen_and_the_datagram_stays()
    {
        Fd server = Listen(AddressFamily.IPv4, 2, out ushort port);
        using Socket client = new(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.Connect(IPAddress.Loopback, port);
        client.Send("one"u8);
        client.Send("two"u8);
        Assert.True(_system.PeekSender(server, out SocketAddress sender).Ok);
        Assert.Equal(Loopback4, sender.Address);
        _system.DropDatagram(server);
        byte[] buffer = new byte[16];
        Assert.Equal(3, _system.Receive(server, buffer).Value);
        Assert.Equal("two", Encoding.ASCII.GetString(buffer, 0, 3));
        Assert.Equal(Errno.EAGAIN, _system.PeekSender(server, out _).Error);
        _system.Close(server);
    }

    [Fact]
    public void The_loop_sees_what_is_ready_with_its_token_and_sleeps_no_longer_than_told()
    {
        Fd poll = _system.OpenPoll().Fd;
        Fd wake = _system.OpenWake().Fd;
        Assert.True(_system.Watch(poll, wake, PollEvents.In, 0xfeedbeef_00000007).Ok);
        PollEvent[] events = new PollEvent[4];
        Assert.Equal(0, _system.Poll(poll, events, 1).Value);
        _system.Wake(wake);
        Assert.Equal(1, _system.Poll(poll, events, 1000).Value);
        Assert.Equal(new PollEvent(PollEvents.In, 0xfeedbeef_00000007), events[0]);
        _system.DrainWake(wake);
        Assert.Equal(0, _system.Poll(poll, events, 0).Value);
        _system.Close(wake);
        _system.Close(poll);
    }

    [Fact]
    public void Addresses_survive_the_way_to_the_kernel_and_back()
    {
        Fd listener = _system.OpenListener(new ListenRequest(new SocketAddress(AddressFamily.IPv6, UInt128.One, 0), 1, 0, false, true)).Fd;
        SocketAddress local = _system.LocalAddress(listener);
        Assert.Equal(UInt128.One, local.Address);
        Assert.NotEqual(0, local.Port);
        _system.Close(listener);
    }

    private static ListenRequest Request(AddressFamily family, int type, ushort port) =>
        new(new SocketAddress(family, family == AddressFamily.IPv4 ? Loopback4 : UInt128.Zero, port), type, 0, V6Only: false, NonBlocking: true);

    private Fd Listen(AddressFamily family, int type, out ushort port)
    {
        SysResult opened = _system.OpenListener(Request(family, type, 0));
        Assert.True(opened.Ok, opened.Error.Describe());
        port = _system.LocalAddress(opened.Fd).Port;
        return opened.Fd;
    }

    private int Receive(Fd server, int wanted, out string replies, Socket client)
    {
        using DatagramBatch batch = new();
        int n = 0;
        for (int i = 0; i < 100 && n < wanted; i++)
        {
            if (_system.ReceiveBatch(server, batch).Ok)
            {
                for (int j = 0; j < batch.Count; j++)
                {
                    Assert.Equal(Loopback4, batch.Peer(j).Address);
                    batch.ReplyWithPayload(j, batch.Payload(j).Length);
                }

                n += batch.Count;
                _system.SendReplies(server, batch);
            }
        }

        StringBuilder all = new();
        byte[] buffer = new byte[64];
        for (int i = 0; i < n; i++)
        {
            all.Append(Encoding.ASCII.GetString(buffer, 0, client.Receive(buffer)));
        }

        replies = all.ToString();
        return n;
    }
}

internal static class SocketReading
{
    public static void ReceiveExactly(this Socket socket, byte[] buffer)
    {
        for (int n = 0; n < buffer.Length;)
        {
            n += socket.Receive(buffer, n, buffer.Length - n, SocketFlags.None);
        }
    }
}
