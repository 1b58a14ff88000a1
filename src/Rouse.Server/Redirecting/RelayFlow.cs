using System;
using Rouse.Linux;

namespace Rouse.Server.Redirecting;

/// <summary>
/// One direction of a redirected connection. Small messages go through the one buffer that all connections share, which is quicker than a
/// pipe for them; what a sender that fills it sends next is spliced: those bytes never enter this process. What the receiver does not take
/// stays in the pipe, or, if it was copied, in a spare buffer, and nothing more is read until it is gone: a peer that does not read costs
/// no more than that.
/// </summary>
internal struct RelayFlow
{
    /// <summary>Bytes that a direction may move before the others have their turn.</summary>
    public const int TurnBytes = 2 * 1024 * 1024;

    private Pipe _pipe;
    private int _inPipe;
    private byte[]? _rest;
    private int _restStart;
    private int _restEnd;
    private bool _ended;
    private bool _isBulk;

    public static RelayFlow Fresh => new() { _pipe = Pipe.None };

    /// <summary>Bytes that have come from the sender.</summary>
    public long Moved { get; private set; }

    /// <summary>Bytes that the receiver's kernel has taken.</summary>
    public long Passed { get; private set; }

    /// <summary>The sender has ended, and all that it sent has been passed on.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The receiver takes no more; the sender is heard out all the same, and its bytes are thrown away.</summary>
    public bool Discards { get; set; }

    /// <summary>Moves what can be moved now; never <see cref="RelayStop.None"/>.</summary>
    public RelayStop Move(ISystem system, RelayBuffers buffers, ref RelayEnd from, ref RelayEnd to)
    {
        long enough = Moved + TurnBytes;
        RelayStop stop;
        do
        {
            stop = Step(system, buffers, ref from, ref to, enough);
        }
        while (stop == RelayStop.None);

        if (_pipe.IsOpen && _inPipe == 0)
        {
            buffers.Pipes.Return(_pipe);
            _pipe = Pipe.None;
        }

        return stop;
    }

    /// <summary>Gives back what the direction holds; bytes that were not delivered are lost.</summary>
    public void Release(RelayBuffers buffers)
    {
        if (_pipe.IsOpen)
        {
            buffers.Pipes.Discard(_pipe);
        }

        if (_rest is not null)
        {
            buffers.ReturnSpare(_rest);
        }

        this = Fresh;
    }

    private RelayStop Step(ISystem system, RelayBuffers buffers, ref RelayEnd from, ref RelayEnd to, long enough)
    {
        if (IsDone)
        {
            return RelayStop.Done;
        }

        if (_inPipe > 0 || _rest is not null)
        {
            return Deliver(system, buffers, ref to);
        }

        if (_ended)
        {
            IsDone = true;
            return RelayStop.Done;
        }

        if (!from.CanRead || !(to.CanWrite || Discards))
        {
            return RelayStop.Waits;
        }

        if (Moved >= enough)
        {
            return RelayStop.HadItsTurn;
        }

        return _isBulk && !Discards && (_pipe.IsOpen || buffers.Pipes.TryTake(out _pipe))
            ? Splice(system, ref from, Moved - enough + TurnBytes)
            : Copy(system, buffers, ref from, ref to);
    }

    private RelayStop Splice(ISystem system, ref RelayEnd from, long movedInTurn)
    {
        SysResult got = system.Splice(from.Socket, _pipe.WriteEnd, PipePool.PipeSize);
        if (!got.Ok)
        {
            // A stream that has brought little before it ran dry may go on in small pieces; one that has brought much goes on so.
            _isBulk = got.Error != Errno.EAGAIN || movedInTurn is 0 or >= RelayBuffers.Size;
            return NothingRead(ref from, got.Error);
        }

        // How much one call moves depends on how the bytes lie in the kernel's buffers: a little of them says nothing about the next.
        _ended = got.Value == 0;
        _inPipe = got.Value;
        Moved += got.Value;
        return RelayStop.None;
    }

    private RelayStop Copy(ISystem system, RelayBuffers buffers, ref RelayEnd from, ref RelayEnd to)
    {
        Span<byte> buffer = buffers.Shared;
        SysResult got = system.Receive(from.Socket, buffer);
        if (!got.Ok)
        {
            _isBulk = false;
            return NothingRead(ref from, got.Error);
        }

        if (got.Value == 0)
        {
            _ended = true;
            return RelayStop.None;
        }

        Moved += got.Value;
        _isBulk = got.Value == buffer.Length;
        if (!_isBulk && !from.IsEnding)
        {
            // All that there was: what comes later is told by a new event (epoll(7), questions and answers, 9).
            from.CanRead = false;
        }

        return Discards ? RelayStop.None : Send(system, buffers, ref to, buffer[..got.Value]);
    }

    private RelayStop Send(ISystem system, RelayBuffers buffers, ref RelayEnd to, ReadOnlySpan<byte> bytes)
    {
        SysResult sent = system.Send(to.Socket, bytes);
        Passed += sent.Ok ? sent.Value : 0;
        if (sent.Ok && sent.Value == bytes.Length)
        {
            return RelayStop.None;
        }

        if (!sent.Ok && sent.Error is not (Errno.EAGAIN or Errno.EINTR))
        {
            return RelayStop.SinkGone;
        }

        ReadOnlySpan<byte> rest = bytes[(sent.Ok ? sent.Value : 0)..];
        _rest = buffers.TakeSpare();
        rest.CopyTo(_rest);
        _restStart = 0;
        _restEnd = rest.Length;
        return RelayStop.None;
    }

    // Bytes that were read before: the next step goes on only when all of them are gone.
    private RelayStop Deliver(ISystem system, RelayBuffers buffers, ref RelayEnd to)
    {
        if (Discards)
        {
            Drop(buffers);
            return RelayStop.None;
        }

        if (!to.CanWrite)
        {
            return RelayStop.Waits;
        }

        SysResult sent = _inPipe > 0
            ? system.Splice(_pipe.ReadEnd, to.Socket, _inPipe)
            : system.Send(to.Socket, _rest.AsSpan(_restStart, _restEnd - _restStart));
        if (!sent.Ok)
        {
            if (sent.Error == Errno.EAGAIN)
            {
                to.CanWrite = false;
            }

            return sent.Error is Errno.EAGAIN or Errno.EINTR ? RelayStop.None : RelayStop.SinkGone;
        }

        Passed += sent.Value;
        if (_inPipe > 0)
        {
            _inPipe -= sent.Value;
        }
        else if ((_restStart += sent.Value) == _restEnd)
        {
            buffers.ReturnSpare(_rest!);
            _rest = null;
        }

        return RelayStop.None;
    }

    private void Drop(RelayBuffers buffers)
    {
        if (_pipe.IsOpen)
        {
            buffers.Pipes.Discard(_pipe);
            _pipe = Pipe.None;
            _inPipe = 0;
        }

        if (_rest is not null)
        {
            buffers.ReturnSpare(_rest);
            _rest = null;
        }
    }

    private RelayStop NothingRead(ref RelayEnd from, Errno why)
    {
        if (why == Errno.EINTR)
        {
            return RelayStop.None;
        }

        if (why != Errno.EAGAIN)
        {
            return RelayStop.SourceGone;
        }

        from.CanRead = false;
        return RelayStop.None;
    }
}
