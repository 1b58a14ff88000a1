using System.Collections.Generic;
using System.Text.Json;

namespace Rouse.Tools.Control;

/// <summary>What a daemon says of a service that it was told to switch: one char a byte, as it came.</summary>
/// <param name="Change"><c>enabled</c>, <c>disabled</c>, <c>restarted</c>, <c>unchanged</c>.</param>
/// <param name="Places">Where it listens now: <c>*:79/tcp</c>.</param>
/// <param name="IsSocketLent">A server of it has its socket, and answers there until it ends.</param>
internal sealed record SwitchedService(string Id, string Change, string State, string Places, long Sessions, bool IsSocketLent)
{
    /// <summary>Null for a line that says something else.</summary>
    public static SwitchedService? Of(JsonElement line) => ControlClient.Text(line, "type") != "switched"
        ? null
        : new SwitchedService(
            TextTable.Visible(ControlClient.Text(line, "id")),
            ControlClient.Text(line, "change"),
            ControlClient.Text(line, "state"),
            PlacesOf(line),
            line.GetProperty("sessions").GetInt64(),
            line.GetProperty("socketLent").GetBoolean());

    /// <summary>Where a service of a <c>switched</c> or <c>service</c> line listens; what it listens behind where it has no sockets.</summary>
    public static string PlacesOf(JsonElement line)
    {
        List<string> places = [];
        foreach (JsonElement listener in line.GetProperty("listeners").EnumerateArray())
        {
            places.Add($"{TextTable.Visible(listener.GetString()!)}/{ControlClient.Text(line, "protocol")}");
        }

        return places.Count == 0 ? "the port multiplexer" : string.Join(", ", places);
    }

    public bool IsOff => State == "off";

    public string Sentence => Change switch
    {
        "enabled" => $"{Id} is enabled until the next reload: it listens on {Places}",
        "disabled" => $"{Id} is disabled until the next reload{Left}",
        "restarted" => $"{Id} was closed and opened again: it listens on {Places}",
        _ when IsOff => $"{Id} is off already{Left}",
        _ when State == "out of service" => $"{Id} is on already, and out of service for a while: see rouse status",
        _ => $"{Id} is on already: it listens on {Places}",
    };

    /// <summary>What goes on of a service that is off; empty for nothing.</summary>
    public string Left => IsSocketLent ? "; its server has its socket, and answers there until it ends" : LeftOf(Sessions);

    public static string LeftOf(long sessions) => sessions switch
    {
        0 => "",
        1 => "; 1 session goes on",
        _ => $"; {sessions} sessions go on",
    };
}
