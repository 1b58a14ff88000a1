using System;
using System.Collections.Generic;
using Rouse.Config;
using Rouse.Config.Model;

namespace Rouse.Server.Reloading;

/// <summary>A service that runs on with another definition.</summary>
/// <param name="Rebind">Its address or family changed: it is closed and opened again, and its servers are ended.</param>
public readonly record struct KeptService(ServiceDefinition Old, ServiceDefinition New, bool Rebind);

/// <summary>
/// What a new configuration changes of what runs: a pure comparison, made before anything is touched. A service is the same when its id
/// and its identity agree (socket type, protocol, wait, kind and port). An entry with an error keeps what runs under its id.
/// Differs from xinetd: D-004 (there a service whose entry becomes wrong is dropped).
/// </summary>
public sealed record Plan(
    IReadOnlyList<KeptService> Kept,
    IReadOnlyList<ServiceDefinition> Dropped,
    IReadOnlyList<ServiceDefinition> Added,
    IReadOnlyList<ServiceDefinition> KeptThoughBroken)
{
    public static Plan Compare(IReadOnlyList<ServiceDefinition> running, Configuration next)
    {
        // Two services may share an id when their sockets differ: echo over tcp and udp without an id of its own.
        Dictionary<(string Id, int Protocol, ushort Port), ServiceDefinition> wanted = [];
        foreach (ServiceDefinition definition in next.Services)
        {
            wanted[Key(definition)] = definition;
        }

        HashSet<string> broken = new(StringComparer.Ordinal);
        HashSet<string> brokenNames = new(StringComparer.Ordinal);
        foreach (BrokenService entry in next.Broken)
        {
            broken.Add(entry.Id);
            if (entry.KeepsName)
            {
                brokenNames.Add(entry.Name);
            }
        }

        List<KeptService> kept = [];
        List<ServiceDefinition> dropped = [];
        List<ServiceDefinition> keptThoughBroken = [];
        foreach (ServiceDefinition old in running)
        {
            if (wanted.TryGetValue(Key(old), out ServiceDefinition? now) && IsSame(old, now))
            {
                kept.Add(new KeptService(old, now, NeedsRebind(old, now)));
                wanted.Remove(Key(old));
            }
            else if (now is null && (broken.Contains(old.Id) || brokenNames.Contains(old.Name)))
            {
                keptThoughBroken.Add(old);
            }
            else
            {
                dropped.Add(old);
            }
        }

        List<ServiceDefinition> added = [];
        foreach (ServiceDefinition definition in next.Services)
        {
            if (wanted.ContainsKey(Key(definition)))
            {
                added.Add(definition);
            }
        }

        return new Plan(kept, dropped, added, keptThoughBroken);
    }

    /// <summary>A service that runs and that the new configuration does not even name, or null.</summary>
    public ServiceDefinition? FirstVanished(Configuration next)
    {
        HashSet<string> named = new(StringComparer.Ordinal);
        foreach (ServiceDefinition definition in next.Services)
        {
            named.Add(definition.Id);
        }

        foreach (DisabledService disabled in next.Disabled)
        {
            named.Add(disabled.Id);
        }

        foreach (ServiceDefinition dropped in Dropped)
        {
            if (!named.Contains(dropped.Id))
            {
                return dropped;
            }
        }

        return null;
    }

    internal static (string Id, int Protocol, ushort Port) Key(ServiceDefinition definition) =>
        (definition.Id, definition.Protocol.Number, definition.Port);

    internal static bool IsSame(ServiceDefinition a, ServiceDefinition b)
    {
        const ServiceTypes Kind = ServiceTypes.Rpc | ServiceTypes.Internal;
        return a.SocketType == b.SocketType && a.Protocol == b.Protocol && a.Wait == b.Wait && a.Port == b.Port
            && (a.Types & Kind) == (b.Types & Kind) && a.BuiltIn == b.BuiltIn && a.IsMultiplexed == b.IsMultiplexed
            && KeptKind(a) == KeptKind(b) && a.IsIntercepted == b.IsIntercepted && a.Local?.Path == b.Local?.Path;
    }

    // Who has the socket, or what is behind it: no service becomes one of these, or stops to be one, while it runs.
    private static StartKind KeptKind(ServiceDefinition definition) =>
        definition.Start.Kind is StartKind.Resident or StartKind.OnDemandResident ? definition.Start.Kind : StartKind.OnDemand;

    internal static bool NeedsRebind(ServiceDefinition a, ServiceDefinition b)
    {
        const ServiceFlags Family = ServiceFlags.IPv4 | ServiceFlags.IPv6;
        return (a.Flags & Family) != (b.Flags & Family) || a.V6Only != b.V6Only
            || a.Local != b.Local || a.Buffers != b.Buffers || a.BindScope != b.BindScope || a.BindIsMapped != b.BindIsMapped
            || !a.BindAddresses.AsSpan().SequenceEqual(b.BindAddresses.AsSpan());
    }
}
