using System;

namespace Rouse.Linux;

/// <summary>Which addresses are this host's. The kernel itself is asked, so that routes and settings count as they do for a server.</summary>
public static class LocalAddresses
{
    private const int SOCK_DGRAM = 2;

    /// <summary>
    /// Whether bind(2) takes the address (IPv4 in its v4-mapped form): it is tried with a datagram socket on a port that the kernel
    /// chooses, which is closed at once. True also where that cannot be found out.
    /// </summary>
    public static bool Has(UInt128 address, uint scopeId)
    {
        AddressFamily family = address >> 32 == 0xffff ? AddressFamily.IPv4 : AddressFamily.IPv6;
        SysResult opened = Sockets.OpenListener(
            new ListenRequest(new SocketAddress(family, address, 0, scopeId), SOCK_DGRAM, 0, V6Only: true, NonBlocking: true));
        if (opened.Ok)
        {
            Sockets.Close(opened.Fd);
        }

        return opened.Ok || opened.Error is not (Errno.EADDRNOTAVAIL or Errno.EAFNOSUPPORT or Errno.EINVAL or Errno.ENODEV);
    }
}
