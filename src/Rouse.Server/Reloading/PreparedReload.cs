using System.Collections.Generic;
using Rouse.Config;
using Rouse.Config.Model;

namespace Rouse.Server.Reloading;

/// <summary>A configuration that was read, with all that can be found out of it away from the loop. Nothing is touched yet.</summary>
internal sealed class PreparedReload(Configuration next, Plan plan, IReadOnlyList<ExposureChange> exposure)
{
    public Configuration Next { get; } = next;

    public Plan Plan { get; } = plan;

    /// <summary>What the plan opens, closes, widens and narrows.</summary>
    public IReadOnlyList<ExposureChange> Exposure { get; } = exposure;

    /// <param name="running">What runs; before the reload is made true nothing can change it but a service that is switched off.</param>
    /// <param name="off">Those of them that are off until this reload, by reference.</param>
    public static PreparedReload Of(IReadOnlyList<ServiceDefinition> running, Configuration next, HashSet<ServiceDefinition> off)
    {
        Plan plan = Plan.Compare(running, next);
        if (next.StructureBroken || next.DefaultsBroken)
        {
            return new PreparedReload(next, plan, []);
        }

        // Most are as they were: their places need not be written out and looked up.
        HashSet<ServiceDefinition> silent = new(off, ReferenceEqualityComparer.Instance);
        List<ServiceDefinition> after = Without(off, plan.KeptThoughBroken);
        foreach (KeptService kept in plan.Kept)
        {
            if (!off.Contains(kept.Old) && ExposureDiff.IsUnchanged(kept))
            {
                silent.Add(kept.Old);
            }
            else
            {
                after.Add(kept.New);
            }
        }

        List<ServiceDefinition> before = Without(silent, running);

        after.AddRange(plan.Added);
        return new PreparedReload(next, plan, ExposureDiff.Compare(before, after));
    }

    private static List<ServiceDefinition> Without(HashSet<ServiceDefinition> off, IReadOnlyList<ServiceDefinition> services)
    {
        List<ServiceDefinition> others = [];
        foreach (ServiceDefinition service in services)
        {
            if (!off.Contains(service))
            {
                others.Add(service);
            }
        }

        return others;
    }
}
