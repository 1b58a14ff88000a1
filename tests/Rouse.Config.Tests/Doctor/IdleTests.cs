using System.Collections.Generic;
using Rouse.Config.Diagnostics;

namespace Rouse.Config.Tests.Doctor;

/// <summary>Limits, attributes and words that do nothing.</summary>
public sealed class IdleTests
{
    private const string Datagrams =
        "service daytime\n{\ntype = INTERNAL UNLISTED\nport = 7000\nsocket_type = dgram\nwait = yes\n";

    private const string Stream =
        "service echo\n{\ntype = INTERNAL UNLISTED\nport = 7000\nsocket_type = stream\nwait = no\n";

    private const string Waiting =
        "service w\n{\ntype = UNLISTED\nport = 7000\nsocket_type = dgram\nwait = yes\nuser = nobody\nserver = /usr/sbin/in.server\n";

    private const string Multiplexed =
        "service tcpmux\n{\ntype = INTERNAL\nsocket_type = stream\nwait = no\n}\nservice m\n{\ntype = TCPMUX UNLISTED\nsocket_type = stream\n"
        + "protocol = tcp\nwait = no\nuser = nobody\nserver = /usr/sbin/in.server\n";

    private const string Redirected =
        "service r\n{\ntype = UNLISTED\nport = 7000\nsocket_type = stream\nwait = no\nuser = nobody\nredirect = 192.0.2.9 80\n";

    [Theory]
    [InlineData("instances = 10\nper_source = 10", "RS0175 notice '10'")]
    [InlineData("instances = 10\nper_source = 9", "")]
    [InlineData("instances = UNLIMITED\nper_source = 9", "")]
    [InlineData("instances = 10\nper_source = UNLIMITED", "")]
    [InlineData("instances = 0", "RS0173 warning '0'")]
    [InlineData("per_source = 0", "RS0173 warning '0'")]
    [InlineData("instances = 1", "")]
    [InlineData("max_load = 401", "RS0188 notice '401'")]
    [InlineData("max_load = 400", "")]
    [InlineData("max_load = 0.01", "RS0188 notice '0.01'")]
    [InlineData("max_load = 0.5", "")]
    [InlineData("deny_time = 60", "RS0179 notice '60'")]
    [InlineData("deny_time = NEVER", "")]
    [InlineData("rpc_version = 2", "RS0179 notice '2'")]
    [InlineData("flags = NOLIBWRAP\nlibwrap = name", "RS0179 notice 'name'")]
    [InlineData("libwrap = name", "")]
    [InlineData("flags = IPv4\nv6only = yes", "RS0179 notice 'yes'")]
    [InlineData("flags = IPv6\nv6only = yes", "")]
    [InlineData("nice = 5\numask = 022\nenv = A=b\nrlimit_cpu = 10\nlog_on_success = PID EXIT DURATION USERID\nlog_on_failure = USERID", "")]
    public void A_line_of_a_server_is_told_where_it_does_nothing(string lines, string expected) => Expect(expected, Examined.Lines(lines));

