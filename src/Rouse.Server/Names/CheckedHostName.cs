using System;
using System.Collections.Generic;
using Rouse.Access.Wrappers;
using Rouse.Linux;

namespace Rouse.Server.Names;

/// <summary>
/// The name of a host as tcp_wrappers' rules see it. Who owns an address also writes its reverse name, and could write any: a name that
/// does not lead back to the address, is an alias, or looks like an address is <see cref="WrapperNameState.Paranoid"/>. May wait for
/// name servers.
/// </summary>
public static class CheckedHostName
{
    private const int LongestName = 127;

    /// <summary>The name, or why it does not count.</summary>
    /// <param name="address">The host's address; a v4-mapped one is an IPv4 address.</param>
    /// <param name="trouble">What is wrong with a name that is there; null otherwise.</param>
    public static WrapperName Of(in SocketAddress address, out string? trouble)
    {
        trouble = null;
        SocketAddress host = address.Family == AddressFamily.IPv6 && address.Address >> 32 == 0xffff
            ? address with { Family = AddressFamily.IPv4 }
            : address;
        if (HostNames.NameOf(host) is not { } whole)
        {
            return WrapperName.Unknown;
        }

        string name = whole.Length > LongestName ? whole[..LongestName] : whole;
        trouble = Check(name, host);
        return trouble is null ? WrapperName.Known(name) : WrapperName.Paranoid;
    }

    private static string? Check(string name, in SocketAddress host)
    {
        if (HostNames.ReadNumeric(name, host.Family) is not null)
        {
            return $"the name {name} is an address";
        }

        if (HostNames.ResolveAll(name, host.Family, out string? official) is not { } addresses)
        {
            return $"the name {name} has no address";
        }

        if (!Same(name, official ?? "") && !Same(name, "localhost"))
        {
            return $"the name {name} is an alias of {official}";
        }

        return Contains(addresses, host) ? null : $"the name {name} leads to other addresses";
    }

    private static bool Contains(IReadOnlyList<SocketAddress> addresses, in SocketAddress host)
    {
        foreach (SocketAddress address in addresses)
        {
            if (address.Family == host.Family && address.Address == host.Address && address.ScopeId == host.ScopeId)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
