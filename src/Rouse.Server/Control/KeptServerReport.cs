using Rouse.Server.Backends;
using Rouse.Server.Listening;
using Rouse.Server.Resident;

namespace Rouse.Server.Control;

/// <summary>How a service's server is started, and what a server that outlives its connections does: members of a service's line of the status.</summary>
internal static class KeptServerReport
{
    public static void Write(JsonLine json, Service service)
    {
        json.Text("start", service.SpawnsServers ? service.Definition.Start.Text : "");
        if (service.Resident is { } resident)
        {
            Write(json, resident, service.Keeper.Loop.NowMs);
        }

        if (service.Backend is { } backend)
        {
            Write(json, backend);
        }
    }

    internal static string StateText(Backend backend) => backend.State switch
    {
        BackendState.Asleep when backend.IsResting => "resting",
        BackendState.Asleep => "asleep",
        BackendState.Starting => "starting",
        BackendState.Ready => "ready",
        _ => "stopping",
    };

    private static void Write(JsonLine json, ResidentServer resident, long nowMs)
    {
        json.BeginObject("resident");
        json.Text("state", resident.Pid != 0 ? "running" : resident.IsToStart ? "resting" : "ended");
        json.Number("pid", resident.Pid == 0 ? null : (long?)resident.Pid);
        json.Number("since", resident.Pid == 0 ? null : (long?)resident.SinceUnix);
        json.Number("restarts", resident.Restarts);
        json.Number("startsInMs", resident.StartsMs is { } due ? System.Math.Max(due - nowMs, 0) : null);
        json.Text("why", resident.LastEnd);
        json.End();
    }

    private static void Write(JsonLine json, Backend backend)
    {
        json.BeginObject("backend");
        json.Text("state", StateText(backend));
        json.Text("place", Endpoint.Text(backend.Address));
        json.Number("pid", backend.Pid == 0 ? null : (long?)backend.Pid);
        json.Number("since", backend.SinceUnix);
        json.Text("why", backend.Why);
        json.Number("starts", backend.Starts);
        json.Number("passed", backend.Passed);
        json.Number("held", backend.Held);
        json.Number("silent", backend.Silent);
        json.Number("lastSlept", backend.AsleepSinceUnix == 0 ? null : (long?)backend.AsleepSinceUnix);
        json.End();
    }
}
