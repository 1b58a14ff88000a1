using System;

namespace Rouse.Linux.Tests;

public sealed class LocalAddressesTests
{
    private static readonly UInt128 Mapped = (UInt128)0xffff << 32;

    [Theory]
    [InlineData(0x7f000001u)]
    [InlineData(0x7f123456u)]
    [InlineData(0u)]
    public void Loopback_and_every_address_are_this_hosts(uint v4) => Assert.True(LocalAddresses.Has(Mapped | v4, 0));

    [Fact]
    public void An_address_of_the_documentation_is_nobodys()
    {
        // RFC 5737, RFC 3849. A host may be set to take any address, with one switch a family.
        bool takesAny = System.IO.File.ReadAllText("/proc/sys/net/ipv4/ip_nonlocal_bind").Trim() != "0";
        Assert.Equal(takesAny, LocalAddresses.Has(Mapped | 0xc0000263, 0));
        bool takesAnyV6 = System.IO.File.Exists("/proc/sys/net/ipv6/ip_nonlocal_bind")
            && System.IO.File.ReadAllText("/proc/sys/net/ipv6/ip_nonlocal_bind").Trim() != "0";
        Assert.Equal(takesAnyV6, LocalAddresses.Has((UInt128)0x20010db8 << 96 | 0x63, 0));
    }
}
