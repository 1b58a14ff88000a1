using System;
using System.Collections.Generic;
using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.Intercepting;
using Rouse.Server.Listening;

namespace Rouse.Server.Backends;

/// <summary>
/// The socket of an on-demand-resident datagram service: what the gate lets in wakes the server, and is passed on as soon as that is bound to
/// its place. Until then a few datagrams of each sender are kept; whoever sends more loses them, as in a full queue of the network.
/// </summary>
internal sealed class BackendDatagrams(Service service, Fd socket) : DatagramRelay(service, socket)
{
    public const int MostKept = 64;
    public const int MostKeptBytes = 256 * 1024;
    public const int MostKeptOfOne = 4;

    private readonly List<(SocketAddress Peer, byte[] Bytes)> _kept = [];
    private int _keptBytes;

    /// <summary>Datagrams wait for the server.</summary>
    public bool IsAwaiting => _kept.Count > 0;

    private Backend Backend => Service.Backend!;

    public void BackendIsReady()
    {
        // Channels to the server before this one may have an error of its end in them.
        CloseChannels();
        foreach ((SocketAddress peer, byte[] bytes) in _kept)
        {
            Deliver(peer, bytes);
        }

        Forget();
    }

    public void BackendHasFailed()
    {
        foreach ((SocketAddress peer, _) in _kept)
        {
            Service.Refuse(RefusalReason.Backend, peer);
        }

        Forget();
    }

    public override void Answered() => Backend.Use();

    protected override void PassOn(in SocketAddress peer, ReadOnlySpan<byte> datagram)
    {
        if (Backend.IsReady())
        {
            Deliver(peer, datagram);
        }
        else if (Backend.IsResting || !HasRoomFor(peer, datagram.Length))
        {
            Service.Refuse(RefusalReason.Backend, peer);
        }
        else
        {
            _kept.Add((peer, datagram.ToArray()));
            _keptBytes += datagram.Length;
            Backend.Wake();
        }
    }

    private void Deliver(in SocketAddress peer, ReadOnlySpan<byte> datagram)
    {
        if (ChannelOf(peer, Backend.Address) is { } channel)
        {
            Service.CountServed();
            channel.PassOn(datagram);
        }
    }

    private bool HasRoomFor(in SocketAddress peer, int length)
    {
        int ofOne = 0;
        foreach ((SocketAddress sender, _) in _kept)
        {
            ofOne += sender == peer ? 1 : 0;
        }

        return ofOne < MostKeptOfOne && _kept.Count < MostKept && _keptBytes + length <= MostKeptBytes;
    }

    private void Forget()
    {
        _kept.Clear();
        _keptBytes = 0;
    }
}
