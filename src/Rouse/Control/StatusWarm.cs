using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace Rouse.Tools.Control;

/// <summary>The part of a status that is about servers that were started beforehand: nothing where no service has any.</summary>
internal static class StatusWarm
{
    public static void Append(StringBuilder text, List<JsonElement> lines, long now)
    {
        List<string[]> rows = [["SERVICE", "WARM", "PARKED", "HITS", "MISSES", "START-UP", "MEMORY", "LAST SLEPT", "WHY"]];
        foreach (JsonElement line in lines)
        {
            if (line.TryGetProperty("warm", out JsonElement warm))
            {
                rows.Add(
                [
                    ControlClient.Text(line, "id"),
                    $"{ControlClient.Text(warm, "mode")}, {ControlClient.Text(warm, "state")}",
                    $"{warm.GetProperty("parked").GetInt64()}",
                    $"{warm.GetProperty("hits").GetInt64()}",
                    $"{warm.GetProperty("misses").GetInt64()}",
                    $"{warm.GetProperty("startupMs").GetInt64()} ms",
                    warm.GetProperty("memoryKiB") is { ValueKind: JsonValueKind.Number } memory ? $"{memory.GetInt64()} KiB" : "?",
                    warm.GetProperty("lastSlept") is { ValueKind: JsonValueKind.Number } slept ? $"{TextTable.Age(now - slept.GetInt64())} ago" : "never",
                    Why(ControlClient.Text(warm, "state"), ControlClient.Text(warm, "reason")),
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
