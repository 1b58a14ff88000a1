using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Rouse.Config.Text;
using Rouse.Tools.Processes;

namespace Rouse.Tools.Control;

/// <summary>
/// A daemon's status for people: one line about the daemon, one a service, and where one service was asked for its sessions. Columns are
/// as wide as their widest word and no line is folded or cut, so that other programs can pick lines out.
/// </summary>
internal static class StatusText
{
    public static byte[] Of(List<JsonElement> lines, bool withSessions)
    {
        StringBuilder text = new();
        long now = 0;
        List<string[]> rows = [["SERVICE", "STATE", "LISTENS ON", "LIVE", "LIMIT", "SERVED", "REFUSED", "LAST", "CPS"]];
        List<string[]> sessions = [["SERVICE", "PID", "PEER", "PORT", "AGE"]];
        foreach (JsonElement line in lines)
        {
            if (Text(line, "type") == "daemon")
            {
                now = Number(line, "now");
                AppendDaemon(text, line, now);
            }
            else if (Text(line, "type") == "service")
            {
                rows.Add(Row(line, now));
                AddSessions(line, now, sessions);
            }
        }

        text.Append('\n');
        TextTable.Append(text, rows);
        ProcessTree processes = new();
        KeptServersText.Append(text, lines, processes, now);
        WarmServersText.Append(text, lines, processes, now);
        if (withSessions)
        {
            AppendReasons(text, lines);
            text.Append('\n');
            TextTable.Append(text, sessions);
        }

        return SourceFile.Encode(text.ToString());
    }

    private static void AppendDaemon(StringBuilder text, JsonElement daemon, long now)
    {
        string limit = daemon.GetProperty("serverLimit").ValueKind == JsonValueKind.Number ? $" of {Number(daemon, "serverLimit")}" : "";
        text.Append(
            $"roused {Number(daemon, "pid")}, up {TextTable.Age(now - Number(daemon, "started"))}, {Text(daemon, "configuration")}: "
            + $"{Number(daemon, "services")} services, {Number(daemon, "servers")}{limit} servers\n");
    }

    private static string[] Row(JsonElement service, long now)
    {
        JsonElement totals = service.GetProperty("totals");
        JsonElement cps = service.GetProperty("cps");
        List<string> listeners = [];
        foreach (JsonElement listener in service.GetProperty("listeners").EnumerateArray())
        {
            listeners.Add($"{listener.GetString()}/{Text(service, "protocol")}");
        }

        string state = Text(service, "state");
        state += IsNumber(service, "returnsIn") ? $" for {Number(service, "returnsIn")} s" : "";
        return
        [
            Text(service, "id"),
            state,
            listeners.Count == 0 ? "-" : string.Join(',', listeners),
            $"{Number(service, "live")}",
            IsNumber(service, "instances") ? $"{Number(service, "instances")}" : "-",
            $"{Number(totals, "served")}",
            $"{Number(totals, "refused")}",
            IsNumber(totals, "last") ? $"{TextTable.Age(now - Number(totals, "last"))} ago" : "never",
            Number(cps, "rate") == 0 ? "-" : $"{Number(cps, "now")}/{Number(cps, "rate")}",
        ];
    }

    private static void AddSessions(JsonElement service, long now, List<string[]> rows)
    {
        foreach (JsonElement session in service.GetProperty("sessions").EnumerateArray())
        {
            rows.Add(
            [
                Text(service, "id"),
                IsNumber(session, "pid") ? $"{Number(session, "pid")}" : "-",
                Text(session, "peer") is { Length: > 0 } peer ? peer : "-",
                $"{Number(session, "port")}",
                TextTable.Age(now - Number(session, "started")),
            ]);
        }

        if (Number(service, "sessionsOmitted") is > 0 and long omitted)
        {
            rows.Add([Text(service, "id"), $"and {omitted} more"]);
        }
    }

    private static void AppendReasons(StringBuilder text, List<JsonElement> lines)
    {
        List<string[]> rows = [["SERVICE", "REFUSED FOR", "TIMES"]];
        foreach (JsonElement line in lines)
        {
            if (Text(line, "type") == "service")
            {
                foreach (JsonProperty reason in line.GetProperty("totals").GetProperty("reasons").EnumerateObject())
                {
                    rows.Add([Text(line, "id"), reason.Name, $"{reason.Value.GetInt64()}"]);
                }
            }
        }

        if (rows.Count > 1)
        {
            text.Append('\n');
            TextTable.Append(text, rows);
        }
    }

    private static string Text(JsonElement line, string name) => ControlClient.Text(line, name);

    private static bool IsNumber(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number;

    private static long Number(JsonElement line, string name) => IsNumber(line, name) ? line.GetProperty(name).GetInt64() : 0;
}
