using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>Services that nobody can come to, or that lead back to themselves.</summary>
internal static class Reachability
{
    private const int Tcp = 6;

    // Nobody leads connections through more of their own services on purpose.
    private const int LongestWay = 64;

    public static void Look(Examination e)
    {
        LookAtMultiplexed(e);
        LookAtSwitches(e);
        ILookup<ushort, ServiceDefinition> byPort = e.Configuration.Services
            .Where(service => service.Protocol.Number == Tcp && !service.IsMultiplexed).ToLookup(service => service.Port);
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            LookAtSocket(e, service);
            if (service.Redirect is not null)
            {
                LookAtRedirect(e, service, byPort);
            }
            else if (service.Start is { Kind: StartKind.OnDemandResident, Backend: not null })
            {
                LookAtBackend(e, service);
            }
        }
    }

    private static void LookAtMultiplexed(Examination e)
    {
        bool hasMultiplexer = false;
        foreach (ServiceDefinition _ in e.Multiplexers)
        {
            hasMultiplexer = true;
        }

        Dictionary<string, ServiceDefinition> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            if (!service.IsMultiplexed)
            {
                continue;
            }

            if (!hasMultiplexer)
            {
                e.Warn(
                    Codes.NoMultiplexer,
                    service.Span,
                    $"service {Quoted.Of(service.Id)} can only be reached through the port multiplexer, and none runs. Switch on an entry "
                        + "'service tcpmux' with type = INTERNAL.");
            }

            if (service.Name.Equals("help", StringComparison.OrdinalIgnoreCase))
            {
                e.Warn(
                    Codes.MultiplexedNameTaken,
                    service.Span,
                    "the port multiplexer answers 'help' with the names of its services, so that nobody can reach this one. Give it another name.");
            }
            else if (!names.TryAdd(service.Name, service))
            {
                e.Warn(
                    Codes.MultiplexedNameTaken,
                    service.Span,
                    $"the port multiplexer has a service of this name already ({names[service.Name].Span}), so that nobody can reach this one. "
                        + "Give it another name; id does not count there.");
            }
        }
    }

    private static void LookAtSwitches(Examination e)
    {
        Configuration configuration = e.Configuration;
        if (!configuration.Services.IsEmpty || !configuration.Broken.IsEmpty)
        {
            return;
        }

        int byList = 0;
        foreach (DisabledService service in configuration.Disabled)
        {
            bool bySelf = e.Places.Of(service.Span, "disable") is { File: { } file } place
                && file.Bytes.Slice(place.Start, place.Length).Is("yes"u8);
            byList += bySelf ? 0 : 1;
        }

        SourceSpan? enabled = e.Places.InDefaults("enabled");
        if (byList > 0 && (enabled ?? e.Places.InDefaults("disabled")) is { } list)
        {
            bool keeps = enabled is not null;
            e.Warn(
                Codes.AllSwitchedOff,
                list,
                $"no service is left: {(keeps ? "enabled keeps only the ids that it lists, and none of them can run" : "disabled lists them all")}. "
                    + (keeps ? "Take the line out, or list ids of services without disable = yes." : "Take the line out, or ids out of it."));
        }
    }

    private static void LookAtSocket(Examination e, ServiceDefinition service)
    {
        if (service.Port == 0 && !service.IsMultiplexed && !service.Types.HasFlag(ServiceTypes.Rpc) && service.Protocol.Number is 6 or 17)
        {
            e.Warn(
                Codes.PortZero,
                e.PlaceOf(service, "port"),
                $"with port = 0 the kernel chooses one, another at each start, and nobody is told. Write the port of service {Quoted.Of(service.Id)}.");
        }

        SourceSpan place = e.Places.Of(service, "bind") ?? e.Places.Of(service, "interface") ?? service.Span;
        foreach (IpAddress address in service.BindAddresses)
        {
            if (!service.IsMultiplexed && !e.Host.HasAddress(address, service.BindScope))
            {
                string others = service.BindAddresses.Length > 1 ? ", on none of its addresses" : "";
                e.Warn(
                    Codes.AddressNotHere,
                    place,
                    $"this host does not have the address {address}: service {Quoted.Of(service.Id)} does not listen{others} until it does, and it is "
                        + "tried again every few seconds. Write an address of this host, or take bind out.");
                break;
            }
        }
    }

    // The server could not listen there, or not on this host.
    private static void LookAtBackend(Examination e, ServiceDefinition service)
    {
        RedirectTarget backend = service.Start.Backend!;
        bool isEverywhere = ServiceShape.IsEverywhere(backend.Address);
        IpAddress address = !isEverywhere ? backend.Address : backend.Address.IsV4 ? IpAddress.FromV4(0x7f000001) : new IpAddress(1);
        if (!ServiceShape.IsLoopback(address) && !e.Host.HasAddress(address, backend.Scope))
        {
            e.Warn(
                Codes.BackendTaken,
                e.PlaceOf(service, "backend"),
                $"this host does not have the address {backend.Address}, and the server of service {Quoted.Of(service.Id)} must listen on this host. "
                    + "Write an address of this host, such as 127.0.0.1.");
            return;
        }

        foreach (ServiceDefinition other in e.Configuration.Services)
        {
            bool sharesBackend = !ReferenceEquals(other, service) && other.Start.Backend is { } its && its.Port == backend.Port && its.Address == backend.Address;
            if (other.Protocol.Number == service.Protocol.Number && (sharesBackend || other.ListensAt(address, backend.Port)))
            {
                string whose = ReferenceEquals(other, service) ? "the service itself listens there" : $"service {Quoted.Of(other.Id)} has it";
                e.Warn(
                    Codes.BackendTaken,
                    e.PlaceOf(service, "backend"),
                    $"the server of service {Quoted.Of(service.Id)} cannot listen at {backend.Host} {backend.Port}: {whose}. Write a port that nobody else has, "
                        + "in the server's own configuration too.");
                return;
            }
        }
    }

    // Each service leads to at most one other: following the targets either ends or comes back.
    private static void LookAtRedirect(Examination e, ServiceDefinition first, ILookup<ushort, ServiceDefinition> byPort)
    {
        ServiceDefinition? at = Target(e, first, byPort);
        int steps = 1;
        while (at is not null && !ReferenceEquals(at, first) && steps < LongestWay)
        {
            at = Target(e, at, byPort);
            steps++;
        }

        if (ReferenceEquals(at, first))
        {
            string way = steps == 1 ? "to itself" : $"back to itself, through {steps - 1} other service{(steps == 2 ? "" : "s")}";
            e.Warn(
                Codes.RedirectLoop,
                e.PlaceOf(first, "redirect"),
                $"service {Quoted.Of(first.Id)} redirects {way}: one connection makes new ones until a limit is reached. Write the port of the "
                    + "server behind it.");
        }
    }

    private static ServiceDefinition? Target(Examination e, ServiceDefinition service, ILookup<ushort, ServiceDefinition> byPort)
    {
        if (service.Redirect is not { } target || service.BuiltIn != BuiltInService.None)
        {
            return null;
        }

        // connect(2) to "every address" goes to this host.
        IpAddress address = !ServiceShape.IsEverywhere(target.Address) ? target.Address
            : target.Address.IsV4 ? IpAddress.FromV4(0x7f000001) : new IpAddress(1);
        foreach (ServiceDefinition other in byPort[target.Port])
        {
            if (other.ListensAt(address, target.Port)
                && (ServiceShape.IsLoopback(address) || e.Host.HasAddress(address, 0)))
            {
                return other;
            }
        }

        return null;
    }
}
