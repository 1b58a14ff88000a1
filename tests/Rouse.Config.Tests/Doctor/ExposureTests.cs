using Rouse.Config.Text;

namespace Rouse.Config.Tests.Doctor;

public sealed class ExposureTests
{
    [Theory]
    [InlineData("", "RS0174 warning 'open'")]
    [InlineData("rlimit_as = 16M", "RS0174 warning 'open'")]
    [InlineData("cps = 0 0", "RS0174 warning 'open'")]
    [InlineData("flags = NOLIBWRAP", "RS0174 warning 'open'")]
    [InlineData("cps = 50 10", "")]
    [InlineData("instances = 10", "")]
    [InlineData("per_source = 10", "")]
    [InlineData("max_load = 3", "")]
    [InlineData("only_from = 192.0.2.0/24", "")]
    [InlineData("no_access = 192.0.2.0/24", "")]
    [InlineData("bind = 127.0.0.1", "")]
    [InlineData("bind = ::1", "")]
    public void A_server_that_anybody_may_start_as_root_without_a_limit_is_told(string lines, string expected) =>
        Assert.Equal(expected, string.Join('|', Examined.Words(Examined.Text(Root(lines)))));

    [Fact]
    public void Only_root_is_told() => Assert.Empty(Examined.Lines(""));

    [Fact]
    public void A_server_that_gets_the_socket_is_only_one() => Assert.Empty(Examined.Text(Root("").Replace("wait = no", "wait = yes")));

    [Fact]
    public void Limits_of_the_defaults_count() => Assert.Empty(Examined.Text("defaults\n{\ninstances = 100\n}\n" + Root("")));

    [Fact]
    public void A_built_in_service_or_a_redirect_starts_no_server() => Assert.Empty(Examined.Text(
        Root("redirect = 192.0.2.9 80").Replace("server = /usr/sbin/in.server\n", "")));

    [Fact]
    public void Tcpd_with_rules_makes_it_a_notice()
    {
        string text = Root("flags = NOLIBWRAP").Replace("/usr/sbin/in.server", "/usr/sbin/tcpd");
        Assert.Equal(["RS0174 warning 'open'"], Examined.Words(Examined.Text(text)));
        MemoryHost host = new();
        host.Files["/etc/hosts.allow"] = SourceFile.Encode("# no rule\n");
        Assert.Equal(["RS0174 warning 'open'"], Examined.Words(Examined.Text(text, host)));
        host.Files["/etc/hosts.deny"] = SourceFile.Encode("# rules\nALL : ALL\n");
        Assert.Equal(["RS0174 notice 'open'"], Examined.Words(Examined.Text(text, host)));
        Assert.Equal(["RS0174 warning 'open'"], Examined.Words(Examined.Text(Root("flags = NOLIBWRAP"), host)));
    }

    [Fact]
    public void The_limits_that_hold_each_server_are_named() => Assert.Contains(
        "(rlimit_as, rlimit_cpu hold each server, not their number)",
        Examined.Only(Examined.Text(Root("rlimit_cpu = 5\nrlimit_as = 16M")), "RS0174"));

    private static string Root(string lines) => Loaded.Service(lines, "open").Replace("user = nobody", "user = root");
}
