using System;
using System.Net;
using System.Net.Sockets;
using NetFamily = System.Net.Sockets.AddressFamily;

namespace Rouse.Linux.Tests;

/// <summary>Which sockets take what is sent to an address: the kernel's word against sockets that the test has made.</summary>
public sealed class SocketTablesTests
{
    private static readonly LinuxSystem System = new();

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.2", "127.0.0.1", false)]
    [InlineData("0.0.0.0", "127.0.0.1", true)]
    [InlineData("::", "127.0.0.1", true)]
    [InlineData("::", "::1", true)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("0.0.0.0", "::1", false)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", true)]
    public void A_socket_is_found_where_it_would_be_reached(string bound, string wanted, bool isFound)
    {
        foreach (SocketType type in (SocketType[])[SocketType.Stream, SocketType.Dgram])
        {
            using Socket socket = Bound(type, bound, isV6Only: false);
            long[] inodes = Find(socket, wanted, type);
            Assert.Equal(isFound ? [InodeOf(socket)] : [], inodes);
            Assert.Empty(Find(socket, wanted, type == SocketType.Stream ? SocketType.Dgram : SocketType.Stream));
        }
    }

    [Fact]
    public void A_socket_for_IPv6_alone_takes_no_IPv4_peers()
    {
        using Socket socket = Bound(SocketType.Stream, "::", isV6Only: true);
        Assert.Empty(Find(socket, "127.0.0.1", SocketType.Stream));
        Assert.Equal([InodeOf(socket)], Find(socket, "::1", SocketType.Stream));
    }

    [Fact]
    public void One_that_does_not_listen_and_one_that_has_a_peer_are_none()
    {
        using Socket idle = new(NetFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        idle.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Empty(Find(idle, "127.0.0.1", SocketType.Stream));
        using Socket connected = Bound(SocketType.Dgram, "127.0.0.1", isV6Only: false);
        connected.Connect(IPAddress.Loopback, 9);
        Assert.Empty(Find(connected, "127.0.0.1", SocketType.Dgram));
    }

    private static Socket Bound(SocketType type, string address, bool isV6Only)
    {
        IPAddress ip = IPAddress.Parse(address);
        Socket socket = new(ip.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        if (ip.AddressFamily == NetFamily.InterNetworkV6)
        {
            socket.DualMode = !isV6Only;
        }

        socket.Bind(new IPEndPoint(ip, 0));
        if (type == SocketType.Stream)
        {
            socket.Listen();
        }

        return socket;
    }

    private static long[] Find(Socket socket, string address, SocketType type)
    {
        IPAddress ip = IPAddress.Parse(address);
        UInt128 value = 0;
        foreach (byte one in ip.MapToIPv6().GetAddressBytes())
        {
            value = (value << 8) | one;
        }

        Span<long> inodes = stackalloc long[8];
        SocketAddress wanted = new(
            ip.AddressFamily == NetFamily.InterNetwork ? AddressFamily.IPv4 : AddressFamily.IPv6, value,
            (ushort)((IPEndPoint)socket.LocalEndPoint!).Port);
        SysResult found = System.FindListeners(wanted, type == SocketType.Dgram, inodes);
        Assert.True(found.Ok);
        return inodes[..found.Value].ToArray();
    }

    private static long InodeOf(Socket socket)
    {
        string target = new global::System.IO.FileInfo($"/proc/self/fd/{socket.Handle}").LinkTarget!;
        return long.Parse(target.Split('[', ']')[1], global::System.Globalization.CultureInfo.InvariantCulture);
    }
}
