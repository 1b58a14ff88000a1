using System;
using Rouse.Access;
using Rouse.Linux;

namespace Rouse.Server.Names;

/// <summary>
/// The machine's own sources of names (nsswitch.conf(5)). Who owns an address also writes its reverse name, and could write any: a name
/// counts only if it leads back to the address. Differs from xinetd: D-037 (there the reverse name alone decides).
/// </summary>
public sealed class SystemHostResolver : IHostResolver
{
    public PeerName NameOf(UInt128 address)
    {
        SocketAddress peer = new(address >> 32 == 0xffff ? AddressFamily.IPv4 : AddressFamily.IPv6, address, 0);
        if (HostNames.NameOf(peer) is not { } name)
        {
            return PeerName.Unknown;
        }

        foreach (SocketAddress forward in HostNames.Resolve(name, peer.Family))
        {
            if (forward.Address == address)
            {
                return PeerName.Known(name);
            }
        }

        return PeerName.Unconfirmed;
    }
}
