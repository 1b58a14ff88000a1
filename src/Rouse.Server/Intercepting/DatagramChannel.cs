using System;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Intercepting;

/// <summary>
/// One peer of a datagram service that is passed on: a socket on loopback that stands for the peer before the server. What the server sends
/// there goes to the peer from the service's own socket.
/// </summary>
internal sealed class DatagramChannel(DatagramRelay relay, Fd socket, SocketAddress peer) : EventSource
{
    private const int DatagramsPerTurn = 32;

    public SocketAddress Peer => peer;

    public long LastUsedMs { get; private set; }

    public bool Watch() => relay.Loop.Watch(this, socket, PollEvents.In).Ok;

    public void PassOn(ReadOnlySpan<byte> datagram)
    {
        LastUsedMs = relay.Loop.NowMs;
        relay.System.Send(socket, datagram);
    }

    public override void OnReady(PollEvents events)
    {
        Span<byte> buffer = relay.Buffer;
        for (int i = 0; i < DatagramsPerTurn; i++)
        {
            SysResult got = relay.System.Receive(socket, buffer);
            if (!got.Ok)
            {
                return;
            }

            LastUsedMs = relay.Loop.NowMs;
            relay.Answered();
            relay.System.SendTo(relay.Socket, buffer[..got.Value], peer);
        }
    }

    public void Close()
    {
        relay.Loop.Forget(this);
        relay.System.Close(socket);
    }
}
