using System;
using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>Its datagrams.</summary>
internal sealed partial class FakeSystem
{
    public List<(SocketAddress Peer, byte[] Bytes)> DatagramsSent { get; } = [];

    public SysResult SendTo(Fd socket, ReadOnlySpan<byte> datagram, in SocketAddress to)
    {
        DatagramsSent.Add((to, datagram.ToArray()));
        return SysResult.Success(datagram.Length);
    }

    public SysResult PeekSender(Fd socket, out SocketAddress sender)
    {
        bool any = _open[socket.Value].Datagrams.TryPeek(out (SocketAddress Peer, byte[] Bytes) first);
        sender = first.Peer;
        return any ? SysResult.Success(1) : SysResult.Fail(Errno.EAGAIN);
    }

    public void DropDatagram(Fd socket) => _open[socket.Value].Datagrams.TryDequeue(out _);

    public SysResult ReceiveBatch(Fd socket, DatagramBatch batch)
    {
        batch.Clear();
        while (batch.Count < DatagramBatch.Capacity && _open[socket.Value].Datagrams.TryDequeue(out (SocketAddress Peer, byte[] Bytes) one))
        {
            batch.Add(one.Peer, one.Bytes);
        }

        return batch.Count == 0 ? SysResult.Fail(Errno.EAGAIN) : SysResult.Success(batch.Count);
    }

    public void SendReplies(Fd socket, DatagramBatch batch)
    {
        for (int i = 0; i < batch.ReplyCount; i++)
        {
            byte[] bytes = batch.ReplyBytes(i, out SocketAddress peer).ToArray();
            DatagramsSent.Add((peer, bytes));
        }

        batch.Clear();
    }
}
