using System;
using System.Collections.Generic;
using System.Text.Json;
using Rouse.Tools.Processes;
using Rouse.Tools.Services;

namespace Rouse.Tools.Control;

/// <summary>
/// What a daemon says of the servers of a service that are there before their connections or after them: parked ones, a resident one, or one
/// that sleeps.
/// </summary>
internal sealed class WaitingServers
{
    private static readonly string[] Names = ["warm", "resident", "backend"];

    private WaitingServers(JsonElement said, bool sleeps)
    {
        Said = said;
        State = ControlClient.Text(said, "state");
        Sleeps = sleeps;
        Parked = Number("parked");
        Hits = Number("hits");
        Misses = Number("misses");
        LastSlept = Number("lastSlept");
        Pids = said.TryGetProperty("pids", out JsonElement parked) ? [.. RunningService.Pids(parked)] : Number("pid") is { } pid ? [(int)pid] : [];
    }

    /// <summary>The object as it came.</summary>
    public JsonElement Said { get; }

    public string State { get; }

    /// <summary>It goes to sleep when nobody comes.</summary>
    public bool Sleeps { get; }

    /// <summary>How many wait; null where none are parked for connections to come.</summary>
    public long? Parked { get; }

    /// <summary>Connections that a parked server took; null likewise.</summary>
    public long? Hits { get; }

    /// <summary>Connections that were served cold; null likewise.</summary>
    public long? Misses { get; }

    /// <summary>Seconds since 1970; null where it never slept.</summary>
    public long? LastSlept { get; }

    public IReadOnlyList<int> Pids { get; }

    /// <summary>Null for a service whose servers are there for their connections alone.</summary>
    public static WaitingServers? Of(JsonElement service)
    {
        foreach (string name in Names)
        {
            if (service.TryGetProperty(name, out JsonElement said) && said.ValueKind == JsonValueKind.Object)
            {
                return new WaitingServers(said, sleeps: name != "resident");
            }
        }

        return null;
    }

    /// <summary>A member of a service's line that is about such servers.</summary>
    public static bool IsOne(string name) => Array.IndexOf(Names, name) >= 0;

    /// <summary>What they hold, and all that comes from them.</summary>
    public HeldMemory Memory(ProcessTree processes) => processes.Memory(Pids);

    public string LastSleptText(long now) => LastSlept is { } slept ? $"{TextTable.Age(now - slept)} ago" : Sleeps ? "never" : "-";

    private long? Number(string name) => RunningService.Number(Said, name);
}
