using System;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Intercepting;

/// <summary>
/// One peer of an intercepted datagram service: a socket on loopback that stands for the peer before the server. What the server sends
/// there goes to the peer from the service's own socket.
/// </summary>
internal sealed class DatagramChannel(DatagramInterceptor interceptor, Fd socket, SocketAddress peer) : EventSource
{
    private const int DatagramsPerTurn = 32;

    public SocketAddress Peer => peer;

    public long LastUsedMs { get; private set; }

    public bool Watch() => interceptor.Loop.Watch(this, socket, PollEvents.In).Ok;

    public void PassOn(ReadOnlySpan<byte> datagram)
    {
        LastUsedMs = interceptor.Loop.NowMs;
        interceptor.System.Send(socket, datagram);
    }

    public override void OnReady(PollEvents events)
    {
        Span<byte> buffer = interceptor.Buffer;
        for (int i = 0; i < DatagramsPerTurn; i++)
        {
            SysResult got = interceptor.System.Receive(socket, buffer);
            if (!got.Ok)
            {
                return;
            }

            LastUsedMs = interceptor.Loop.NowMs;
            interceptor.System.SendTo(interceptor.Socket, buffer[..got.Value], peer);
        }
    }

    public void Close()
    {
        interceptor.Loop.Forget(this);
        interceptor.System.Close(socket);
    }
}
