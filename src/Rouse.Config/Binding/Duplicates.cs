using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Binding;

/// <summary>
/// Finds services that would listen on the same socket: the first one stays. The original finds some of them when it reads, and the
/// others when it cannot bind.
/// </summary>
/// <param name="count">How many services there will be, about.</param>
internal sealed class Duplicates(int count)
{
    private readonly Dictionary<(int Protocol, int Port), List<ServiceDefinition>> _byPort = new(count);
    private readonly HashSet<string> _ids = new(count, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    public bool Admit(Draft draft, ServiceDefinition service)
    {
        if (service.Port != 0 && !draft.Is(ServiceTypes.Tcpmux) && !draft.Is(ServiceTypes.TcpmuxPlus))
        {
            (int, int) key = (service.Protocol.Number, service.Port);
            if (!_byPort.TryGetValue(key, out List<ServiceDefinition>? others))
            {
                _byPort[key] = others = new(1);
            }

            foreach (ServiceDefinition other in others)
            {
                if (Collide(other, service))
                {
                    draft.Fail(
                        Codes.Duplicate,
                        draft.Has(AttributeId.Port) ? draft.PlaceOf(AttributeId.Port) : draft.Span,
                        $"service {Quoted.Of(other.Id)} ({other.Span}) already listens on {service.Protocol.Name} port "
                            + $"{service.Port} and this address",
                        "Disable one of the two, or give it another port or bind address.");
                    return false;
                }
            }

            others.Add(service);
        }

        if (service.Local is { } local && !_paths.Add(local.Path))
        {
            draft.Fail(
                Codes.Duplicate,
                draft.Span,
                $"another service already listens at {Quoted.Of(local.Path)}",
                "Take one of the two lines out, or give it another path.");
            return false;
        }

        if (!_ids.Add(service.Id))
        {
            draft.Report(
                Codes.SharedId,
                Severity.Notice,
                draft.Span,
                $"another service has the id {Quoted.Of(service.Id)} too; both run, and enabled and disabled lists mean both",
                "Set id to tell them apart, also in the log.");
        }

        return true;
    }

    private static bool Collide(ServiceDefinition first, ServiceDefinition second)
    {
        if (first.BindAddresses.IsEmpty && !second.BindAddresses.IsEmpty)
        {
            // A datagram socket with the narrower address may be bound beside the wider one, and gets what is sent to that address.
            return second.SocketType != SocketType.Dgram && ReachesAny(first, second.BindAddresses);
        }

        if (second.BindAddresses.IsEmpty)
        {
            return first.BindAddresses.IsEmpty
                ? (HasV4(first) && HasV4(second)) || (HasV6(first) && HasV6(second))
                : ReachesAny(second, first.BindAddresses);
        }

        foreach (IpAddress address in second.BindAddresses)
        {
            if (first.BindAddresses.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ReachesAny(ServiceDefinition everywhere, IEnumerable<IpAddress> addresses)
    {
        foreach (IpAddress address in addresses)
        {
            if (address.IsV4 ? HasV4(everywhere) : HasV6(everywhere))
            {
                return true;
            }
        }

        return false;
    }

    // Without a bind address a service listens on an IPv6 socket, which takes IPv4 peers too unless v6only is set.
    private static bool HasV6(ServiceDefinition service) =>
        service.Flags.HasFlag(ServiceFlags.IPv6) || !service.Flags.HasFlag(ServiceFlags.IPv4);

    private static bool HasV4(ServiceDefinition service) => !HasV6(service) || !service.V6Only;
}
