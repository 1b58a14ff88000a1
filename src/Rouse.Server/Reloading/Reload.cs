using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config;
using Rouse.Config.Model;
using Rouse.Server.Listening;
using Rouse.Server.Logging;

namespace Rouse.Server.Reloading;

/// <summary>Makes a <see cref="Plan"/> true, all of it within one turn of the loop: no connection falls between two configurations.</summary>
internal static class Reload
{
    /// <param name="asked">The number of this request among all: what was switched off before it comes back.</param>
    public static ReloadResult Apply(Keeper keeper, List<Service> services, PreparedReload prepared, long asked)
    {
        Configuration next = prepared.Next;
        Plan plan = prepared.Plan;
        ConfigurationReport.Write(keeper.Log, next);
        if (next.StructureBroken || next.DefaultsBroken)
        {
            return Refuse(keeper, next, "the configuration cannot be understood (see above); nothing was changed");
        }

        Dictionary<ServiceDefinition, Service> running = new(ReferenceEqualityComparer.Instance);
        List<ServiceDefinition> definitions = [];
        foreach (Service service in services)
        {
            running.Add(service.Definition, service);
            definitions.Add(service.Definition);
        }

        if (next.HasStrayLines && plan.FirstVanished(next) is { } vanished)
        {
            return Refuse(
                keeper,
                next,
                $"service {vanished.Id} has vanished, and a line that begins no entry (see above) may have "
                + "been its first; nothing was changed. Repair that line, or take it out if the service should go");
        }

        keeper.Log.Notice("Swapping defaults");
        Exchange(keeper, services, definitions, running, plan, asked);
        foreach (ServiceDefinition broken in plan.KeptThoughBroken)
        {
            string how = running[broken].IsOff ? "stays off" : "keeps running as it was";
            keeper.Log.Warning($"service {broken.Id}: its entry has an error (see above), so it {how}");
        }

        keeper.Logs.Reopen();
        HashSet<string> leftOff = OpenAdded(keeper, plan, asked);
        CloseUnusedLogs(keeper);
        int old = plan.Kept.Count + plan.KeptThoughBroken.Count;
        keeper.Log.Notice($"Reconfigured: new={plan.Added.Count} old={old} dropped={plan.Dropped.Count} (services)");
        IReadOnlyList<ExposureChange> exposure = Without(leftOff, prepared.Exposure);
        foreach (ExposureChange change in exposure)
        {
            // Differs from xinetd: D-050.
            keeper.Log.Info($"exposure: {change}");
        }

        return new ReloadResult("", next) { New = plan.Added.Count, Old = old, Dropped = plan.Dropped.Count, Exposure = exposure };
    }

    private static ReloadResult Refuse(Keeper keeper, Configuration next, string why)
    {
        keeper.Log.Error($"reconfiguration failed: {why}");
        return new ReloadResult(why, next);
    }

    // In the order in which the services run, as the original tells it.
    private static void Exchange(
        Keeper keeper, List<Service> services, List<ServiceDefinition> order, Dictionary<ServiceDefinition, Service> running, Plan plan, long asked)
    {
        // What goes or moves is closed before anything is opened: a service may move to an address that another one leaves.
        foreach (ServiceDefinition dropped in plan.Dropped)
        {
            running[dropped].Close();
        }

        Dictionary<ServiceDefinition, KeptService> kept = new(ReferenceEqualityComparer.Instance);
        foreach (KeptService service in plan.Kept)
        {
            kept.Add(service.Old, service);
            if (service.Rebind)
            {
                running[service.Old].Close();
            }
        }

        HashSet<ServiceDefinition> dropping = new(plan.Dropped, ReferenceEqualityComparer.Instance);
        AddressSetPool pool = new();
        foreach (ServiceDefinition old in order)
        {
            if (kept.TryGetValue(old, out KeptService change))
            {
                Readjust(keeper, running[old], change, pool, asked);
            }
            else if (dropping.Contains(old))
            {
                Drop(keeper, services, running[old]);
            }
        }
    }

    // What was switched off while this reload was under way stays off, also where the reload has put another service in its place.
    private static HashSet<string> OpenAdded(Keeper keeper, Plan plan, long asked)
    {
        HashSet<string> leftOff = [];
        foreach (Service service in keeper.Open(plan.Added, asked))
        {
            keeper.Log.Notice($"service {service.Definition.Id} stays disabled until the next reload: that was asked for after this one");
            leftOff.Add(service.Definition.Id);
        }

        return leftOff;
    }

    private static IReadOnlyList<ExposureChange> Without(HashSet<string> leftOff, IReadOnlyList<ExposureChange> exposure)
    {
        if (leftOff.Count == 0)
        {
            return exposure;
        }

        List<ExposureChange> told = [];
        foreach (ExposureChange change in exposure)
        {
            if (!leftOff.Contains(change.Service))
            {
                told.Add(change);
            }
        }

        return told;
    }

    // A service that was dropped is still logged for as long as servers of it run.
    private static void CloseUnusedLogs(Keeper keeper)
    {
        HashSet<LogSink> used = [];
        foreach (Service service in keeper.Services)
        {
            used.Add(service.Log.Sink);
        }

        foreach ((Service service, _) in keeper.Sessions.All())
        {
            used.Add(service.Log.Sink);
        }

        keeper.Logs.CloseAllBut(used);
    }

    private static void Drop(Keeper keeper, List<Service> services, Service service)
    {
        services.Remove(service);
        ServerEnding.End(keeper, service);
        keeper.Log.Notice($"service {service.Definition.Id} deactivated");
    }

    private static void Readjust(Keeper keeper, Service service, in KeptService kept, AddressSetPool pool, long asked)
    {
        keeper.Log.Notice($"readjusting service {kept.New.Id}");
        if (kept.Rebind)
        {
            ServerEnding.End(keeper, service);
        }

        service.Apply(kept.New, AccessPolicy.Compile(kept.New, pool));
        service.ReturnEarly();
        if (service.IsOff)
        {
            // What was switched off while this reload was under way stays off.
            if (service.OffSince < asked)
            {
                keeper.Log.Notice($"service {kept.New.Id} is not disabled any more");
                service.ReturnFromOff();
            }
        }
        else if (kept.Rebind)
        {
            service.Open();
        }
    }
}
