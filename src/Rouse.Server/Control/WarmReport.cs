using System;
using Rouse.Config.Model;
using Rouse.Server.Listening;
using Rouse.Server.Warm;

namespace Rouse.Server.Control;

/// <summary>
/// What a service with <c>start = warm</c> has parked, and how often that was of use. What the parked processes hold is for the asker to read:
/// the loop does not walk through their pages.
/// </summary>
internal static class WarmReport
{
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

        // As many as the configuration asks for, a thousand at most.
        json.BeginArray("pids");
        foreach (WarmInstance parked in pool.Parked)
        {
            json.Element(parked.Server.Pid);
        }

        json.EndArray();
        json.Number("hits", pool.Served.Hits);
        json.Number("misses", pool.Served.Misses);
        json.Number("started", pool.Fates.Started);
        json.Number("retired", pool.Fates.Retired);
        json.Number("untaken", pool.Fates.Untaken);
        json.Number("startupMs", (long)Math.Round(pool.StartupMs));
        json.Number("lastSlept", pool.SleptUnix == 0 ? null : (long?)pool.SleptUnix);
        json.End();
    }
}