    [Theory]
    [InlineData(Datagrams, "instances = 5\nper_source = 5", "RS0175 notice '5'|RS0175 notice '5'")]
    [InlineData(Datagrams, "instances = UNLIMITED\ncps = 10 5", "")]
    [InlineData(Datagrams, "log_on_success = EXIT HOST DURATION", "RS0177 notice 'EXIT'|RS0177 notice 'DURATION'")]
    [InlineData(Datagrams, "log_on_success = PID HOST", "")]
    [InlineData(Datagrams, "log_on_failure = HOST USERID", "RS0177 notice 'USERID'")]
    [InlineData(Datagrams, "banner = /etc/motd\nbanner_fail = /etc/motd", "RS0178 notice '/etc/motd'|RS0178 notice '/etc/motd'")]
    [InlineData(Stream, "instances = 5\nper_source = 4\nlog_on_success = EXIT DURATION\nlog_on_failure = USERID", "")]
    [InlineData(Stream, "nice = 1\nrlimit_cpu = 5\nenv = A=b", "RS0176 notice '1'")]
    [InlineData(Stream, "user = root\ngroup = daemon", "")]
    [InlineData(Waiting, "instances = 1", "")]
    [InlineData(Waiting, "instances = 2\nper_source = 3", "RS0175 notice '2'|RS0175 notice '3'")]
    [InlineData(Waiting, "flags = INTERCEPT\ninstances = 2", "")]
    [InlineData(Waiting, "cps = 10 5\nlog_on_success = EXIT DURATION PID", "")]
    [InlineData(Waiting, "banner = /etc/motd", "RS0178 notice '/etc/motd'")]
    [InlineData(Multiplexed, "port = 99\nbind = 127.0.0.1", "RS0179 notice '99'|RS0179 notice '127.0.0.1'")]
    [InlineData(Multiplexed, "banner = /etc/motd\nbanner_success = /etc/motd", "RS0178 notice '/etc/motd'")]
    [InlineData(Redirected, "server = /usr/sbin/in.server\numask = 022", "RS0176 notice '/usr/sbin/in.server'")]
    [InlineData(Redirected, "instances = 5\nlog_on_success = EXIT DURATION TRAFFIC", "")]
    public void A_line_that_does_nothing_for_its_kind_of_service_is_told(string service, string lines, string expected)
    {
        MemoryHost host = new();
        host.Files["/etc/motd"] = [1];
        Expect(expected, Examined.Words(Examined.Text(service + lines + "\n}\n", host)));
    }

    [Theory]
    [InlineData("deny_time = 5", "")]
    [InlineData("log_on_success = HOST", "RS0177 notice 'HOST'")]
    [InlineData("instances = 5", "RS0175 notice '5'")]
    [InlineData("banner_success = /etc/motd", "RS0178 notice '/etc/motd'")]
    public void What_does_nothing_for_a_sensor_is_told(string lines, string expected)
    {
        MemoryHost host = new();
        host.Files["/etc/motd"] = [1];
        Expect(expected, Examined.Words(Examined.Text(Stream + "flags = SENSOR\n" + lines + "\n}\n", host)));
    }

    [Fact]
    public void A_sensor_for_datagrams_shuts_nobody_out() => Expect(
        "RS0179 notice '5'", Examined.Words(Examined.Text(Datagrams + "flags = SENSOR\ndeny_time = 5\n}\n")));

    [Fact]
    public void What_is_inherited_is_no_line_without_effect()
    {
        const string Defaults = "defaults\n{\ninstances = 10\nper_source = 5\nlog_on_success = EXIT DURATION\numask = 022\n}\n";
        Expect("", Examined.Words(Examined.Text(Defaults + Datagrams + "}\n" + Loaded.Service("instances = 3"))));
    }

    [Fact]
    public void Limits_of_the_defaults_are_compared_once()
    {
        const string Defaults = "defaults\n{\ninstances = 10\nper_source = 20\n}\n";
        IReadOnlyCollection<Diagnostic> found = Examined.Text(Defaults + Loaded.Service("", "a", 7001) + Loaded.Service("", "b", 7002));
        Assert.Contains("per_source = 20 has no effect, as instances = 10 is reached", Examined.Only(found, Codes.LimitIdle));
    }

    [Fact]
    public void A_finding_names_every_line_that_no_server_will_see()
    {
        string message = Examined.Only(Examined.Text(Stream + "rlimit_cpu = 5\nnice = 1\n}\n"), Codes.ServerAttributeIdle);
        Assert.StartsWith("nice, rlimit_cpu have no effect on service 'echo': it is answered by the daemon itself", message);
    }

    private static void Expect(string expected, List<string> found) => Assert.Equal(expected, string.Join('|', found));
}
