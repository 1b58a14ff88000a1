using System;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>The time at the start of log lines, made anew only when the second changes.</summary>
public sealed class LogClock(ISystem system)
{
    private static readonly byte[][] Months =
    [
        "Jan"u8.ToArray(), "Feb"u8.ToArray(), "Mar"u8.ToArray(), "Apr"u8.ToArray(), "May"u8.ToArray(), "Jun"u8.ToArray(),
        "Jul"u8.ToArray(), "Aug"u8.ToArray(), "Sep"u8.ToArray(), "Oct"u8.ToArray(), "Nov"u8.ToArray(), "Dec"u8.ToArray(),
    ];

    private readonly byte[] _stamp = new byte[24];
    private readonly byte[] _syslogStamp = new byte[24];
    private int _stampLength;
    private int _syslogLength;
    private long _second = long.MinValue;

    /// <summary>The local calendar of the last time that <see cref="Read"/> was given.</summary>
    public LocalTime Local { get; private set; }

    /// <summary>Brings the clock to a time.</summary>
    public void Read(long unixSeconds)
    {
        if (unixSeconds == _second)
        {
            return;
        }

        _second = unixSeconds;
        LocalTime t = Local = system.ToLocal(unixSeconds);

        // The original's form: neither the month nor the day is padded.
        LogLine line = new(_stamp);
        line.AppendTwoDigits(t.Year % 100);
        line.Append((byte)'/');
        line.Append(t.Month);
        line.Append((byte)'/');
        line.Append(t.Day);
        line.Append((byte)'@');
        AppendTime(ref line, t);
        _stampLength = line.Bytes.Length;

        // RFC 3164 section 4.1.2: the day is padded with a blank.
        LogLine syslog = new(_syslogStamp);
        syslog.Append(Months[t.Month - 1]);
        syslog.Append(t.Day < 10 ? "  "u8 : " "u8);
        syslog.Append(t.Day);
        syslog.Append((byte)' ');
        AppendTime(ref syslog, t);
        _syslogLength = syslog.Bytes.Length;
    }

    /// <summary><c>26/11/24@04:37:19</c></summary>
    public ReadOnlySpan<byte> Stamp => _stamp.AsSpan(0, _stampLength);

    /// <summary><c>Nov 24 04:37:19</c></summary>
    public ReadOnlySpan<byte> SyslogStamp => _syslogStamp.AsSpan(0, _syslogLength);

    private static void AppendTime(ref LogLine line, in LocalTime t)
    {
        line.AppendTwoDigits(t.Hour);
        line.Append((byte)':');
        line.AppendTwoDigits(t.Minute);
        line.Append((byte)':');
        line.AppendTwoDigits(t.Second);
    }
}
