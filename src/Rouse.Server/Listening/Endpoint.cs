using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <summary>
/// How a place where a service listens is written: <c>192.0.2.1:79</c>, <c>[2001:db8::1]:79</c>, <c>*:79</c> for both families.
/// </summary>
public static class Endpoint
{
    /// <summary>Every place where a service would listen, from its definition alone.</summary>
    public static IReadOnlyList<string> Of(ServiceDefinition service) => service.Local is { } local
        ? [local.Path]
        : ListenAddresses.Of(service).ConvertAll(address => Text(address, service));

    internal static string Text(in SocketAddress address, ServiceDefinition service)
    {
        if (service.Local is { } local)
        {
            return local.Path;
        }

        if (address.Family == AddressFamily.IPv6 && address.Address == 0 && !service.V6Only)
        {
            return $"*:{address.Port}";
        }

        return Text(address);
    }

    internal static string Text(in SocketAddress address)
    {
        string text = new IpAddress(address.Address).ToText();
        return address.Family == AddressFamily.IPv6 ? $"[{text}]:{address.Port}" : $"{text}:{address.Port}";
    }
}
