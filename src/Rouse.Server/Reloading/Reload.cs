using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config;
using Rouse.Config.Model;
using Rouse.Server.Listening;

namespace Rouse.Server.Reloading;

/// <summary>Makes a <see cref="Plan"/> true, all of it within one turn of the loop: no connection falls between two configurations.</summary>
internal static class Reload
{
    public static void Apply(Keeper keeper, List<Service> services, Configuration next)
    {
        ConfigurationReport.Write(keeper.Log, next);
        if (next.StructureBroken || next.DefaultsBroken)
        {
            keeper.Log.Warning("reconfiguration failed: the configuration cannot be understood (see above); nothing was changed");
            return;
        }

        Dictionary<ServiceDefinition, Service> running = new(ReferenceEqualityComparer.Instance);
        List<ServiceDefinition> definitions = [];
        foreach (Service service in services)
        {
            running.Add(service.Definition, service);
            definitions.Add(service.Definition);
        }

        Plan plan = Plan.Compare(definitions, next);
        keeper.Log.Notice("Swapping defaults");
        foreach (ServiceDefinition dropped in plan.Dropped)
        {
            Drop(keeper, services, running[dropped]);
        }

        AddressSetPool pool = new();
        foreach (KeptService kept in plan.Kept)
        {
            Readjust(keeper, running[kept.Old], kept, pool);
        }

        foreach (ServiceDefinition broken in plan.KeptThoughBroken)
        {
            keeper.Log.Warning($"service {broken.Id}: its entry has an error (see above), so it keeps running as it was");
        }

        keeper.Logs.Reopen();
        keeper.Open(plan.Added);
        int old = plan.Kept.Count + plan.KeptThoughBroken.Count;
        keeper.Log.Notice($"Reconfigured: new={plan.Added.Count} old={old} dropped={plan.Dropped.Count} (services)");
    }

    private static void Drop(Keeper keeper, List<Service> services, Service service)
    {
        service.Close();
        services.Remove(service);
        ServerEnding.End(keeper, service);
        keeper.Log.Notice($"service {service.Definition.Id} deactivated");
    }

    private static void Readjust(Keeper keeper, Service service, in KeptService kept, AddressSetPool pool)
    {
        keeper.Log.Notice($"readjusting service {kept.New.Id}");
        if (kept.Rebind)
        {
            service.Close();
            ServerEnding.End(keeper, service);
        }

        service.Apply(kept.New, AccessPolicy.Compile(kept.New, pool));
        if (kept.Rebind)
        {
            service.Open();
        }
    }
}
