using System;
using System.Buffers.Binary;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Rouse.Server.BuiltIn;

/// <summary>What daytime (RFC 867) and time (RFC 868) answer, made anew when the second changes.</summary>
internal sealed class ClockText(LogClock clock)
{
    // Seconds from 1900 to 1970: RFC 868 counts from 1 January 1900.
    private const long From1900To1970 = 2_208_988_800;

    private static readonly byte[][] Months =
    [
        "JAN"u8.ToArray(), "FEB"u8.ToArray(), "MAR"u8.ToArray(), "APR"u8.ToArray(), "MAY"u8.ToArray(), "JUN"u8.ToArray(),
        "JUL"u8.ToArray(), "AUG"u8.ToArray(), "SEP"u8.ToArray(), "OCT"u8.ToArray(), "NOV"u8.ToArray(), "DEC"u8.ToArray(),
    ];

    private readonly byte[] _daytime = new byte[64];
    private readonly byte[] _time = new byte[4];
    private int _daytimeLength;
    private long _second = long.MinValue;

    /// <summary><c>24 NOV 2026 03:11:00 UTC\r\n</c></summary>
    public ReadOnlySpan<byte> Daytime(long nowUnix)
    {
        Bring(nowUnix);
        return _daytime.AsSpan(0, _daytimeLength);
    }

    /// <summary>Four bytes, big-endian; they wrap in 2036 as the RFC's do.</summary>
    public ReadOnlySpan<byte> Time(long nowUnix)
    {
        Bring(nowUnix);
        return _time;
    }

    private void Bring(long nowUnix)
    {
        if (nowUnix == _second)
        {
            return;
        }

        _second = nowUnix;
        BinaryPrimitives.WriteUInt32BigEndian(_time, unchecked((uint)(nowUnix + From1900To1970)));
        clock.Read(nowUnix);
        LocalTime t = clock.Local;
        LogLine line = new(_daytime);
        line.AppendTwoDigits(t.Day);
        line.Append((byte)' ');
        line.Append(Months[t.Month - 1]);
        line.Append((byte)' ');
        line.Append(t.Year);
        line.Append((byte)' ');
        line.AppendTwoDigits(t.Hour);
        line.Append((byte)':');
        line.AppendTwoDigits(t.Minute);
        line.Append((byte)':');
        line.AppendTwoDigits(t.Second);
        line.Append((byte)' ');
        Span<byte> zone = stackalloc byte[8];
        line.Append(zone[..t.FormatZone(zone)]);
        line.Append("\r\n"u8);
        _daytimeLength = line.Bytes.Length;
    }
}
