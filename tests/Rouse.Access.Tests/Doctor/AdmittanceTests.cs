using Rouse.Config.Tests;

namespace Rouse.Access.Tests.Doctor;

public sealed class AdmittanceTests
{
    [Theory]
    [InlineData("only_from = 10.1.2.0/24\nno_access = 10.1.2.0/24", "RS0162 warning '10.1.2.0/24'")]
    [InlineData("only_from = 10.0.0.0/8\nno_access = 10.0.0.0/9 10.128.0.0/9", "RS0162 warning '10.0.0.0/8'")]
    [InlineData("only_from = 10.0.0.0/8\nno_access = 10.0.0.0/9", "")]
    [InlineData("only_from = 10.1.2.0/24\nno_access = 10.0.0.0/8", "")]
    [InlineData("only_from = 10.1.2.0/24 host.example\nno_access = 10.1.2.0/24", "")]
    [InlineData("only_from = 10.1.2.0/24\nno_access = .example", "")]
    [InlineData("only_from = 10.1.2.3\nno_access = host.example", "")]
    [InlineData("only_from =", "RS0162 notice '='")]
    [InlineData("", "")]
    public void A_service_that_lets_nobody_in_is_told(string lines, string expected) =>
        Assert.Equal(expected.Replace("'='", "'only_from'"), Diagnosed.Lines(lines));

    [Fact]
    public void A_family_that_never_comes_lets_nobody_in() => Assert.Equal(
        "RS0162 warning 'test'",
        Diagnosed.Text("defaults\n{\nonly_from = 10.0.0.0/8\n}\n" + Loaded.Service("flags = IPv6\nv6only = yes")));

    [Theory]
    [InlineData("", "only_from = 10.0.0.0/8", "")]
    [InlineData("only_from = 10.0.0.0/8", "only_from = 10.1.0.0/16", "")]
    [InlineData("only_from = 10.1.0.0/16", "only_from = 10.0.0.0/8", "RS0167 warning '10.0.0.0/8'")]
    [InlineData("only_from = 10.1.0.0/16", "only_from = 10.0.0.0/8 10.2.0.0/16", "RS0160 notice '10.2.0.0/16'|RS0167 warning '10.0.0.0/8'")]
    [InlineData("no_access = 10.1.0.0/16", "only_from = 10.0.0.0/8", "RS0167 warning '10.0.0.0/8'")]
    [InlineData("no_access = 10.1.0.0/16", "only_from = 10.0.0.0/8\nno_access = 10.1.0.0/16", "")]
    [InlineData("only_from = 10.1.0.0/16", "", "")]
    [InlineData("only_from = 10.1.0.0/16 host.example", "only_from = 10.0.0.0/8", "")]
    public void A_multiplexer_that_turns_away_whom_the_service_lets_in_is_told(string multiplexer, string service, string expected)
    {
        string found = Diagnosed.Text(
            "service tcpmux\n{\ntype = INTERNAL\nsocket_type = stream\nwait = no\n" + multiplexer + "\n}\n"
            + Loaded.Service(service).Replace("type = UNLISTED", "type = TCPMUX UNLISTED").Replace("port = 7777\n", ""));
        Assert.Equal(string.Join('|', Sorted(expected)), string.Join('|', Sorted(found)));
    }

    private static string[] Sorted(string found)
    {
        string[] words = found.Split('|');
        System.Array.Sort(words, System.StringComparer.Ordinal);
        return words;
    }
}
