using System;
using System.Text;

namespace Rouse.Linux.Tests;

public sealed class InterfacesTests
{
    [Fact]
    public void An_interfaces_name_leads_to_its_number_and_back()
    {
        uint loopback = Interfaces.IndexOf("lo");
        Assert.NotEqual(0u, loopback);
        Assert.Equal("lo", NameOf(loopback));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../lo")]
    [InlineData("no-such-interface-with-a-long-name")]
    public void What_is_no_interface_has_no_number(string name) => Assert.Equal(0u, Interfaces.IndexOf(name));

    [Fact]
    public void An_interface_that_has_gone_is_its_number() => Assert.Equal("4294967295", NameOf(uint.MaxValue));

    private static string NameOf(uint index)
    {
        Span<byte> name = stackalloc byte[Interfaces.LongestName];
        return Encoding.Latin1.GetString(name[..Interfaces.FormatName(index, name)]);
    }
}
