using System;
using System.Buffers.Binary;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Rouse.Server.BuiltIn;

/// <summary>What daytime (RFC 867) and time (RFC 868) answer, made anew when the second changes.</summary>
/// <param name="asInetd">The day's time in inetd's form, that of ctime(3), in place of xinetd's.</param>
internal sealed class ClockText(LogClock clock, bool asInetd = false)
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

    /// <summary><c>24 NOV 2026 03:11:00 UTC\r\n</c>, or inetd's <c>Tue Nov 24 03:11:00 2026\r\n</c>.</summary>
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
        LogLine line = new(_daytime);
        if (asInetd)
        {
            WriteAsInetd(ref line, clock.Local);
        }
        else
        {
            WriteAsXinetd(ref line, clock.Local);
        }

        line.Append("\r\n"u8);
        _daytimeLength = line.Bytes.Length;
    }

    private static void WriteAsXinetd(ref LogLine line, in LocalTime t)
    {
        line.AppendTwoDigits(t.Day);
        line.Append((byte)' ');
        line.Append(Months[t.Month - 1]);
        line.Append((byte)' ');
        line.Append(t.Year);
        line.Append((byte)' ');
        WriteTime(ref line, t);
        line.Append((byte)' ');
        Span<byte> zone = stackalloc byte[8];
        line.Append(zone[..t.FormatZone(zone)]);
    }

    private static void WriteAsInetd(ref LogLine line, in LocalTime t)
    {
        ReadOnlySpan<byte> days = "SunMonTueWedThuFriSat"u8;
        ReadOnlySpan<byte> months = "JanFebMarAprMayJunJulAugSepOctNovDec"u8;
        line.Append(days.Slice(3 * DayOfWeek(t), 3));
        line.Append((byte)' ');
        line.Append(months.Slice(3 * (t.Month - 1), 3));
        line.Append(t.Day < 10 ? "  "u8 : " "u8);
        line.Append(t.Day);
        line.Append((byte)' ');
        WriteTime(ref line, t);
        line.Append((byte)' ');
        line.Append(t.Year);
    }

    private static void WriteTime(ref LogLine line, in LocalTime t)
    {
        line.AppendTwoDigits(t.Hour);
        line.Append((byte)':');
        line.AppendTwoDigits(t.Minute);
        line.Append((byte)':');
        line.AppendTwoDigits(t.Second);
    }

    // Counted from a day in March, so that the leap day is a year's last one; 0 is Sunday.
    private static int DayOfWeek(in LocalTime t)
    {
        int month = (t.Month + 9) % 12;
        int year = t.Month <= 2 ? t.Year - 1 : t.Year;
        int days = (365 * year) + (year / 4) - (year / 100) + (year / 400) + (((153 * month) + 2) / 5) + t.Day;
        return (days + 2) % 7;
    }
}
