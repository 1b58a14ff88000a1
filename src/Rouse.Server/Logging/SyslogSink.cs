using System;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>
/// The one connection to the system's log, shared by every facility and level: RFC 3164 messages to /dev/log. A full or missing socket
/// loses the line and counts it; a connection is tried again at most once a second.
/// </summary>
public sealed class SyslogConnection(ISystem system, LogClock clock, string ident, int pid)
{
    private readonly byte[] _tag = SourceFile.Encode($" {ident}[{pid}]: ");
    private Fd _fd = Fd.None;
    private bool _isStream;
    private long _nextTryMs;

    public bool Send(int facility, int level, ReadOnlySpan<byte> text)
    {
        Span<byte> buffer = stackalloc byte[LogLine.Capacity + 129];
        LogLine line = new(buffer[..^1]);
        line.Append((byte)'<');
        line.Append(facility | level);
        line.Append((byte)'>');
        line.Append(clock.SyslogStamp);
        line.Append(_tag);
        line.Append(text);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            if (!_fd.IsOpen && !Connect())
            {
                return false;
            }

            ReadOnlySpan<byte> bytes = _isStream ? Ended(buffer, line.Bytes.Length) : line.Bytes;
            SysResult sent = system.Send(_fd, bytes);
            if (sent.Ok && sent.Value == bytes.Length)
            {
                return true;
            }

            if (sent.Ok)
            {
                // A stream that is full took a part: the next line must not be taken for the rest of this one.
                Close();
                return false;
            }

            if (sent.Error is Errno.EAGAIN or Errno.ENOBUFS)
            {
                return false;
            }

            // The log daemon was restarted: its old socket is gone.
            Close();
        }

        return false;
    }

    public void Close()
    {
        if (_fd.IsOpen)
        {
            system.Close(_fd);
            _fd = Fd.None;
        }
    }

    private static ReadOnlySpan<byte> Ended(Span<byte> buffer, int length)
    {
        buffer[length] = 0;
        return buffer[..(length + 1)];
    }

    private bool Connect()
    {
        long now = system.MonotonicMs;
        if (now < _nextTryMs)
        {
            return false;
        }

        SysResult opened = system.OpenSyslog(out _isStream);
        _nextTryMs = opened.Ok ? 0 : now + 1000;
        _fd = opened.Ok ? opened.Fd : Fd.None;
        return opened.Ok;
    }
}

/// <summary>One facility and level of the system's log.</summary>
public sealed class SyslogSink(SyslogConnection connection, int facility, int level) : LogSink
{
    private long _untold;

    public override void Write(ReadOnlySpan<byte> line)
    {
        if (_untold > 0)
        {
            Span<byte> text = stackalloc byte[64];
            if (!connection.Send(facility, level, LostLinesNotice(_untold, text)))
            {
                Lose();
                return;
            }

            _untold = 0;
        }

        if (!connection.Send(facility, level, line))
        {
            Lose();
        }
    }

    private void Lose()
    {
        Lost++;
        _untold++;
    }
}
