using System;
using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Server.Gate;
using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.Intercepting;

/// <summary>
/// The socket of a datagram service with INTERCEPT: each datagram is judged, and passed on to the server's private socket through the
/// channel of its sender. Channels are bounded in number and time: senders may be invented. Differs from xinetd: D-046.
/// </summary>
internal sealed class DatagramInterceptor : Listener
{
    public const int MostChannels = 256;

    public const long IdleMs = 60_000;

    private readonly Dictionary<SocketAddress, DatagramChannel> _channels = [];
    private readonly List<DatagramChannel> _idle = [];
    private readonly LoopTimer _clearUp;
    private byte[]? _buffer;

    public DatagramInterceptor(Service service, Fd socket)
        : base(service, socket) => _clearUp = new LoopTimer(CloseIdle);

    public EventLoop Loop => Keeper.Loop;

    public ISystem System => Keeper.System;

    public int Channels => _channels.Count;

    public Span<byte> Buffer => _buffer ??= new byte[DatagramBatch.MaxPayload];

    public override void OnReady(PollEvents events)
    {
        DatagramBatch batch = Keeper.Datagrams;
        if (!System.ReceiveBatch(Socket, batch).Ok)
        {
            return;
        }

        for (int i = 0; i < batch.Count && IsWatched; i++)
        {
            SocketAddress peer = batch.Peer(i);
            Judgement judgement = Keeper.Gate.JudgeDatagram(Service, peer);
            if (judgement.NeedsName)
            {
                if (Keeper.Names.AskForDatagram(peer.Address, null))
                {
                    // Its sender asks again, and is known then.
                    continue;
                }

                judgement = Keeper.Gate.JudgeUnnamed(Service, peer);
            }

            if (!judgement.IsAllowed)
            {
                Service.Refuse(judgement.Reason, peer);
            }
            else if (Service.PrivateSocket() is { } server && ChannelOf(peer, server) is { } channel)
            {
                server.LastPeer = peer;
                channel.PassOn(batch.Payload(i));
            }
        }

        batch.Clear();
    }

    public override void Close()
    {
        _clearUp.Cancel();
        foreach (DatagramChannel channel in _channels.Values)
        {
            channel.Close();
        }

        _channels.Clear();
        base.Close();
    }

    private DatagramChannel? ChannelOf(in SocketAddress peer, PrivateSocket server)
    {
        if (_channels.TryGetValue(peer, out DatagramChannel? known))
        {
            return known;
        }

        if (_channels.Count >= MostChannels)
        {
            Remove(LeastRecentlyUsed());
        }

        SysResult opened = System.ConnectDatagrams(server.Address);
        if (!opened.Ok)
        {
            return null;
        }

        DatagramChannel channel = new(this, opened.Fd, peer);
        if (!channel.Watch())
        {
            channel.Close();
            return null;
        }

        _channels.Add(peer, channel);
        if (!_clearUp.IsSet)
        {
            Loop.Set(_clearUp, IdleMs);
        }

        return channel;
    }

    private DatagramChannel LeastRecentlyUsed()
    {
        DatagramChannel? oldest = null;
        foreach (DatagramChannel channel in _channels.Values)
        {
            oldest = oldest is null || channel.LastUsedMs < oldest.LastUsedMs ? channel : oldest;
        }

        return oldest!;
    }

    private void CloseIdle()
    {
        foreach (DatagramChannel channel in _channels.Values)
        {
            if (Loop.NowMs - channel.LastUsedMs >= IdleMs)
            {
                _idle.Add(channel);
            }
        }

        _idle.ForEach(Remove);
        _idle.Clear();
        if (_channels.Count > 0)
        {
            Loop.Set(_clearUp, IdleMs);
        }
    }

    private void Remove(DatagramChannel channel)
    {
        _channels.Remove(channel.Peer);
        channel.Close();
    }
}
