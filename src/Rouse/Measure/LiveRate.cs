using System;
using System.Collections.Generic;
using System.Text.Json;
using Rouse.Server.Control;
using Rouse.Tools.Control;

namespace Rouse.Tools.Measure;

/// <summary>How often a running daemon's service is connected to.</summary>
internal static class LiveRate
{
    /// <summary>Connections a second since the service began to count; null, and why, where that is not known.</summary>
    public static double? Of(string service, string control, out string fault)
    {
        ControlClient? daemon = ControlClient.Connect(control, isPatient: false, out fault);
        if (daemon is null)
        {
            return null;
        }

        List<JsonElement> lines = daemon.Ask(new ControlRequest("status", service), out fault);
        if (fault.Length > 0)
        {
            return null;
        }

        long now = 0;
        double served = 0;
        long since = long.MaxValue;
        foreach (JsonElement line in lines)
        {
            if (ControlClient.Text(line, "type") == "daemon")
            {
                now = line.GetProperty("now").GetInt64();
            }
            else if (line.TryGetProperty("totals", out JsonElement totals))
            {
                served += totals.GetProperty("served").GetInt64();
                since = Math.Min(since, totals.GetProperty("since").GetInt64());
            }
        }

        return served / Math.Max(now - since, 1);
    }
}
