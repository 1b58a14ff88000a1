using System.Collections.Generic;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;

namespace Rouse.Server.Reloading;

/// <summary>
/// What changes for the network between two sets of services: places that are opened and closed, and services whose
/// <c>only_from</c>, <c>no_access</c> and <c>access_times</c> let in more or fewer than before. A pure function of the definitions; a
/// service is compared by where it listens, not by its id, so that one that was renamed is neither opened nor closed.
/// </summary>
public static class ExposureDiff
{
    public static List<ExposureChange> Compare(IReadOnlyList<ServiceDefinition> before, IReadOnlyList<ServiceDefinition> after)
    {
        Dictionary<string, ServiceDefinition> was = PlacesOf(before);
        Dictionary<string, ServiceDefinition> willBe = PlacesOf(after);
        List<ExposureChange> changes = [];
        foreach ((string place, ServiceDefinition service) in willBe)
        {
            if (!was.ContainsKey(place))
            {
                changes.Add(new ExposureChange(ExposureKind.Opened, service.Id, Shown(place), Audience(service)));
            }
        }

        foreach ((string place, ServiceDefinition service) in was)
        {
            if (!willBe.ContainsKey(place))
            {
                changes.Add(new ExposureChange(ExposureKind.Closed, service.Id, Shown(place), ""));
            }
        }

        AddAccessChanges(was, willBe, changes);
        return changes;
    }

    /// <summary>
    /// A service that stays where it is, as <see cref="Plan"/> has found out, and lets in the same peers: of it there would be nothing to say.
    /// </summary>
    public static bool IsUnchanged(in KeptService kept)
    {
        // Several services may have one name behind the multiplexer, and one place then.
        if (kept.Rebind || kept.New.IsMultiplexed || AccessChange.Between(kept.Old, kept.New) != AccessOrder.Same)
        {
            return false;
        }

        bool asks = AccessChange.AsksWrappers(kept.New);
        return asks == AccessChange.AsksWrappers(kept.Old) && (!asks || kept.Old.ProcessName == kept.New.ProcessName);
    }

    private static void AddAccessChanges(
        Dictionary<string, ServiceDefinition> was, Dictionary<string, ServiceDefinition> willBe, List<ExposureChange> changes)
    {
        // A service with several addresses, which follow one another, is compared and told once.
        ServiceDefinition? compared = null;
        foreach ((string place, ServiceDefinition now) in willBe)
        {
            if (!was.TryGetValue(place, out ServiceDefinition? old) || ReferenceEquals(now, compared))
            {
                continue;
            }

            compared = now;
            switch (AccessChange.Between(old, now))
            {
                case AccessOrder.Wider:
                    changes.Add(new ExposureChange(ExposureKind.Widened, now.Id, Shown(place), "more peers may come in"));
                    break;
                case AccessOrder.Narrower:
                    changes.Add(new ExposureChange(ExposureKind.Narrowed, now.Id, Shown(place), "fewer peers may come in"));
                    break;
                case AccessOrder.Other:
                    changes.Add(new ExposureChange(ExposureKind.Changed, now.Id, Shown(place), "other peers may come in"));
                    break;
                default:
                    break;
            }

            AddWrapperChange(old, now, Shown(place), changes);
        }
    }

    // Whatever the rules of tcp_wrappers say at this moment: they may say something else in the next.
    private static void AddWrapperChange(ServiceDefinition old, ServiceDefinition now, string place, List<ExposureChange> changes)
    {
        bool didAsk = AccessChange.AsksWrappers(old);
        bool asks = AccessChange.AsksWrappers(now);
        if (didAsk && !asks)
        {
            changes.Add(new ExposureChange(ExposureKind.Widened, now.Id, place, "the rules of tcp_wrappers are not asked any more"));
        }
        else if (!didAsk && asks)
        {
            changes.Add(new ExposureChange(ExposureKind.Narrowed, now.Id, place, "the rules of tcp_wrappers are asked"));
        }
        else if (asks && old.ProcessName != now.ProcessName)
        {
            changes.Add(new ExposureChange(
                ExposureKind.Changed, now.Id, place, $"the rules of tcp_wrappers know it as {now.ProcessName}, not as {old.ProcessName}"));
        }
    }

    // Each place as it is shown, then a line end, then what else tells it from others. Texts, because a dictionary of another kind of key
    // is code that the idle daemon would pay for.
    private static Dictionary<string, ServiceDefinition> PlacesOf(IReadOnlyList<ServiceDefinition> services)
    {
        Dictionary<string, ServiceDefinition> places = [];
        foreach (ServiceDefinition service in services)
        {
            // RPC services without a port listen nowhere that could be named before they do.
            string id = service.Port == 0 ? service.Id : "";
            if (service.IsMultiplexed)
            {
                places[$"tcpmux/{service.Protocol.Name}\n{service.Name}"] = service;
            }

            if (service.Local is { } local)
            {
                places[$"{local.Path}/unix\n{(int)service.SocketType}"] = service;
            }

            foreach (SocketAddress address in ListenAddresses.Of(service))
            {
                string only = service.V6Only ? "6" : "";
                places[$"{Where(service, address)}\n{(int)service.SocketType} {service.Protocol.Number} {address.ScopeId} {only} {id}"] = service;
            }
        }

        return places;
    }

    private static string Where(ServiceDefinition service, in SocketAddress address)
    {
        string protocol = service.Protocol.Name;
        if (address.Port != 0)
        {
            return $"{Endpoint.Text(address, service)}/{protocol}";
        }

        return $"any port/{protocol}";
    }

    private static string Shown(string place) => place[..place.IndexOf('\n', System.StringComparison.Ordinal)];

    private static string Audience(ServiceDefinition definition)
    {
        ServiceDefinition service = AccessChange.AsAsked(definition);
        if (service.OnlyFrom.IsDefault)
        {
            return service.NoAccess.IsDefaultOrEmpty ? "everybody may come in" : "everybody but those in no_access may come in";
        }

        return service.OnlyFrom.IsEmpty ? "nobody may come in" : "those in only_from may come in";
    }
}
