using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <summary>
/// Where a service listens: each address that its <c>bind</c> stands for, or every address. Without a bind and without a family flag that
/// is one IPv6 socket for both families, and an IPv4 socket where the kernel has no IPv6. A service behind the multiplexer listens nowhere.
/// </summary>
internal static class ListenAddresses
{
    public static List<SocketAddress> Of(ServiceDefinition definition)
    {
        List<SocketAddress> addresses = [];
        if (definition.IsMultiplexed)
        {
            return addresses;
        }

        foreach (IpAddress address in definition.BindAddresses)
        {
            addresses.Add(new SocketAddress(address.IsV4 ? AddressFamily.IPv4 : AddressFamily.IPv6, address.Value, definition.Port));
        }

        if (addresses.Count == 0)
        {
            bool onlyV4 = definition.Flags.HasFlag(ServiceFlags.IPv4) && !definition.Flags.HasFlag(ServiceFlags.IPv6);
            addresses.Add(onlyV4 ? AnyV4(definition.Port) : new SocketAddress(AddressFamily.IPv6, UInt128.Zero, definition.Port));
        }

        return addresses;
    }

    public static SysResult Open(ISystem system, ServiceDefinition definition, in SocketAddress address, bool nonBlocking)
    {
        // tcp and udp are what the kernel takes for a stream and a dgram socket anyhow; others have to be named.
        int protocol = definition.SocketType is SocketType.Stream or SocketType.Dgram ? 0 : definition.Protocol.Number;
        ListenRequest request = new(address, (int)definition.SocketType, protocol, definition.V6Only, nonBlocking);
        SysResult opened = system.OpenListener(request);
        bool everyAddress = address.Family == AddressFamily.IPv6 && address.Address == UInt128.Zero && definition.BindAddresses.IsEmpty;
        return !opened.Ok && opened.Error is Errno.EAFNOSUPPORT or Errno.EADDRNOTAVAIL && everyAddress && !definition.V6Only
            ? system.OpenListener(request with { Address = AnyV4(definition.Port) })
            : opened;
    }

    private static SocketAddress AnyV4(ushort port) => new(AddressFamily.IPv4, IpAddress.FromV4(0).Value, port);
}
