using System.Linq;
using Rouse.Config.Tests;

namespace Rouse.Access.Tests.Doctor;

public sealed class ListTests
{
    [Theory]
    [InlineData("only_from = 10.0.0.0/8 10.1.0.0/16", "RS0160 notice '10.1.0.0/16'")]
    [InlineData("only_from = 10.1.0.0/16 10.0.0.0/8", "RS0160 notice '10.1.0.0/16'")]
    [InlineData("only_from = 10.0.0.0/8 10.0.0.0", "RS0160 notice '10.0.0.0'")]
    [InlineData("only_from = 10.0.0.0/8 11.0.0.0/8", "")]
    [InlineData("only_from = ::/0 10.0.0.0/8", "RS0160 notice '10.0.0.0/8'")]
    [InlineData("only_from = 0.0.0.0/0 2001:db8::/32", "")]
    [InlineData("only_from = 10.0.0.0/8 10.1.2.{3,4}", "RS0160 notice '10.1.2.{3,4}'")]
    [InlineData("only_from = 10.1.2.3 10.1.2.{3,4}", "")]
    [InlineData("no_access = 10.0.0.0/8 10.1.0.0/16", "RS0160 notice '10.1.0.0/16'")]
    public void An_entry_within_another_of_its_list_is_told(string lines, string expected) => Assert.Equal(expected, Diagnosed.Lines(lines));

    // The narrower entry decides something wherever the other list has one between the two.
    [Theory]
    [InlineData("only_from = 10.0.0.0/8 10.1.2.0/24\nno_access = 10.1.0.0/16", "")]
    [InlineData("only_from = 10.0.0.0/8 10.1.2.0/24\nno_access = 10.0.0.0/8", "")]
    [InlineData("only_from = 10.0.0.0/8 10.1.2.0/24\nno_access = 10.1.2.0/25", "RS0160 notice '10.1.2.0/24'")]
    [InlineData("only_from = 10.0.0.0/8 10.1.2.0/24\nno_access = 10.2.0.0/16", "RS0160 notice '10.1.2.0/24'")]
    [InlineData("only_from = 10.1.2.0/24\nno_access = 10.1.0.0/16 10.1.2.0/24", "RS0162 warning '10.1.2.0/24'")]
    [InlineData("only_from = 10.0.0.0/8\nno_access = 10.1.0.0/16 10.1.2.0/24", "RS0160 notice '10.1.2.0/24'")]
    [InlineData("only_from = 10.0.0.0/8 10.1.2.0/26\nno_access = 10.1.0.0/16 10.1.2.0/24", "RS0160 notice '10.1.2.0/24'")]
    [InlineData("only_from = 10.0.0.0/8 10.1.0.0/20\nno_access = 10.1.0.0/16 10.1.2.0/24", "")]
    [InlineData("only_from = 0.0.0.0/0 10.0.0.0/8\nno_access = .example.com", "")]
    [InlineData("only_from = 10.0.0.0/8 10.1.0.0/16\nno_access = .example.com", "RS0160 notice '10.1.0.0/16'")]
    [InlineData("only_from = host.example\nno_access = 10.0.0.0/8 10.1.2.3", "")]
    public void An_entry_that_decides_against_the_other_list_is_not_told(string lines, string expected) =>
        Assert.Equal(expected, Diagnosed.Lines(lines));

    [Fact]
    public void An_inherited_entry_is_told_only_if_it_does_nothing_for_any_service()
    {
        const string Defaults = "defaults\n{\nonly_from = 10.1.0.0/16\n}\n";
        Assert.Equal("RS0160 notice '10.1.0.0/16'", Diagnosed.Text(Defaults + Loaded.Service("only_from += 10.0.0.0/8")));
        Assert.Equal("", Diagnosed.Text(Defaults + Loaded.Service("only_from += 10.0.0.0/8") + Loaded.Service("", "other", 7002)));
    }

    [Fact]
    public void An_entry_that_many_services_inherit_is_told_once()
    {
        const string Defaults = "defaults\n{\nonly_from = 10.0.0.0/8 10.1.0.0/16\n}\n";
        string services = Loaded.Service("", "a", 7001) + Loaded.Service("", "b", 7002) + Loaded.Service("only_from += 192.0.2.1", "c", 7003);
        Assert.Equal("RS0160 notice '10.1.0.0/16'", Diagnosed.Text(Defaults + services));
    }

