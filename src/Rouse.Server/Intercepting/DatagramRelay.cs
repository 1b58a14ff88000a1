using System;
using System.Collections.Generic;
using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.Gate;
using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.Intercepting;

/// <summary>
/// The socket of a datagram service whose server has a socket of its own: each datagram is judged, and passed on through the channel of its
/// sender. Channels are bounded in number and time: senders may be invented.
/// </summary>
internal abstract class DatagramRelay : Listener
{
    public const int MostChannels = 256;

    public const long IdleMs = 60_000;

    private readonly Dictionary<SocketAddress, DatagramChannel> _channels = [];
    private readonly List<DatagramChannel> _idle = [];
    private readonly LoopTimer _clearUp;
    private byte[]? _buffer;

    protected DatagramRelay(Service service, Fd socket)
        : base(service, socket) => _clearUp = new LoopTimer(CloseIdle);

    public EventLoop Loop => Keeper.Loop;

    public ISystem System => Keeper.System;

    public int Channels => _channels.Count;

    public Span<byte> Buffer => _buffer ??= new byte[DatagramBatch.MaxPayload];

    protected override void Serve()
    {
        if (RestsForRules())
        {
            return;
        }

        DatagramBatch batch = Keeper.Datagrams;
        if (!System.ReceiveBatch(Socket, batch).Ok)
        {
            return;
        }

        for (int i = 0; i < batch.Count && IsWatched; i++)
        {
            SocketAddress peer = batch.Peer(i);
            Judgement judgement = Keeper.Gate.JudgeDatagram(Service, peer);
            if (judgement.AwaitsRules)
            {
                // The files have changed since the first line of this function: what was received in the same moment is lost.
                continue;
            }

            if (judgement.AwaitsAccounts.AreAny)
            {
                if (Keeper.Accounts.Ask(judgement.AwaitsAccounts, null))
                {
                    // Its sender asks again, and they are known then.
                    continue;
                }

                judgement = Judgement.Refused(RefusalReason.Libwrap);
            }

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
            else
            {
                PassOn(peer, batch.Payload(i));
            }
        }

        batch.Clear();
    }

    public override void Close()
    {
        CloseChannels();
        base.Close();
    }

    /// <summary>The server has answered a sender.</summary>
    public virtual void Answered()
    {
    }

    /// <summary>A datagram that was let in.</summary>
    protected abstract void PassOn(in SocketAddress peer, ReadOnlySpan<byte> datagram);

    /// <summary>The server is another one from now on.</summary>
    protected void CloseChannels()
    {
        _clearUp.Cancel();
        foreach (DatagramChannel channel in _channels.Values)
        {
            channel.Close();
        }

        _channels.Clear();
    }

    protected DatagramChannel? ChannelOf(in SocketAddress peer, in SocketAddress server)
    {
        if (_channels.TryGetValue(peer, out DatagramChannel? known))
        {
            return known;
        }

        if (_channels.Count >= MostChannels)
        {
            Remove(LeastRecentlyUsed());
        }

        SysResult opened = System.ConnectDatagrams(server);
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
