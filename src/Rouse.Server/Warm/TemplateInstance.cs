using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Server.Warm;

/// <summary>
/// One parked server that serves by copies of itself. It tells the number of each copy, in the order in which it got the connections; until
/// then the daemon keeps its own descriptor of the connection, so that one of which no copy came to be is served cold. What it writes is
/// not trusted: four bytes for each connection that it has, and nothing else.
/// </summary>
internal sealed class TemplateInstance(WarmPool pool, ParkedServer server) : WarmInstance(pool, server)
{
    /// <summary>The answers of so many fit into the socket's buffer, which the template never waits for.</summary>
    public const int MostPending = 64;

    private readonly Queue<Visitor> _pending = new(MostPending);
    private bool _isRetiring;

    /// <summary>Connections that it was given, and so the copies that it has made or is to make.</summary>
    public int Given { get; private set; }

    /// <summary>The peers whose copies have not been told yet.</summary>
    public IEnumerable<SocketAddress> Pending
    {
        get
        {
            foreach (Visitor visitor in _pending)
            {
                yield return visitor.Peer;
            }
        }
    }

    public int PendingCount => _pending.Count;

    public override bool Claim(Fd connection, in SocketAddress peer)
    {
        if (_isRetiring || _pending.Count == MostPending || !Loop.System.Give(Control, connection, HandOverCommand.ToClone).Ok)
        {
            return false;
        }

        _pending.Enqueue(new Visitor(connection, peer));
        Given++;
        return true;
    }

    /// <summary>It exits when it has answered for what it was given.</summary>
    public override void Retire()
    {
        _isRetiring = true;
        if (_pending.Count == 0)
        {
            base.Retire();
        }
    }

    public override void OnReady(PollEvents events)
    {
        Span<byte> bytes = stackalloc byte[MostPending * sizeof(int)];
        SysResult read = Loop.System.Receive(Control, bytes);
        if (read.Error == Errno.EAGAIN)
        {
            return;
        }

        if (!read.Ok || read.Value == 0)
        {
            End(wasUnread: !read.Ok);
            return;
        }

        for (int at = 0; at < read.Value; at += sizeof(int))
        {
            int pid = read.Value - at < sizeof(int) ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            if (pid is 0 or 1 || _pending.Count == 0)
            {
                End(wasUnread: false);
                return;
            }

            Answered(pid);
        }

        if (_isRetiring && _pending.Count == 0)
        {
            base.Retire();
            Pool.EndSoon(this);
        }
    }

    private void Answered(int pid)
    {
        Visitor visitor = _pending.Dequeue();
        if (pid > 1 && Pool.CloneStarted(pid, visitor.Peer))
        {
            Loop.System.Close(visitor.Connection);
        }
        else
        {
            Pool.CloneFailed(visitor.Connection, visitor.Peer);
        }
    }

    // It has ended, or writes what no template writes. Of its connections all but the first were never looked at; the first one was not
    // either if the kernel says so for a single one. Where that cannot be told it may have a copy already, and two servers must not have one
    // connection.
    private void End(bool wasUnread)
    {
        bool isFirst = true;
        int count = _pending.Count;
        while (_pending.TryDequeue(out Visitor visitor))
        {
            if (isFirst && !(wasUnread && count == 1))
            {
                Pool.CloneLost(visitor.Connection, visitor.Peer);
            }
            else
            {
                Pool.CloneFailed(visitor.Connection, visitor.Peer);
            }

            isFirst = false;
        }

        Pool.Lost(this, "has died");
    }

    private readonly record struct Visitor(Fd Connection, SocketAddress Peer);
}
