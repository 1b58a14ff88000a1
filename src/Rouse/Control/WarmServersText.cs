using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Rouse.Tools.Processes;

namespace Rouse.Tools.Control;

/// <summary>The part of a status that is about servers that were started beforehand: nothing where no service has any.</summary>
internal static class WarmServersText
{
    public static void Append(StringBuilder text, List<JsonElement> lines, ProcessTree processes, long now)
    {
        List<string[]> rows = [["SERVICE", "WARM", "PARKED", "HITS", "MISSES", "START-UP", "MEMORY", "LAST SLEPT", "WHY"]];
        foreach (JsonElement line in lines)
        {
            if (WaitingServers.Of(line) is { Parked: { } parked } waiting)
            {
                rows.Add(
                [
                    ControlClient.Text(line, "id"),
                    $"{ControlClient.Text(waiting.Said, "mode")}, {waiting.State}",
                    $"{parked}",
                    $"{waiting.Hits}",
                    $"{waiting.Misses}",
                    $"{waiting.Said.GetProperty("startupMs").GetInt64()} ms",
                    waiting.Memory(processes).Text,
                    waiting.LastSleptText(now),
                    Why(waiting.State, ControlClient.Text(waiting.Said, "reason")),
                ]);
            }
        }

        if (rows.Count > 1)
        {
            text.Append('\n');
            TextTable.Append(text, rows);
        }
    }

    private static string Why(string state, string reason) => state == "ready" ? "parked at " + reason : reason.Length == 0 ? "-" : reason;
}
