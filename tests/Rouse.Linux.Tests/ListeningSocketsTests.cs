using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;

namespace Rouse.Linux.Tests;

public sealed class ListeningSocketsTests
{
    [Fact]
    public void A_listening_port_is_found_with_its_address_and_its_process()
    {
        using Socket socket = new(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        Assert.DoesNotContain(ListeningSockets.All(), one => one.Port == port && !one.IsDatagram && one.Address == (((UInt128)0xffff << 32) | 0x7f000001));
        socket.Listen();
        ListeningSocket found = Assert.Single(ListeningSockets.All(), one => one.Port == port && !one.IsDatagram);
        Assert.Equal(((UInt128)0xffff << 32) | 0x7f000001, found.Address);
        List<(int Pid, string Name)> holders = ListeningSockets.HoldersOf(found.Inode);
        Assert.Contains(holders, holder => holder.Pid == Environment.ProcessId);
    }

    [Fact]
    public void An_IPv6_datagram_port_is_found()
    {
        using Socket socket = new(System.Net.Sockets.AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        ListeningSocket found = Assert.Single(ListeningSockets.All(), one => one.Port == port && one.IsDatagram && one.Family == AddressFamily.IPv6);
        Assert.Equal(UInt128.One, found.Address);
    }
}
