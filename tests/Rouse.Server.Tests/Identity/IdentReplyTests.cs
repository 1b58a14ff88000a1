using System;
using System.Text;
using CsCheck;
using Rouse.Server.Identity;

namespace Rouse.Server.Tests.Identity;

public sealed class IdentReplyTests
{
    [Theory]
    [InlineData("6193,23:USERID:UNIX:joe", "UNIX:joe")]
    [InlineData("6193 , 23 : USERID : UNIX : joe", "UNIX : joe")]
    [InlineData("  6193 ,\t23  :  USERID  :  OTHER  :  a b  c  ", "OTHER  :  a b  c  ")]
    [InlineData("6193,23:USERID:UNIX,US-ASCII : jo:e x ", "UNIX,US-ASCII : jo:e x ")]
    [InlineData("06193,023:USERID:UNIX", "UNIX")]
    [InlineData("6193,23:ERROR:HIDDEN-USER", null)]
    [InlineData("6193,23:userid:UNIX:joe", null)]
    [InlineData("6193,24:USERID:UNIX:joe", null)]
    [InlineData("23,6193:USERID:UNIX:joe", null)]
    [InlineData("71729,23:USERID:UNIX:joe", null)]
    [InlineData("99999999999999999999,23:USERID:UNIX:joe", null)]
    [InlineData("-6193,23:USERID:UNIX:joe", null)]
    [InlineData("6193 23:USERID:UNIX:joe", null)]
    [InlineData("6193,23:USERIDS:UNIX:joe", null)]
    [InlineData("hello", null)]
    [InlineData("", null)]
    public void A_line_is_read_as_the_original_reads_it(string line, string? identity)
    {
        bool understood = IdentReply.TryRead(Encoding.Latin1.GetBytes(line), 6193, 23, out ReadOnlySpan<byte> read);
        Assert.Equal(identity, understood ? Encoding.Latin1.GetString(read) : null);
    }

    [Fact]
    public void No_bytes_are_read_as_more_than_they_are() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            bool understood = IdentReply.TryRead(bytes, 1, 2, out ReadOnlySpan<byte> identity);
            Assert.True(identity.Length <= bytes.Length);
            Assert.True(understood || identity.IsEmpty);
        });
}
