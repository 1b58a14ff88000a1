using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Rouse.Linux;
using Rouse.Server.Control;
using Rouse.Tools.Control;

namespace Rouse.Tools.Services;

/// <summary>What a running super-server answers when it is asked for its status.</summary>
internal sealed record RunningDaemon(string Configuration, long Now, IReadOnlyList<RunningService> Services)
{
    // What else there is to show does not wait for a daemon that is stopped or stuck.
    private const int PatienceSeconds = 3;

    /// <summary>Null, with the reason, where none answers.</summary>
    /// <param name="why">Why it could not be connected to, as the system said it.</param>
    public static RunningDaemon? Ask(string path, out string fault, out Errno why)
    {
        ControlClient? daemon = ControlClient.Connect(path, isPatient: false, out fault, out why, PatienceSeconds);
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
/// <param name="Waiting">Null where its servers are there for their connections alone.</param>
internal sealed record RunningService(
    string Id, string State, IReadOnlyList<string> Listens, long Live, IReadOnlyList<int> Serving, long? Last, string Start, WaitingServers? Waiting)
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
            ControlClient.Text(line, "start"),
            WaitingServers.Of(line));
    }

    /// <summary>An array of process numbers.</summary>
    public static IEnumerable<int> Pids(JsonElement numbers) =>
        numbers.EnumerateArray().Where(number => number.ValueKind == JsonValueKind.Number).Select(number => number.GetInt32());

    public static long? Number(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static List<JsonElement> Members(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
}
