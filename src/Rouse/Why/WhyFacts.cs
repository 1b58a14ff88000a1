using System.Collections.Generic;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Control;
using Rouse.Server.Names;

namespace Rouse.Tools.Why;

/// <summary>Finds out what a <c>why</c> lacks: names by the daemon's own resolver, netgroups, addresses of a client that was named.</summary>
internal static class WhyFacts
{
    /// <summary>A client's addresses; a named client has that name, unless another was said.</summary>
    public static IReadOnlyList<string> AddressesOf(string client, ref WhyRequest request)
    {
        if (AddressText.TryRead(SourceFile.Encode(client), out IpAddress address))
        {
            return [address.ToText()];
        }

        List<string> addresses = [];
        foreach (SocketAddress found in HostNames.Resolve(client))
        {
            addresses.Add(new IpAddress(found.Address).ToText());
        }

        request = request.ClientName.Length > 0 ? request : request with { ClientName = client };
        return addresses;
    }

    public static WhyRequest FindOut(WhyRequest request, string what, string netgroup) => what switch
    {
        WhyWords.ClientName => request with { ClientName = NameOf(request.Client) },
        WhyWords.ServerName => request with { ServerName = NameOf(request.Server) },
        WhyWords.User => request with { User = "unknown" },
        WhyWords.ClientNetgroup => With(request, 'c', netgroup, request.ClientName),
        _ => With(request, 's', netgroup, request.ServerName),
    };

    private static WhyRequest With(WhyRequest request, char side, string netgroup, string host)
    {
        bool isMember = host.Length > 0 && Netgroups.HasHost(netgroup, host);
        return request with { Netgroups = $"{request.Netgroups} {side}:{netgroup}={(isMember ? 1 : 0)}" };
    }

    private static string NameOf(string address)
    {
        if (!AddressText.TryRead(SourceFile.Encode(address), out IpAddress known))
        {
            return "unknown";
        }

        PeerName name = new SystemHostResolver().NameOf(known.Value);
        return name.State switch
        {
            PeerNameState.Known => name.Text,
            PeerNameState.Unconfirmed => "paranoid",
            _ => "unknown",
        };
    }
}
