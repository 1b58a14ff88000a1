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
        Dictionary<Place, ServiceDefinition> was = PlacesOf(before);
        Dictionary<Place, ServiceDefinition> willBe = PlacesOf(after);
        List<ExposureChange> changes = [];
        foreach ((Place place, ServiceDefinition service) in willBe)
        {
            if (!was.ContainsKey(place))
            {
                changes.Add(new ExposureChange(ExposureKind.Opened, service.Id, place.Text(service), Audience(service)));
            }
        }

        foreach ((Place place, ServiceDefinition service) in was)
        {
            if (!willBe.ContainsKey(place))
            {
                changes.Add(new ExposureChange(ExposureKind.Closed, service.Id, place.Text(service), ""));
            }
        }

        AddAccessChanges(was, willBe, changes);
        return changes;
    }

    private static void AddAccessChanges(
        Dictionary<Place, ServiceDefinition> was, Dictionary<Place, ServiceDefinition> willBe, List<ExposureChange> changes)
    {
        // A service with several addresses is compared and told once.
        HashSet<(ServiceDefinition, ServiceDefinition)> compared = [];
        foreach ((Place place, ServiceDefinition now) in willBe)
        {
            if (!was.TryGetValue(place, out ServiceDefinition? old) || !compared.Add((old, now)))
            {
                continue;
            }

            (string Detail, ExposureKind Kind)? found = AccessChange.Between(old, now) switch
            {
                AccessOrder.Wider => ("more peers may come in", ExposureKind.Widened),
                AccessOrder.Narrower => ("fewer peers may come in", ExposureKind.Narrowed),
                AccessOrder.Other => ("other peers may come in", ExposureKind.Changed),
                _ => null,
            };
            if (found is { } change)
            {
                changes.Add(new ExposureChange(change.Kind, now.Id, place.Text(now), change.Detail));
            }
        }
    }

    private static Dictionary<Place, ServiceDefinition> PlacesOf(IReadOnlyList<ServiceDefinition> services)
    {
        Dictionary<Place, ServiceDefinition> places = [];
        foreach (ServiceDefinition service in services)
        {
            // Services of the multiplexer and RPC services without a port listen nowhere that could be named before they do.
            string id = service.Port == 0 ? service.Id : "";
            foreach (SocketAddress address in ListenAddresses.Of(service))
            {
                places[new Place(address, service.SocketType, service.Protocol.Number, service.V6Only, id)] = service;
            }
        }

        return places;
    }

    private static string Audience(ServiceDefinition service)
    {
        if (service.OnlyFrom.IsDefault)
        {
            return service.NoAccess.IsDefaultOrEmpty ? "everybody may come in" : "everybody but those in no_access may come in";
        }

        return service.OnlyFrom.IsEmpty ? "nobody may come in" : "those in only_from may come in";
    }

    private readonly record struct Place(SocketAddress Address, SocketType Type, int Protocol, bool V6Only, string Id)
    {
        public string Text(ServiceDefinition service)
        {
            string protocol = service.Protocol.Name;
            if (Address.Port != 0)
            {
                return $"{Endpoint.Text(Address, service)}/{protocol}";
            }

            bool isMultiplexed = service.Types.HasFlag(ServiceTypes.Tcpmux) || service.Types.HasFlag(ServiceTypes.TcpmuxPlus);
            return isMultiplexed ? $"tcpmux/{protocol}" : $"any port/{protocol}";
        }
    }
}
