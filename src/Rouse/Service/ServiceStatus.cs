using System.Text.Json;
using Rouse.Tools.Control;

namespace Rouse.Tools.Service;

/// <summary>One service as the daemon reports it, in an init script's words.</summary>
/// <param name="IsRunning">Whoever connects is served, now or when a limit has passed.</param>
internal sealed record ServiceStatus(bool IsRunning, string Sentence)
{
    /// <summary>Null for a line that says something else.</summary>
    public static ServiceStatus? Of(JsonElement line)
    {
        if (ControlClient.Text(line, "type") != "service")
        {
            return null;
        }

        string id = TextTable.Visible(ControlClient.Text(line, "id"));
        string places = SwitchedService.PlacesOf(line);
        long sessions = line.GetProperty("sessions").GetArrayLength() + line.GetProperty("sessionsOmitted").GetInt64();
        string served = sessions == 1 ? ", 1 session" : $", {sessions} sessions";
        return ControlClient.Text(line, "state") switch
        {
            "listening" => new(true, $"{id} is running: it listens on {places}{served}"),
            "served" => new(true, $"{id} is running: a server has its socket, {places}"),
            "out of service" => new(true, $"{id} is running, and out of service for a while: more came than cps allows{served}"),
            "waiting for address" => new(false, $"{id} is stopped: it waits for its address, which something else has"),
            "off" => new(false, $"{id} is stopped until the super-server's next reload{SwitchedService.LeftOf(sessions)}"),
            _ => new(false, $"{id} is stopped"),
        };
    }
}
