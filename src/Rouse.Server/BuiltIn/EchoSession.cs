using System;
using Rouse.Linux;

namespace Rouse.Server.BuiltIn;

/// <summary>
/// The echo service over a stream (RFC 862): returns what it gets until the peer closes its side. Bytes that the peer does not take are
/// kept, at most one buffer full, and nothing more is read until they are gone.
/// </summary>
internal sealed class EchoSession(EchoHandler pool) : StreamSession
{
    private byte[]? _pending;
    private int _pendingStart;
    private int _pendingEnd;

    public override void OnReady(PollEvents events)
    {
        if (_pending is null)
        {
            Echo();
        }
        else
        {
            SendPending();
        }
    }

    protected override void Start()
    {
        // Most peers have sent something by now: one call saves them a turn of the loop.
        if (Echo() && _pending is null)
        {
            WatchFor(PollEvents.In);
        }
    }

    protected override void Recycle()
    {
        ReleasePending();
        pool.Return(this);
    }

    // False when the session has ended.
    private bool Echo()
    {
        Span<byte> buffer = pool.Buffer;
        SysResult got = Keeper.System.Receive(Connection, buffer);
        if (!got.Ok)
        {
            if (got.Error is Errno.EAGAIN or Errno.EINTR)
            {
                return true;
            }

            End();
            return false;
        }

        if (got.Value == 0)
        {
            End();
            return false;
        }

        return Return(buffer[..got.Value]);
    }

    private bool Return(ReadOnlySpan<byte> bytes)
    {
        SysResult sent = Keeper.System.Send(Connection, bytes);
        if (sent.Ok && sent.Value == bytes.Length)
        {
            return true;
        }

        if (!sent.Ok && sent.Error is not (Errno.EAGAIN or Errno.EINTR))
        {
            End();
            return false;
        }

        ReadOnlySpan<byte> rest = bytes[(sent.Ok ? sent.Value : 0)..];
        _pending = pool.TakeBuffer();
        rest.CopyTo(_pending);
        _pendingStart = 0;
        _pendingEnd = rest.Length;
        return WatchFor(PollEvents.Out);
    }

    private void SendPending()
    {
        SysResult sent = Keeper.System.Send(Connection, _pending.AsSpan(_pendingStart, _pendingEnd - _pendingStart));
        if (!sent.Ok)
        {
            if (sent.Error is not (Errno.EAGAIN or Errno.EINTR))
            {
                End();
            }

            return;
        }

        _pendingStart += sent.Value;
        if (_pendingStart == _pendingEnd)
        {
            ReleasePending();
            WatchFor(PollEvents.In);
        }
    }

    private void ReleasePending()
    {
        if (_pending is not null)
        {
            pool.ReturnBuffer(_pending);
            _pending = null;
        }
    }
}
