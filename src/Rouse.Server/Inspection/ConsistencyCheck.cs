using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.Inspection;

/// <summary>
/// Holds the daemon's counters against what they count, and its sockets against its services' states: at SIGABRT, and every so many
/// seconds with -cc (xinetd(8)). What is found is told in the original's words and put right. Differs from xinetd: D-049 (there a service
/// that is out for cps is reported each time, and nothing is put right).
/// </summary>
internal sealed class ConsistencyCheck
{
    private readonly Keeper _keeper;
    private readonly LoopTimer _timer;
    private long _everyMs;

    public ConsistencyCheck(Keeper keeper)
    {
        _keeper = keeper;
        _timer = new LoopTimer(RunAndSet);
    }

    public void RunEvery(long ms)
    {
        _everyMs = ms;
        _keeper.Loop.Set(_timer, ms);
    }

    /// <param name="onRequest">Somebody waits for the answer: say also that all is well.</param>
    public void Run(bool onRequest)
    {
        int errors = 0;
        foreach (Service service in _keeper.Services)
        {
            errors += CheckCount(service) + CheckSockets(service);
        }

        errors += CheckTotal();
        if (errors > 0)
        {
            _keeper.Log.Warning($"Consistency check detected {errors} errors");
        }
        else if (onRequest)
        {
            _keeper.Log.Info("Consistency check passed");
        }
    }

    private void RunAndSet()
    {
        Run(onRequest: false);
        RunEvery(_everyMs);
    }

    private int CheckCount(Service service)
    {
        int known = service.Occupancy.Live;
        int actual = service.Recount();
        if (actual == known)
        {
            return 0;
        }

        _keeper.Log.Error($"service {service.Definition.Id}: actual running servers = {actual}, known running servers = {known}");
        return 1;
    }

    private int CheckTotal()
    {
        int known = _keeper.Gate.Processes;
        int actual = _keeper.Sessions.Count;
        foreach (Service service in _keeper.Services)
        {
            actual += service.Warm?.CountPending(null) ?? 0;
            actual += service.TakesServers && !service.SpawnsServers ? service.CountAnsweredHere() : 0;
        }

        if (actual == known)
        {
            return 0;
        }

        _keeper.Gate.Processes = actual;
        _keeper.Gate.PlaceFreed?.Invoke();
        _keeper.Log.Error($"total running servers ({known}) != number of running servers ({actual})");
        return 1;
    }

    private int CheckSockets(Service service)
    {
        string id = service.Definition.Id;
        string? fault = service.State switch
        {
            ServiceState.Listening when !AreWatched(service) =>
                service.Definition.Wait ? $"Active single-threaded service {id}: no server running, descriptor not set"
                : $"Active multi-threaded service {id}: descriptor not set",
            ServiceState.Suspended when IsAnyWatched(service) => $"Active single-threaded service {id}: server running, descriptor set",
            ServiceState.Suspended when !service.HasLentSocket && !service.IsToResume =>
                $"Active single-threaded service {id}: no server running, descriptor not set",
            ServiceState.OutOfService or ServiceState.WaitingForAddress when !service.IsToReturn =>
                $"service {id} is out and nothing brings it back",
            _ => null,
        };
        if (fault is null)
        {
            return 0;
        }

        _keeper.Log.Error(fault);
        service.SetRight();
        return 1;
    }

    // A listener that rests after a shortage of descriptors comes back by itself.
    private static bool AreWatched(Service service)
    {
        foreach (Listener listener in service.Listeners)
        {
            if (!listener.IsWatched && !listener.Rests)
            {
                return false;
            }
        }

        return service.Listeners.Count > 0 || service.Definition.IsMultiplexed;
    }

    private static bool IsAnyWatched(Service service)
    {
        foreach (Listener listener in service.Listeners)
        {
            if (listener.IsWatched)
            {
                return true;
            }
        }

        return false;
    }
}
