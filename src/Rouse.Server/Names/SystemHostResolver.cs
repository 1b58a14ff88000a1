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
    public PeerName NameOf(UInt128 address) =>
        CheckedHostName.Find(new SocketAddress(address >> 32 == 0xffff ? AddressFamily.IPv4 : AddressFamily.IPv6, address, 0), out _);
}
