using System;
using Rouse.Linux;
using Rouse.Server.Listening;

namespace Rouse.Server.Intercepting;

/// <summary>
/// The socket of a datagram service with INTERCEPT: what was let in goes to the server's private socket. Differs from xinetd: D-046.
/// </summary>
internal sealed class DatagramInterceptor(Service service, Fd socket) : DatagramRelay(service, socket)
{
    protected override void PassOn(in SocketAddress peer, ReadOnlySpan<byte> datagram)
    {
        if (Service.PrivateSocket() is { } server && ChannelOf(peer, server.Address) is { } channel)
        {
            server.LastPeer = peer;
            channel.PassOn(datagram);
        }
    }
}
