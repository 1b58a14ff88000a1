using System;

namespace Rouse.Linux;

/// <summary>
/// A peer or a place to bind: sockaddr_in and sockaddr_in6 of ip(7) and ipv6(7) in one value. <paramref name="Address"/> holds 16 bytes
/// in network order read as one number; an IPv4 address stands there in its v4-mapped form, and <paramref name="Family"/> tells which
/// kind of socket it came from.
/// </summary>
public readonly record struct SocketAddress(AddressFamily Family, UInt128 Address, ushort Port, uint ScopeId = 0)
{
    public static SocketAddress None => default;

    public bool IsNone => Family == AddressFamily.Unspecified;

    /// <summary>It is an address of a network: a peer at a UNIX socket has none.</summary>
    public bool HasIp => Family is AddressFamily.IPv4 or AddressFamily.IPv6;

    /// <summary>As getsockname(2) writes it: 16 bytes or 28.</summary>
    public byte[] ToBytes()
    {
        byte[] raw = new byte[SocketAddresses.MaxSize];
        return raw[..SocketAddresses.Write(this, raw)];
    }
}

/// <summary>socket(2) domains, with the kernel's numbers.</summary>
public enum AddressFamily
{
    Unspecified = 0,
    Unix = 1,
    IPv4 = 2,
    IPv6 = 10,
}
