using System;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rouse.Linux.Tests;

/// <summary>Connections that the daemon makes itself, and the pipes between them and others.</summary>
public sealed class ConnectTests
{
    private static readonly UInt128 Loopback4 = ((UInt128)0xffff << 32) | 0x7f000001;
    private readonly LinuxSystem _system = new();

    [Fact]
    public void A_connect_does_not_wait_and_tells_its_outcome()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        SysResult started = _system.StartConnect(At(port), SocketAddress.None);
        Assert.True(started.Ok);
        Assert.Equal(PollEvents.Out, WaitFor(started.Fd));
        Assert.Equal(Errno.None, _system.ConnectError(started.Fd));
        using Socket accepted = listener.AcceptSocket();
        Assert.Equal(2, _system.Send(started.Fd, "hi"u8).Value);
        byte[] buffer = new byte[2];
        accepted.Receive(buffer);
        Assert.Equal("hi", Encoding.ASCII.GetString(buffer));
        Assert.Equal(Errno.EAGAIN, _system.Receive(started.Fd, buffer).Error);
        _system.Close(started.Fd);
    }

    [Fact]
    public void A_refusal_is_told_as_an_error_of_the_socket()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        SysResult started = _system.StartConnect(At(port), SocketAddress.None);
        if (started.Ok)
        {
            Assert.True(WaitFor(started.Fd).HasFlag(PollEvents.Error));
            Assert.Equal(Errno.ECONNREFUSED, _system.ConnectError(started.Fd));
            _system.Close(started.Fd);
        }
        else
        {
            Assert.Equal(Errno.ECONNREFUSED, started.Error);
        }
    }

    [Fact]
    public void A_connect_can_come_from_an_address_of_choice()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        SocketAddress from = new(AddressFamily.IPv4, Loopback4 + 1, 0);
        SysResult started = _system.StartConnect(At(((IPEndPoint)listener.LocalEndpoint).Port), from);
        using Socket accepted = listener.AcceptSocket();
        Assert.Equal(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)accepted.RemoteEndPoint!).Address);
        SocketAddress notOurs = new(AddressFamily.IPv4, Loopback4 & ~(UInt128)0xff000000, 0);
        Assert.Equal(Errno.EADDRNOTAVAIL, _system.StartConnect(At(1), notOurs).Error);
        _system.Close(started.Fd);
    }

    [Fact]
    public void A_socket_that_is_to_reset_resets()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        SysResult started = _system.StartConnect(At(((IPEndPoint)listener.LocalEndpoint).Port), SocketAddress.None);
        using Socket accepted = listener.AcceptSocket();
        _system.ResetOnClose(started.Fd);
        _system.Close(started.Fd);
        SocketException reset = Assert.Throws<SocketException>(() => accepted.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [Fact]
    public void Bytes_go_through_a_pipe_from_one_socket_to_another()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        SocketAddress at = At(((IPEndPoint)listener.LocalEndpoint).Port);
        Fd first = _system.StartConnect(at, SocketAddress.None).Fd;
        using Socket source = listener.AcceptSocket();
        Fd second = _system.StartConnect(at, SocketAddress.None).Fd;
        using Socket sink = listener.AcceptSocket();
        Assert.True(_system.OpenPipe(1024 * 1024, out Pipe pipe).Ok);

        Assert.Equal(Errno.EAGAIN, _system.Splice(first, pipe.WriteEnd, 1000).Error);
        source.Send("hello"u8);
        WaitFor(first, PollEvents.In);
        Assert.Equal(5, _system.Splice(first, pipe.WriteEnd, 1000).Value);
        Assert.Equal(3, _system.Splice(pipe.ReadEnd, second, 3).Value);
        Assert.Equal(2, _system.Splice(pipe.ReadEnd, second, 2).Value);
        byte[] buffer = new byte[5];
        for (int done = 0; done < 5; done += sink.Receive(buffer.AsSpan(done)))
        {
        }

        Assert.Equal("hello", Encoding.ASCII.GetString(buffer));
        source.Shutdown(SocketShutdown.Send);
        WaitFor(first, PollEvents.In);
        Assert.Equal(SysResult.Success(0), _system.Splice(first, pipe.WriteEnd, 1000));
        foreach (Fd fd in new[] { first, second, pipe.ReadEnd, pipe.WriteEnd })
        {
            _system.Close(fd);
        }
    }

    private static SocketAddress At(int port) => new(AddressFamily.IPv4, Loopback4, (ushort)port);

    private PollEvents WaitFor(Fd fd, PollEvents events = PollEvents.Out)
    {
        Fd poll = _system.OpenPoll().Fd;
        _system.Watch(poll, fd, events | PollEvents.EdgeTriggered, 1);
        PollEvent[] ready = new PollEvent[1];
        Assert.Equal(1, _system.Poll(poll, ready, 5000).Value);
        Assert.Equal(0, _system.Poll(poll, new PollEvent[1], 0).Value);
        _system.Close(poll);
        return ready[0].Events;
    }
}
