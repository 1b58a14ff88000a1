using System;
using System.Collections.Generic;
using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Linux;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Names;

/// <summary>
/// The name of a host as tcp_wrappers' rules see it. Who owns an address also writes its reverse name, and could write any: a name that
/// does not lead back to the address, is an alias, or looks like an address is <see cref="WrapperNameState.Paranoid"/>. May wait for
/// name servers.
/// </summary>
public static class CheckedHostName
{
    private const int LongestName = 127;

    /// <summary>The name as the rules see it.</summary>
    /// <param name="address">The host's address; a v4-mapped one is an IPv4 address.</param>
    /// <param name="trouble">What is wrong with a name that is there; null otherwise.</param>
    public static WrapperName Of(in SocketAddress address, out string? trouble) => WrapperFacts.NameOf(Find(address, out trouble));

    /// <summary>The name as the lists see it too: one that leads back counts there, also if it is an alias.</summary>
    public static PeerName Find(in SocketAddress address, out string? trouble)
    {
        trouble = null;
        SocketAddress host = address.Family == AddressFamily.IPv6 && address.Address >> 32 == 0xffff
            ? address with { Family = AddressFamily.IPv4 }
            : address;
        if (HostNames.NameOf(host) is not { } name)
        {
            return PeerName.Unknown;
        }

        if (HostNames.ReadNumeric(name, host.Family) is not null)
        {
            trouble = $"the name {name} is an address";
            return PeerName.Unconfirmed;
        }

        if (HostNames.ResolveAll(name, host.Family, out string? official) is not { } addresses)
        {
            trouble = $"the name {name} has no address";
            return PeerName.Unconfirmed;
        }

        bool isAlias = !Same(name, official ?? "") && !Same(name, "localhost");
        bool leadsBack = Contains(addresses, host);
        trouble = isAlias ? $"the name {name} is an alias of {official}"
            : !leadsBack ? $"the name {name} leads to other addresses"
            : name.Length > LongestName ? $"the name {name} is longer than {LongestName} bytes"
            : null;
        return leadsBack ? PeerName.Known(name, isDoubtful: trouble is not null) : PeerName.Unconfirmed;
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
