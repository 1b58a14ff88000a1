using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rouse.Tools.Processes;
using Rouse.Tools.Services;

namespace Rouse.Tools.Control;

/// <summary>The servers that outlive their connections, resident ones and those that sleep, in a table of their own below the services.</summary>
internal static class KeptServersText
{
    public static void Append(StringBuilder text, List<JsonElement> lines, long now)
    {
        List<string[]> rows = [["SERVICE", "START", "SERVER", "FOR", "PID", "STARTS", "PASSED", "HELD", "MEMORY", "LAST SLEPT", "BECAUSE"]];
        ProcessTree memory = new();
        foreach (JsonElement line in lines)
        {
            if (line.TryGetProperty("resident", out JsonElement resident))
            {
                rows.Add(Row(line, resident, Number(resident, "restarts") + 1, memory, now));
            }
            else if (line.TryGetProperty("backend", out JsonElement backend))
            {
                rows.Add(Row(line, backend, Number(backend, "starts") ?? 0, memory, now));
            }
        }

        if (rows.Count > 1)
        {
            text.Append('\n');
            TextTable.Append(text, rows);
        }
    }

    private static string[] Row(JsonElement service, JsonElement server, long? starts, ProcessTree memory, long now)
    {
        long? held = Number(server, "held");
        long? silent = Number(server, "silent");
        int[] pids = Number(server, "pid") is { } pid ? [(int)pid] : [];
        return
        [
            ControlClient.Text(service, "id"),
            ControlClient.Text(service, "start"),
            ControlClient.Text(server, "state"),
            Number(server, "since") is { } since ? TextTable.Age(now - since) : "-",
            pids.Length > 0 ? Text(pids[0]) : "-",
            Text(starts),
            Text(Number(server, "passed")),
            held is null ? "-" : silent > 0 ? $"{Text(held)} (+{Text(silent)} silent)" : Text(held),
            memory.MemoryKib(pids) is { } kib ? $"{Text(kib)} KiB" : "-",
            Number(server, "lastSlept") is { } slept ? $"{TextTable.Age(now - slept)} ago" : held is null ? "-" : "never",
            ControlClient.Text(server, "why") is { Length: > 0 } why ? why : "-",
        ];
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static long? Number(JsonElement line, string name) => RunningService.Number(line, name);
}
