using System;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Rouse.Config.Addresses;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Addresses;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("10", "0.0.0.10")]
    [InlineData("10.1", "10.0.0.1")]
    [InlineData("10.1.258", "10.1.1.2")]
    [InlineData("0x0a.0.0.1", "10.0.0.1")]
    [InlineData("012.0.0.1", "10.0.0.1")]
    [InlineData("4294967295", "255.255.255.255")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("fe80::", "fe80::")]
    [InlineData("2001:DB8::a:0:b", "2001:db8::a:0:b")]
    [InlineData("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1", "64:ff9b::a00:1")]
    public void An_address_is_read_as_the_C_library_reads_it(string text, string expected)
    {
        Assert.True(AddressText.TryRead(SourceFile.Encode(text), out IpAddress address));
        Assert.Equal(expected, address.ToText());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("10.")]
    [InlineData("256.1.1.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("08.0.0.1")]
    [InlineData("4294967296")]
    [InlineData("10.0.0.1x")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("12345::")]
    [InlineData("::g")]
    [InlineData("::1:")]
    [InlineData("::10.0.0")]
    [InlineData("::10.0.0.01")]
    [InlineData("fe80::1%lo")]
    public void What_is_no_address_is_not_read(string text) => Assert.False(AddressText.TryRead(SourceFile.Encode(text), out _));

    [Fact]
    public void IPv6_text_is_read_as_the_framework_reads_it() => Gen.Char["0123456789abcdef:::."].Array[0, 24].Sample(
        chars =>
        {
            string text = new(chars);
            bool ours = AddressText.TryReadV6(SourceFile.Encode(text), out IpAddress address);
            bool theirs = text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out IPAddress? parsed)
                && parsed.AddressFamily == AddressFamily.InterNetworkV6 && !text.Contains('.', StringComparison.Ordinal);
            return text.Contains('.', StringComparison.Ordinal)
                || (ours == theirs && (!ours || address == IpAddress.FromBytes(IPAddress.Parse(text).GetAddressBytes())));
        },
        iter: 50_000);

    [Fact]
    public void What_an_address_prints_is_read_back() => Gen.Select(Gen.ULong, Gen.ULong, Gen.Int[0, 64]).Sample(
        (high, low, shift) =>
        {
            IpAddress address = new(new UInt128(high, low) >> shift);
            return AddressText.TryRead(SourceFile.Encode(address.ToText()), out IpAddress read) && read == address;
        },
        iter: 20_000);
}
