using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Rouse.Server.Control;
using Rouse.Tools.Control;

namespace Rouse.Tools.Services;

/// <summary>What a running super-server answers when it is asked for its status.</summary>
internal sealed record RunningDaemon(string Configuration, long Now, IReadOnlyList<RunningService> Services)
{
    /// <summary>Null, with the reason, where none answers.</summary>
    public static RunningDaemon? Ask(string path, out string fault)
    {
        ControlClient? daemon = ControlClient.Connect(path, isPatient: false, out fault);
        if (daemon is null)
        {
            return null;
        }

        List<JsonElement> lines = daemon.Ask(new ControlRequest("status", ""), out fault);
        JsonElement about = lines.Find(line => ControlClient.Text(line, "type") == "daemon");
        return fault.Length > 0 || about.ValueKind != JsonValueKind.Object
            ? null
            : new RunningDaemon(
                ControlClient.Text(about, "configuration"),
                RunningService.Number(about, "now") ?? 0,
                [.. lines.Where(line => ControlClient.Text(line, "type") == "service").Select(RunningService.Of)]);
    }
}

/// <summary>One service of a running super-server.</summary>
internal sealed record RunningService(string Id, string State, IReadOnlyList<string> Listens, long Live, IReadOnlyList<int> Pids, long? Last, string Start)
{
    public static RunningService Of(JsonElement line)
    {
        string protocol = ControlClient.Text(line, "protocol");
        return new RunningService(
            ControlClient.Text(line, "id"),
            ControlClient.Text(line, "state"),
            [.. Members(line, "listeners").Select(listener => $"{listener.GetString()}/{protocol}")],
            Number(line, "live") ?? 0,
            [.. Members(line, "sessions").Select(session => Number(session, "pid")).OfType<long>().Select(pid => (int)pid)],
            line.TryGetProperty("totals", out JsonElement totals) ? Number(totals, "last") : null,
            ControlClient.Text(line, "start"));
    }

    public static long? Number(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static List<JsonElement> Members(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
}
