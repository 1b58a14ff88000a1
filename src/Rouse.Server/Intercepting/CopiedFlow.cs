using System;
using Rouse.Linux;

namespace Rouse.Server.Intercepting;

/// <summary>One direction of an intercepted connection: at most one buffer is held, and an end is passed on when that is empty.</summary>
internal sealed class CopiedFlow
{
    private const int BufferSize = 16 * 1024;

    // A fast peer gets this many rounds in one turn; then it is the others' turn.
    private const int RoundsPerTurn = 8;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>The end has been passed on.</summary>
    public bool IsOver { get; private set; }

    public bool WantsInput => !IsOver && _start == _end;

    public bool WantsOutput => _start < _end;

    public void Reset()
    {
        _buffer = null;
        _start = _end = 0;
        IsOver = false;
    }

    /// <summary>Moves what can be moved now; false when the connection is broken.</summary>
    public bool Move(ISystem system, Fd from, Fd to)
    {
        _buffer ??= new byte[BufferSize];
        for (int i = 0; i < RoundsPerTurn && !IsOver; i++)
        {
            if (_start == _end)
            {
                SysResult got = system.Receive(from, _buffer);
                if (!got.Ok)
                {
                    return got.Error is Errno.EAGAIN or Errno.EINTR;
                }

                // Passed on at once: a turn that ended here would leave both ends unwatched.
                if (got.Value == 0)
                {
                    system.Shutdown(to, ShutdownSide.Send);
                    IsOver = true;
                }

                _start = 0;
                _end = got.Value;
            }
            else
            {
                SysResult sent = system.Send(to, _buffer.AsSpan(_start, _end - _start));
                if (!sent.Ok)
                {
                    return sent.Error is Errno.EAGAIN or Errno.EINTR;
                }

                _start += sent.Value;
            }
        }

        return true;
    }
}
