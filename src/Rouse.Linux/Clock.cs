using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>A local time with its zone's short name (at most 8 bytes are kept).</summary>
public readonly record struct LocalTime(int Year, int Month, int Day, int Hour, int Minute, int Second, ulong ZoneBytes)
{
    public int MinuteOfDay => (Hour * 60) + Minute;

    /// <summary>Writes the zone's name (UTC, CEST); the number of bytes written.</summary>
    public int FormatZone(Span<byte> destination)
    {
        int n = 0;
        for (ulong rest = ZoneBytes; rest != 0; rest >>= 8)
        {
            destination[n++] = (byte)rest;
        }

        return n;
    }

    /// <summary>Packs a zone's name.</summary>
    public static ulong PackZone(ReadOnlySpan<byte> name)
    {
        ulong packed = 0;
        for (int i = Math.Min(name.Length, 8) - 1; i >= 0; i--)
        {
            packed = (packed << 8) | name[i];
        }

        return packed;
    }
}

/// <summary>clock_gettime(2), localtime_r(3), getloadavg(3).</summary>
// SAFETY: every pointer is to a local that outlives the call; tm_zone points to the C library's own storage and is copied at once.
internal static unsafe partial class Clock
{
    private const double LoadUnit = 65536; // SI_LOAD_SHIFT of sysinfo(2).
    private const int CLOCK_REALTIME = 0;
    private const int CLOCK_MONOTONIC = 1;

    public static long MonotonicMs()
    {
        Timespec now;
        _ = clock_gettime(CLOCK_MONOTONIC, &now);
        return (now.Seconds * 1000) + (now.Nanoseconds / 1_000_000);
    }

    public static long MonotonicUs()
    {
        Timespec now;
        _ = clock_gettime(CLOCK_MONOTONIC, &now);
        return (now.Seconds * 1_000_000) + (now.Nanoseconds / 1000);
    }

    public static long UnixSeconds()
    {
        Timespec now;
        _ = clock_gettime(CLOCK_REALTIME, &now);
        return now.Seconds;
    }

    /// <summary>Nanoseconds since 1970.</summary>
    public static long UnixNs()
    {
        Timespec now;
        _ = clock_gettime(CLOCK_REALTIME, &now);
        return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
    }

    public static LocalTime ToLocal(long unixSeconds)
    {
        Tm tm;
        _ = localtime_r(&unixSeconds, &tm);
        ulong zone = tm.Zone == null ? 0 : LocalTime.PackZone(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(tm.Zone));
        return new LocalTime(tm.Year + 1900, tm.Month + 1, tm.Day, tm.Hour, tm.Minute, tm.Second, zone);
    }

    /// <summary>
    /// Of the last minute. From /proc where that can be read, as it may be a container's own; otherwise, as without a descriptor, the kernel's.
    /// </summary>
    public static double LoadAverage()
    {
        double load;
        SystemInformation kernels;
        return getloadavg(&load, 1) == 1 ? load : sysinfo(&kernels) == 0 ? kernels.Load / LoadUnit : 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    // struct sysinfo(2), of which only the beginning is wanted; it has 112 bytes.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct SystemInformation
    {
        public long UptimeSeconds;
        public ulong Load;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Tm
    {
        public int Second;
        public int Minute;
        public int Hour;
        public int Day;
        public int Month;
        public int Year;
        public int WeekDay;
        public int YearDay;
        public int IsDst;
        public long GmtOffset;
        public byte* Zone;
    }

    // A leaf call that never blocks: the transition costs more than the call.
    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int clock_gettime(int clock, Timespec* time);

    [LibraryImport("libc")]
    private static partial int sysinfo(SystemInformation* information);

    [LibraryImport("libc")]
    private static partial Tm* localtime_r(long* time, Tm* result);

    [LibraryImport("libc")]
    private static partial int getloadavg(double* loads, int count);
}
