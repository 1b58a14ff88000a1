using System;
using System.Buffers.Text;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Warm;

namespace Rouse.Server.Control;

/// <summary>What a service with <c>start = warm</c> has parked, and how often that was of use.</summary>
internal static class WarmReport
{
    // Each is a walk through a process's pages; beyond so many the others are taken to be as large.
    private const int MostMeasured = 4;

    public static void Write(Service service, JsonLine json)
    {
        if (service.Warm is not { } pool)
        {
            return;
        }

        json.BeginObject("warm");
        json.Text("mode", service.Definition.Start.Kind == StartKind.WarmShared ? "shared" : service.Definition.Start.Count is null ? "auto" : "fixed");
        json.Text("state", pool.State.Text());
        json.Text("reason", pool.Reason);
        json.Number("parked", pool.Parked.Count);
        json.Number("hits", pool.Served.Hits);
        json.Number("misses", pool.Served.Misses);
        json.Number("started", pool.Fates.Started);
        json.Number("retired", pool.Fates.Retired);
        json.Number("untaken", pool.Fates.Untaken);
        json.Number("startupMs", (long)Math.Round(pool.StartupMs));
        json.Number("memoryKiB", MemoryKiB(pool));
        json.Number("lastSlept", pool.SleptUnix == 0 ? null : (long?)pool.SleptUnix);
        json.End();
    }

    // Null where the daemon may not look.
    private static long? MemoryKiB(WarmPool pool)
    {
        long sum = 0;
        int measured = Math.Min(pool.Parked.Count, MostMeasured);
        for (int i = 0; i < measured; i++)
        {
            if (ProportionalKiB(pool.Parked[i].Server.Pid) is not { } one)
            {
                return null;
            }

            sum += one;
        }

        return measured == 0 ? 0 : sum * pool.Parked.Count / measured;
    }

    // proc(5): smaps_rollup, the line "Pss:   123 kB".
    private static long? ProportionalKiB(int pid)
    {
        Span<byte> text = stackalloc byte[1024];
        SysResult read = Files.ReadStart($"/proc/{pid}/smaps_rollup", text);
        int at = read.Ok ? text[..read.Value].IndexOf("\nPss:"u8) : -1;
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = text[(at + "\nPss:"u8.Length)..read.Value].TrimStart((byte)' ');
        return Utf8Parser.TryParse(rest, out long kib, out _) ? kib : null;
    }
}
