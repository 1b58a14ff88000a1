using System;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Warm;

/// <summary>A parked server, and our end of the pair that it waits at.</summary>
internal abstract class WarmInstance(WarmPool pool, ParkedServer server) : EventSource
{
    public ParkedServer Server => server;

    public WarmPool Pool => pool;

    /// <summary>Its process has not ended yet, as far as is known.</summary>
    public bool IsAlive { get; set; } = true;

    protected Loop.EventLoop Loop => pool.Loop;

    protected Fd Control { get; private set; } = server.Control;

    public bool Watch() => Loop.Watch(this, Control, PollEvents.In).Ok;

    /// <summary>Sends it a connection, whose descriptor is then its own to close; false if it is gone.</summary>
    public abstract bool Claim(Fd connection, in SocketAddress peer);

    /// <summary>It reads an end of file and exits.</summary>
    public virtual void Retire()
    {
        if (Control.IsOpen)
        {
            Loop.Forget(this);
            Loop.System.Close(Control);
            Control = Fd.None;
        }
    }
}

/// <summary>
/// One that serves a single connection, from its parking to the moment in which it has it:
/// <code>
/// parked ──claim──→ claimed ──end of file──→ taken: an ordinary server, the daemon's copies are closed
///   │                  └──────reset────────→ died before it took the connection, which is served cold
///   └──retire, death, a byte──→ gone
/// </code>
/// The pair tells which: it ends when the server puts the connection over the last of its descriptors; and when a process ends with a
/// message unread, the kernel says so (ECONNRESET, unix(7)). Nobody is lost between the two.
/// </summary>
internal sealed class SingleInstance(WarmPool pool, ParkedServer server) : WarmInstance(pool, server)
{
    private Fd _connection = Fd.None;
    private SocketAddress _peer;

    public override bool Claim(Fd connection, in SocketAddress peer)
    {
        if (!Loop.System.Give(Control, connection, HandOverCommand.ToServer).Ok)
        {
            return false;
        }

        (_connection, _peer) = (connection, peer);
        return true;
    }

    public override void OnReady(PollEvents events)
    {
        Span<byte> bytes = stackalloc byte[64];
        SysResult read = Loop.System.Receive(Control, bytes);
        if (read.Error == Errno.EAGAIN)
        {
            return;
        }

        bool hasWritten = read is { Ok: true, Value: > 0 };
        if (!_connection.IsOpen)
        {
            // Parked, it is quiet: a byte is one that a thread of it has written to what it takes for its connection.
            Pool.Lost(this, hasWritten ? "has written to its connection" : "has died");
        }
        else if (!hasWritten)
        {
            Fd connection = _connection;
            _connection = Fd.None;
            Retire();
            if (read.Ok)
            {
                Loop.System.Close(connection);
            }
            else
            {
                Pool.NotTaken(connection, _peer);
            }
        }
    }
}