    [Fact]
    public void Of_many_entries_the_first_are_told_and_the_rest_counted()
    {
        string many = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"10.1.{i}.0/24"));
        var found = Diagnosed.Findings(Loaded.Service("only_from = 10.0.0.0/8 " + many));
        Assert.Equal(6, found.Count);
        Assert.Contains("adds nothing to only_from, as '10.0.0.0/8' (", found[0].Message);
        Assert.StartsWith("35 more such entries", found[5].Message);
    }

    [Theory]
    [InlineData("only_from = 10.0.0.0/8\nno_access = 192.0.2.1", "RS0161 notice '192.0.2.1'")]
    [InlineData("only_from = 10.1.2.3\nno_access = 10.0.0.0/8 192.0.2.1", "RS0161 notice '192.0.2.1'")]
    [InlineData("only_from = 10.0.0.0/8\nno_access = 10.1.2.3", "")]
    [InlineData("only_from = 10.0.0.0/8 host.example\nno_access = 192.0.2.1", "")]
    [InlineData("only_from = 10.0.0.0/8 .example\nno_access = 192.0.2.1", "")]
    [InlineData("no_access = 192.0.2.1", "")]
    public void A_refusal_of_peers_that_are_not_let_in_anyway_is_told(string lines, string expected) =>
        Assert.Equal(expected, Diagnosed.Lines(lines));

    [Fact]
    public void A_refusal_for_all_services_is_not_told_for_one()
    {
        const string Defaults = "defaults\n{\nno_access = 192.0.2.1\n}\n";
        Assert.Equal("", Diagnosed.Text(Defaults + Loaded.Service("only_from = 10.0.0.0/8")));
        const string Both = "defaults\n{\nno_access = 192.0.2.1\nonly_from = 10.0.0.0/8\n}\n";
        Assert.Equal("RS0161 notice '192.0.2.1'", Diagnosed.Text(Both + Loaded.Service("")));
        Assert.Equal("", Diagnosed.Text(Both + Loaded.Service("") + Loaded.Service("only_from += 192.0.2.0/24", "other", 7002)));
    }

    [Theory]
    [InlineData("flags = IPv6\nv6only = yes\nonly_from = 10.0.0.0/8 2001:db8::/32", "RS0163 warning '10.0.0.0/8'")]
    [InlineData("flags = IPv4\nno_access = 2001:db8::/32", "RS0163 warning '2001:db8::/32'")]
    [InlineData("bind = ::1\nno_access = 127.0.0.1", "RS0163 warning '127.0.0.1'")]
    [InlineData("bind = 127.0.0.1\nno_access = ::/0", "")]
    [InlineData("flags = IPv6\nonly_from = 10.0.0.0/8 2001:db8::/32", "")]
    [InlineData("flags = IPv6\nv6only = yes\nonly_from = 10.0.0.0/8", "RS0163 warning '10.0.0.0/8'")]
    public void An_entry_for_peers_that_never_come_is_told(string lines, string expected) => Assert.Equal(expected, Diagnosed.Lines(lines));

    [Theory]
    [InlineData("wait = no", "socket_type = stream", "only_from = 10.0.0.0/8", "")]
    [InlineData("wait = yes", "socket_type = stream", "only_from = 10.0.0.0/8", "RS0165 warning '10.0.0.0/8'")]
    [InlineData("wait = yes", "socket_type = stream", "no_access = 10.0.0.0/8", "RS0165 warning '10.0.0.0/8'")]
    [InlineData("wait = yes", "socket_type = stream", "flags = INTERCEPT\nonly_from = 10.0.0.0/8", "")]
    [InlineData("wait = yes", "socket_type = dgram", "only_from = 10.0.0.0/8", "RS0165 notice '10.0.0.0/8'")]
    [InlineData("wait = yes", "socket_type = dgram", "flags = INTERCEPT\nonly_from = 10.0.0.0/8", "")]
    public void Lists_that_the_daemon_cannot_ask_are_told(string wait, string socket, string lines, string expected)
    {
        string protocol = socket.EndsWith("dgram", System.StringComparison.Ordinal) ? "protocol = udp" : "protocol = tcp";
        string service = Loaded.Service(lines).Replace("wait = no", wait).Replace("socket_type = stream", socket).Replace("protocol = tcp", protocol);
        Assert.Equal(expected, Diagnosed.Text(service));
    }

    [Fact]
    public void Lists_of_the_defaults_that_cannot_be_asked_are_told_at_the_service() => Assert.Equal(
        "RS0165 warning 'test'",
        Diagnosed.Text("defaults\n{\nonly_from = 10.0.0.0/8\n}\n" + Loaded.Service("").Replace("wait = no", "wait = yes")));

    [Fact]
    public void A_sensor_does_not_ask_its_own_lists()
    {
        const string Sensor = "service ftp\n{\ntype = INTERNAL\nsocket_type = stream\nwait = no\nflags = SENSOR\n";
        Assert.Equal("RS0165 warning '10.0.0.0/8'", Diagnosed.Text(Sensor + "only_from = 10.0.0.0/8\n}\n"));
        Assert.Equal("", Diagnosed.Text("defaults\n{\nonly_from = 10.0.0.0/8\n}\n" + Sensor + "}\n"));
    }

    [Theory]
    [InlineData("8:00-17:59", "")]
    [InlineData("8:00-12:00 13:00-17:59", "")]
    [InlineData("8:00-17:59 9:00-10:00", "RS0164 notice '9:00-10:00'")]
    [InlineData("9:00-10:00 8:00-17:59", "RS0164 notice '9:00-10:00'")]
    [InlineData("8:00-9:00 8:00-9:00", "RS0164 notice '8:00-9:00'")]
    [InlineData("8:00-10:00 9:00-11:00", "")]
    [InlineData("0:00-23:59", "RS0164 notice '0:00-23:59'")]
    [InlineData("12:00-23:59 0:00-11:59", "RS0164 notice '12:00-23:59 0:00-11:59'")]
    [InlineData("12:00-23:59 0:00-11:58", "")]
    public void Hours_that_add_nothing_are_told(string hours, string expected) =>
        Assert.Equal(expected, Diagnosed.Lines("access_times = " + hours));
}
