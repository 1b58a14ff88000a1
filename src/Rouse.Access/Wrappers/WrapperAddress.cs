using System;
using Rouse.Config.Addresses;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>An address as getnameinfo(3) writes it, which patterns and expansions see.</summary>
public static class WrapperAddress
{
    public static string ToText(IpAddress address)
    {
        Span<byte> room = stackalloc byte[64];
        return SourceFile.Decode(room[..Format(address, room)]);
    }

    /// <summary>At most 46 bytes; returns how many.</summary>
    internal static int Format(IpAddress address, Span<byte> destination)
    {
        // IPv4-compatible addresses (RFC 4291 section 2.5.5.1) end in a dotted quad there.
        if (address.Value >> 32 == 0 && address.Value >> 16 != 0)
        {
            "::"u8.CopyTo(destination);
            return 2 + IpAddress.FromV4((uint)address.Value).Format(destination[2..]);
        }

        return address.Format(destination);
    }
}
