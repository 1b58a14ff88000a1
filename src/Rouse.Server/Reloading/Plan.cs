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
        WantedServices wanted = new(next.Services);
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

        // Who stays where it is comes first: no other service of its id takes its definition.
        ServiceDefinition?[] places = new ServiceDefinition?[running.Count];
        for (int i = 0; i < running.Count; i++)
        {
            places[i] = wanted.Take(running[i], mayMove: false);
        }

        List<KeptService> kept = [];
        List<ServiceDefinition> dropped = [];
        List<ServiceDefinition> keptThoughBroken = [];
        for (int i = 0; i < running.Count; i++)
        {
            ServiceDefinition old = running[i];
            if ((places[i] ?? wanted.Take(old, mayMove: true)) is { } now)
            {
                kept.Add(new KeptService(old, now, Rebind: places[i] is null));
            }
            else if (!wanted.HasLeft(old) && (broken.Contains(old.Id) || brokenNames.Contains(old.Name)))
            {
                keptThoughBroken.Add(old);
            }
            else
            {
                dropped.Add(old);
            }
        }

        return new Plan(kept, dropped, wanted.Left(), keptThoughBroken);
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

    /// <summary>
    /// What a service is known by. Several may have one key as long as they listen at different addresses, or through different kinds of socket.
    /// </summary>
    internal static (string Id, int Protocol, ushort Port) Key(ServiceDefinition definition) =>
        (definition.Id, definition.Protocol.Number, definition.Port);

    /// <summary>The one can run on as the other, with the sockets that it has.</summary>
    internal static bool StaysInPlace(ServiceDefinition a, ServiceDefinition b) => IsSame(a, b) && !NeedsRebind(a, b);

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
