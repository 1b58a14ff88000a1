using System.Linq;
using Rouse.Access.Wrappers;
using static Rouse.Access.Tests.Wrappers.RuleTexts;

namespace Rouse.Access.Tests.Wrappers;

public sealed class WrapperExpansionTests
{
    private static readonly WrapperRequest Known = Request("10.1.2.3", "in.ftpd", "host.example", "joe", "192.168.1.1", 21) with
    {
        ClientPort = 4711,
        ServerName = WrapperName.Known("server.example"),
    };

    [Theory]
    [InlineData("%a %A", "10.1.2.3 192.168.1.1")]
    [InlineData("%c %s", "joe@host.example in.ftpd@server.example")]
    [InlineData("%h %H %n %N", "host.example server.example host.example server.example")]
    [InlineData("%d %p %r %R %u", "in.ftpd 99 4711 21 joe")]
    [InlineData("100%% %", "100% %")]
    [InlineData("%q|%", "|%")]
    public void Letters_stand_for_what_is_known(string text, string expanded) =>
        Assert.Equal(expanded, WrapperExpansion.Expand(text, Known, 99));

    [Theory]
    [InlineData("%a %A %c %s %h %H %n %N %u %r", "::1 unknown ::1 sshd ::1 unknown unknown unknown unknown 0")]
    public void And_for_what_is_not(string text, string expanded) =>
        Assert.Equal(expanded, WrapperExpansion.Expand(text, Request("::1"), 99));

    [Fact]
    public void A_name_that_does_not_lead_back_is_not_shown_where_an_address_will_do()
    {
        WrapperRequest liar = Request("10.1.2.3", name: "paranoid");
        Assert.Equal("10.1.2.3 paranoid 10.1.2.3", WrapperExpansion.Expand("%h %n %c", liar, 1));
    }

    [Fact]
    public void Nothing_that_a_shell_would_take_for_its_own_comes_through()
    {
        const string Safe = "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        string all = string.Concat(Enumerable.Range(1, 255).Select(i => (char)i));
        foreach (string part in all.Chunk(100).Select(chunk => new string(chunk)))
        {
            WrapperRequest hostile = Known with { User = WrapperName.Known(part), ClientName = WrapperName.Known(part), Daemon = part };
            string expanded = WrapperExpansion.Expand("%u%n%h%d", hostile, 1)!;
            Assert.Equal(part.Length * 4, expanded.Length);
            Assert.Equal(string.Concat(part.Select(c => Safe.Contains(c) ? c : '_')), expanded[..part.Length]);
            Assert.DoesNotContain(expanded, c => !Safe.Contains(c));
        }
    }

    [Fact]
    public void What_becomes_too_long_is_none()
    {
        Assert.NotNull(WrapperExpansion.Expand(new string('x', 8190), Known, 1));
        Assert.Null(WrapperExpansion.Expand(new string('x', 8191), Known, 1));
        Assert.Null(WrapperExpansion.Expand(string.Concat(Enumerable.Repeat("%c", 1000)), Known, 1));
    }

    [Fact]
    public void A_name_is_never_longer_than_127_bytes() =>
        Assert.Equal(127, WrapperName.Known(new string('x', 1000)).Text.Length);
}
