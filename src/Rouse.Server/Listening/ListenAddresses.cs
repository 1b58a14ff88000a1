using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <summary>
/// Where a service listens: each address that its <c>bind</c> stands for, or every address. Without a bind and without a family flag that
/// is one IPv6 socket for both families, and an IPv4 socket where the kernel has no IPv6. A raw IPv6 socket takes no IPv4 packets, so that
/// a raw service listens on an IPv4 socket unless a flag or its protocol says otherwise. A service behind the multiplexer, or at a path, has no such place.
/// </summary>
internal static class ListenAddresses
{
    private const int IPPROTO_ICMPV6 = 58;

    public static List<SocketAddress> Of(ServiceDefinition definition)
    {
        List<SocketAddress> addresses = [];
        if (definition.IsMultiplexed || definition.Local is not null)
        {
            return addresses;
        }

        foreach (IpAddress address in definition.BindAddresses)
        {
            AddressFamily family = address.IsV4 && !definition.BindIsMapped ? AddressFamily.IPv4 : AddressFamily.IPv6;
            addresses.Add(new SocketAddress(family, address.Value, definition.Port, definition.BindScope));
        }

        if (addresses.Count == 0)
        {
            addresses.Add(IsOnlyV4(definition) ? AnyV4(definition.Port) : new SocketAddress(AddressFamily.IPv6, UInt128.Zero, definition.Port));
        }

        return addresses;
    }

    private static bool IsOnlyV4(ServiceDefinition definition)
    {
        bool v4 = definition.Flags.HasFlag(ServiceFlags.IPv4)
            || (definition.SocketType == SocketType.Raw && definition.Protocol.Number != IPPROTO_ICMPV6);
        return v4 && !definition.Flags.HasFlag(ServiceFlags.IPv6);
    }

    public static SysResult Open(ISystem system, ServiceDefinition definition, in SocketAddress address, bool nonBlocking, int backlog = ListenRequest.DefaultBacklog)
    {
        ListenRequest request = new(address, (int)definition.SocketType, definition.Protocol.Number, definition.V6Only, nonBlocking, backlog)
        {
            SendBuffer = definition.Buffers.Send,
            ReceiveBuffer = definition.Buffers.Receive,
        };
        SysResult opened = system.OpenListener(request);
        bool everyAddress = address.Family == AddressFamily.IPv6 && address.Address == UInt128.Zero && definition.BindAddresses.IsEmpty;
        return !opened.Ok && opened.Error is Errno.EAFNOSUPPORT or Errno.EADDRNOTAVAIL && everyAddress && !definition.V6Only
            ? system.OpenListener(request with { Address = AnyV4(definition.Port) })
            : opened;
    }

    /// <summary>Whether the kernel cannot make such a socket at all, so that trying again is of no use: socket(2).</summary>
    public static bool IsForGood(Errno error) =>
        error is Errno.EPROTONOSUPPORT or Errno.ESOCKTNOSUPPORT or Errno.EAFNOSUPPORT or Errno.EPERM;

    private static SocketAddress AnyV4(ushort port) => new(AddressFamily.IPv4, IpAddress.FromV4(0).Value, port);
}
