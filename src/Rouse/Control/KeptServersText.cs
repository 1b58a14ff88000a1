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
    public static void Append(StringBuilder text, List<JsonElement> lines, ProcessTree processes, long now)
    {
        List<string[]> rows = [["SERVICE", "START", "SERVER", "FOR", "PID", "STARTS", "PASSED", "HELD", "MEMORY", "LAST SLEPT", "BECAUSE"]];
        foreach (JsonElement line in lines)
        {
            if (WaitingServers.Of(line) is { Parked: null } server)
            {
                rows.Add(Row(line, server, processes, now));
            }
        }

        if (rows.Count > 1)
        {
            text.Append('\n');
            TextTable.Append(text, rows);
        }
    }

    private static string[] Row(JsonElement service, WaitingServers server, ProcessTree processes, long now)
    {
        long? held = Number(server.Said, "held");
        long? silent = Number(server.Said, "silent");
        return
        [
            ControlClient.Text(service, "id"),
            ControlClient.Text(service, "start"),
            server.State,
            Number(server.Said, "since") is { } since ? TextTable.Age(now - since) : "-",
            server.Pids.Count > 0 ? Text(server.Pids[0]) : "-",
            Text(Number(server.Said, "starts") ?? Number(server.Said, "restarts") + 1),
            Text(Number(server.Said, "passed")),
            held is null ? "-" : silent > 0 ? $"{Text(held)} (+{Text(silent)} silent)" : Text(held),
            server.Memory(processes).Text,
            server.LastSleptText(now),
            ControlClient.Text(server.Said, "why") is { Length: > 0 } why ? why : "-",
        ];
    }

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static long? Number(JsonElement line, string name) => RunningService.Number(line, name);
}
