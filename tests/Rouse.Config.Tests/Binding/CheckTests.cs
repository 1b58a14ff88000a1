using System;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;

namespace Rouse.Config.Tests.Binding;

/// <summary>What is checked of a service as a whole, and of services against each other.</summary>
public sealed class CheckTests
{
    private const string Internal = "type = INTERNAL\nsocket_type = stream\nwait = no\n";

    [Fact]
    public void Each_missing_attribute_is_named()
    {
        Assert.Contains(
            "no line for wait and socket_type and user and server;",
            Entry("test", "type = UNLISTED\nport = 1\nprotocol = sctp")
                .LeavesOut(Codes.MissingAttribute),
            StringComparison.Ordinal);
        Assert.Contains(
            "no line for protocol and port;",
            Entry(
                "test",
                "type = UNLISTED\nwait = no\nuser = root\nserver = /usr/sbin/in.server\nsocket_type = raw")
                .LeavesOut(Codes.MissingAttribute),
            StringComparison.Ordinal);
        Assert.Contains(
            "no line for rpc_version and rpc_number;",
            Entry(
                "test",
                "type = RPC UNLISTED\nwait = no\nuser = root\nserver = /usr/sbin/in.server\nprotocol = tcp")
                .LeavesOut(Codes.MissingAttribute),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_attribute_with_a_bad_value_is_not_called_missing() =>
        Assert.Empty(
            Loaded.From(
                Loaded.Service("").Replace("user = nobody", "user = nosuch", StringComparison.Ordinal)).All(Codes.MissingAttribute));

    [Fact]
    public void Protocol_and_socket_type_supply_each_other()
    {
        Assert.Equal(SocketType.Dgram, Entry("echo", "type = INTERNAL\nprotocol = udp\nwait = yes").Only().SocketType);
        Assert.Equal("tcp", Entry("echo", "type = INTERNAL\nsocket_type = stream\nwait = no").Only().Protocol.Name);
    }

    [Fact]
    public void A_socket_type_that_its_protocol_does_not_have_leaves_the_service_out() =>
        Entry("echo", Internal + "protocol = udp").LeavesOut(Codes.SocketAndProtocol);

    [Fact]
    public void A_service_that_is_not_unlisted_must_be_in_etc_services()
    {
        Entry("myown", "socket_type = stream\nwait = no\nuser = root\nserver = /usr/sbin/in.server\nport = 80").LeavesOut(Codes.NotListed);
        Entry("ftp", "socket_type = dgram\nwait = yes\nuser = root\nserver = /usr/sbin/in.server").LeavesOut(Codes.NotListed);
    }

    [Fact]
    public void A_listed_service_must_have_the_listed_port()
    {
        string message = Entry("echo", Internal + "port = 4007").LeavesOut(Codes.WrongPort);
        Assert.Contains("'echo' has port 7 in /etc/services, not 4007", message, StringComparison.Ordinal);
        Assert.Equal(7, Entry("echo", Internal + "port = 7").Only().Port);
    }

    [Theory]
    [InlineData("echo", BuiltInService.Echo)]
    [InlineData("discard", BuiltInService.Discard)]
    [InlineData("daytime", BuiltInService.Daytime)]
    [InlineData("time", BuiltInService.Time)]
    [InlineData("chargen", BuiltInService.Chargen)]
    public void An_internal_service_is_found_by_its_name(string name, BuiltInService expected)
    {
        Assert.Equal(expected, Entry(name, Internal).Only().BuiltIn);
        Assert.Equal(
            expected, Entry(
                name.ToUpperInvariant(), "type = INTERNAL UNLISTED\nport = 999\nsocket_type = dgram\nwait = no").Only().BuiltIn);
    }

    [Fact]
    public void There_is_no_internal_service_of_another_name() => Entry("ftp", Internal).LeavesOut(Codes.NoSuchInternal);

    [Fact]
    public void A_server_for_datagrams_must_wait()
    {
        string service = Loaded.Service("").Replace("stream", "dgram", StringComparison.Ordinal)
            .Replace("tcp", "udp", StringComparison.Ordinal);
        Loaded.From(service).LeavesOut(Codes.DatagramNowait);
        Assert.True(Loaded.From(service.Replace("wait = no", "wait = yes", StringComparison.Ordinal)).Only().Wait);
    }

    [Fact]
    public void A_bind_of_the_other_family_than_the_flag_leaves_the_service_out()
    {
        Loaded.WithLines("flags = IPv6\nbind = 127.0.0.1").LeavesOut(Codes.BindFamily);
        Loaded.WithLines("bind = ::1\nflags = IPv4").LeavesOut(Codes.BindFamily);
        Loaded.From("defaults\n{\nbind = 127.0.0.1\n}\n" + Loaded.Service("flags = IPv6")).LeavesOut(Codes.BindFamily);
        Assert.Single(Loaded.WithLines("flags = IPv4 IPv6\nbind = ::1").Only().BindAddresses);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("flags = IPv4 IPv6", 3)]
    [InlineData("flags = IPv4", 2)]
    [InlineData("flags = IPv6", 1)]
    public void A_bind_name_keeps_each_address_of_an_allowed_family(string flags, int expected)
    {
        MemoryHost host = new();
        host.Names["me.example"] = [IpAddress.FromV4(0x0a000001), new(1), IpAddress.FromV4(0x0a000002), new(1)];
        ServiceDefinition service = Loaded.WithLines($"bind = me.example\n{flags}", host).Only();
        Assert.Equal("me.example", service.Bind);
        Assert.Equal(expected, service.BindAddresses.Length);
    }

    [Fact]
    public void Nameinargs_makes_the_first_argument_the_servers_name()
    {
        Assert.Equal(["in.ftpd", "-l"], Loaded.WithLines("flags = NAMEINARGS\nserver_args = in.ftpd -l").Only().Arguments);
        Configuration late = Loaded.WithLines("server_args = in.ftpd -l\nflags = NAMEINARGS");
        late.Runs(Codes.NameInArgsLate, Severity.Notice);
        Assert.Equal(["in.ftpd", "-l"], late.Only().Arguments);
        Loaded.WithLines("flags = NAMEINARGS").LeavesOut(Codes.NameInArgs);
        Entry("echo", Internal + "flags = NAMEINARGS").LeavesOut(Codes.NameInArgs);
    }

    [Theory]
    [InlineData("far.example 80", "10.0.0.2", 80)]
    [InlineData("192.0.2.7 telnet", "192.0.2.7", 23)]
    [InlineData("2001:db8::5 443", "2001:db8::5", 443)]
    [InlineData("six.example 80", "2001:db8::7", 80)]
    public void A_redirects_target_is_known_when_the_configuration_has_been_read(string target, string address, int port)
    {
        MemoryHost host = new();
        host.Names["far.example"] = [new(1), IpAddress.FromV4(0x0a000002), IpAddress.FromV4(0x0a000001)];
        Assert.True(AddressText.TryRead("2001:db8::7"u8, out IpAddress first));
        Assert.True(AddressText.TryRead("2001:db8::6"u8, out IpAddress second));
        host.Names["six.example"] = [first, second];
        ServiceDefinition service = Loaded.WithLines($"redirect = {target}\nlog_on_success = TRAFFIC", host).Only();
        Assert.Equal((address, (ushort)port), (service.Redirect!.Address.ToText(), service.Redirect.Port));
        Assert.Equal("", service.Server);
    }

    [Fact]
    public void Traffic_needs_a_redirect_also_where_it_is_inherited()
    {
        Loaded.WithLines("log_on_success = TRAFFIC").LeavesOut(Codes.TrafficWithoutRedirect);
        Loaded.From("defaults\n{\nlog_on_success = TRAFFIC\n}\n" + Loaded.Service("")).LeavesOut(Codes.TrafficWithoutRedirect);
        Assert.Empty(Loaded.From("defaults\n{\nlog_on_success = TRAFFIC\n}\n" + Loaded.Service("log_on_success -= TRAFFIC")).Broken);
    }

    [Fact]
    public void The_identification_service_does_not_ask_for_users()
    {
        Configuration configuration = Entry(
            "auth",
            "socket_type = stream\nwait = no\nuser = root\nserver = /usr/sbin/in.server\nlog_on_success = USERID "
                + "HOST\nlog_on_failure = USERID");
        configuration.Runs(Codes.UserIdCleared, Severity.Warning);
        Assert.Equal((LogOnSuccess.Host, LogOnFailure.None), (configuration.Only().LogOnSuccess, configuration.Only().LogOnFailure));
    }

    [Theory]
    [InlineData("flags = IDONLY", true)]
    [InlineData("flags = IDONLY\nlog_on_failure = USERID", true)]
    [InlineData("flags = IDONLY\nlog_on_success = USERID\nwait = yes", true)]
    [InlineData("flags = IDONLY\nlog_on_success = USERID", false)]
    public void Idonly_that_has_no_effect_is_told(string lines, bool told)
    {
        string entry = "service test\n{\ntype = UNLISTED\nport = 1\nsocket_type = stream\nprotocol = tcp\nuser = root\nserver = /usr/sbin/in.server\n"
            + (lines.Contains("wait", System.StringComparison.Ordinal) ? "" : "wait = no\n") + lines + "\n}\n";
        Configuration configuration = Loaded.From(entry);
        Assert.Equal(ServiceFlags.IdOnly, configuration.Only().Flags);
        Assert.Equal(told ? [Codes.IdOnlyWithoutEffect] : [], System.Array.ConvertAll([.. configuration.Diagnostics], d => d.Code));
    }

    [Fact]
    public void Intercept_has_no_effect_where_peers_are_checked_anyway()
    {
        Configuration configuration = Loaded.WithLines("flags = INTERCEPT");
        configuration.Runs(Codes.InterceptCleared, Severity.Warning);
        Assert.Equal(ServiceFlags.None, configuration.Only().Flags);
        Entry("echo", "type = INTERNAL\nsocket_type = dgram\nwait = yes\nflags = INTERCEPT").Runs(Codes.InterceptCleared, Severity.Warning);
    }

    [Theory]
    [InlineData("redirect = 127.0.0.1 80\nflags = NAMEINARGS\nserver_args = x", Codes.RedirectShape)]
    [InlineData("flags = LABELED\nredirect = 127.0.0.1 80", Codes.LabeledShape)]
    public void A_shape_that_does_not_fit_leaves_the_service_out(string lines, string code) => Loaded.WithLines(lines).LeavesOut(code);

    [Fact]
    public void A_tcpmux_service_must_be_unlisted() =>
        Entry(
            "test",
            "type = TCPMUX\nsocket_type = stream\nwait = no\nuser = root\nserver = /usr/sbin/in.server").LeavesOut(Codes.TcpmuxShape);

    [Fact]
    public void An_rpc_service_must_be_known() =>
        Entry(
            "test",
            "type = RPC\nsocket_type = stream\nprotocol = tcp\nwait = no\nuser = root\nserver = /usr/sbin/in.server\nrpc_version "
                + "= 1").LeavesOut(Codes.UnknownRpc);

    [Fact]
    public void Groups_of_a_number_without_a_user_cannot_be_found()
    {
        string numbered = Loaded.Service("").Replace("user = nobody", "user = 4711", StringComparison.Ordinal);
        Assert.Empty(Loaded.From(numbered).Diagnostics);
        Loaded.From(numbered.Replace("user = 4711", "user = 4711\ngroups = yes", StringComparison.Ordinal)).LeavesOut(Codes.UnnamedUserGroups);
        Loaded.From("defaults\n{\ngroups = yes\n}\n" + numbered).LeavesOut(Codes.UnnamedUserGroups);
    }

    [Theory]
    [InlineData("enabled = A b c", "a B")]
    [InlineData("enabled = a b c\ndisabled = A", "B")]
    [InlineData("enabled = a\nenabled += d", "a d")]
    [InlineData("disabled = b", "a d")]
    [InlineData("enabled =", "")]
    public void Enabled_keeps_only_what_it_lists_and_disabled_takes_away(string defaults, string expected)
    {
        Configuration configuration = Loaded.From(
            $"defaults\n{{\n{defaults}\n}}\n" + Loaded.Service("", "a", 1001) + Loaded.Service("id = B", "b", 1002)
            + Loaded.Service("disable = yes", "c", 1003) + Loaded.Service("", "d", 1004));
        Assert.Equal(4, configuration.Services.Length + configuration.Disabled.Length);
        Assert.Equal(expected, string.Join(' ', Array.ConvertAll([.. configuration.Services], service => service.Id)));
    }

    [Fact]
    public void A_list_that_names_no_service_is_told() =>
        Loaded.From("defaults\n{\ndisabled = ghost\n}\n" + Loaded.Service("")).Runs(Codes.UnknownIdListed, Severity.Notice);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("bind = 127.0.0.1", "bind = 127.0.0.1", true)]
    [InlineData("bind = 127.0.0.1", "bind = 127.0.0.2", false)]
    [InlineData("bind = 127.0.0.1", "bind = ::1", false)]
    [InlineData("bind = 127.0.0.1", "", true)]
    [InlineData("", "bind = 127.0.0.1", true)]
    [InlineData("flags = IPv6\nv6only = yes", "bind = 127.0.0.1", false)]
    [InlineData("flags = IPv4", "flags = IPv6\nv6only = yes", false)]
    [InlineData("flags = IPv4", "flags = IPv6", true)]
    [InlineData("flags = IPv4", "bind = ::1", false)]
    public void Of_two_services_on_one_socket_the_first_one_stays(string first, string second, bool collide)
    {
        Configuration configuration = Loaded.From(Loaded.Service(first, "a") + Loaded.Service(second, "b"));
        Assert.Equal(collide ? 1 : 2, configuration.Services.Length);
        Assert.Equal("a", configuration.Services[0].Id);
        Assert.Equal(collide ? 1 : 0, configuration.All(Codes.Duplicate).Count);
    }

    [Fact]
    public void A_disabled_service_is_no_duplicate() =>
        Assert.Empty(Loaded.From(Loaded.Service("disable = yes", "a") + Loaded.Service("", "b")).Diagnostics);

    [Fact]
    public void Two_services_may_share_an_id_on_different_ports()
    {
        Configuration configuration = Loaded.From(Loaded.Service("id = x", "a", 1001) + Loaded.Service("id = X", "b", 1002));
        Assert.Equal(2, configuration.Services.Length);
        Assert.Equal(Severity.Notice, configuration.Single(Codes.SharedId).Severity);
    }

    [Theory]
    [InlineData("only_from = 10.0.0.0\nno_access = 10.0.0.0", "'10.0.0.0' is in only_from and in no_access; its peers are refused")]
    [InlineData(
        "no_access = 0.0.0.0/0\nonly_from = 11.0.0.1 192.0.0.0/8",
        "'11.0.0.1' is in only_from and within '0.0.0.0/0' of no_access; its peers are served")]
    [InlineData("only_from = .a.example\nno_access = .a.example", "'.a.example' is in only_from and in no_access")]
    public void Rules_that_overlap_are_told(string lines, string expected) =>
        Assert.StartsWith(expected, Loaded.WithLines(lines).Runs(Codes.RulesOverlap, Severity.Notice), StringComparison.Ordinal);

    [Theory]
    [InlineData("no_access = 0.0.0.0", Severity.Warning)]
    [InlineData("no_access = 0.0.0.0\nonly_from = 10.1.0.0", Severity.Notice)]
    [InlineData("no_access = 10.0.0.0", Severity.Notice)]
    public void An_entry_that_refuses_whom_only_the_defaults_let_in_is_warned_of(string lines, Severity severity) => Assert.Equal(
        severity, Loaded.From("defaults\n{\n only_from = 10.0.0.0\n}\n" + Loaded.Service(lines)).Single(Codes.RulesOverlap).Severity);

    [Fact]
    public void An_exception_from_a_wider_permission_is_no_overlap() =>
        Assert.Empty(Loaded.WithLines("only_from = 10.0.0.0\nno_access = 10.1.0.0 11.0.0.0").Diagnostics);

    [Theory]
    [InlineData("socket_type = raw\nprotocol = icmp")]
    [InlineData("socket_type = raw\nprotocol = tcp")]
    [InlineData("socket_type = seqpacket\nprotocol = sctp")]
    public void A_socket_without_connections_needs_wait(string lines)
    {
        string entry = $"type = UNLISTED\nport = 1\nuser = root\nserver = /usr/sbin/in.server\n{lines}\nwait = ";
        Assert.Empty(Entry("test", entry + "yes").Diagnostics);
        Entry("test", entry + "no").LeavesOut(Codes.DatagramNowait);
    }

    [Fact]
    public void LABELED_needs_a_host_where_SELinux_runs()
    {
        MemoryHost host = new();
        Loaded.WithLines("flags = LABELED", host).LeavesOut(Codes.NoSelinux);
        host.Kinds["/sys/fs/selinux/enforce"] = PathKind.Regular;
        Assert.Empty(Loaded.WithLines("flags = LABELED", host).Diagnostics);
    }

    [Theory]
    [InlineData("mdns = yes")]
    [InlineData("mdns = no")]
    [InlineData("flags = NORETRY")]
    [InlineData("rlimit_cpu = 0")]
    [InlineData("rlimit_as = 0")]
    public void A_line_that_does_nothing_is_told(string line) => Loaded.WithLines(line).Runs(Codes.NoEffect, Severity.Notice);

    [Fact]
    public void V6only_that_says_no_is_told_because_the_original_does_not_heed_it()
    {
        Configuration configuration = Loaded.WithLines("v6only = no");
        configuration.Runs(Codes.V6OnlyNo, Severity.Notice);
        Assert.False(configuration.Only().V6Only);
        Assert.Empty(Loaded.WithLines("v6only = yes").Diagnostics);
    }

    [Fact]
    public void V6only_in_defaults_holds_and_is_told_because_the_original_does_not_heed_it()
    {
        string service = Loaded.Service("");
        Configuration configuration = Loaded.From("defaults\n{\nv6only = yes\n}\n" + service);
        configuration.Runs(Codes.V6OnlyInDefaults, Severity.Notice);
        Assert.True(configuration.Only().V6Only);
        Assert.Empty(Loaded.From("defaults\n{\nv6only = no\n}\n" + service).Diagnostics);
    }

    [Theory]
    [InlineData("bind = ::ffff:127.0.0.1", true)]
    [InlineData("bind = ::ffff:127.0.0.1\nflags = IPv6", true)]
    [InlineData("bind = 127.0.0.1", false)]
    public void A_mapped_bind_address_is_one_of_an_IPv6_socket(string lines, bool mapped) =>
        Assert.Equal(mapped, Loaded.WithLines(lines).Only().BindIsMapped);

    [Theory]
    [InlineData("bind = ::ffff:127.0.0.1\nflags = IPv4")]
    [InlineData("bind = ::ffff:127.0.0.1\nv6only = yes")]
    public void A_mapped_bind_address_that_nothing_could_reach_leaves_the_service_out(string lines) =>
        Loaded.WithLines(lines).LeavesOut(Codes.BindFamily);

    [Theory]
    [InlineData("fe80::1%eth0", 7)]
    [InlineData("fe80::1%3", 3)]
    [InlineData("fe80::1%eth1", 0)]
    [InlineData("fe80::1%", 0)]
    [InlineData("fe80::1%../eth0", 0)]
    [InlineData("fe80::1%0", 0)]
    [InlineData("2001:db8::1%eth0", 0)]
    [InlineData("2001:db8::1%3", 3)]
    [InlineData("127.0.0.1%eth0", 0)]
    [InlineData("127.0.0.1%3", 0)]
    public void A_link_local_bind_address_names_its_interface(string bind, uint scope)
    {
        MemoryHost host = new() { Interfaces = { ["eth0"] = 7 } };
        Configuration configuration = Loaded.WithLines("bind = " + bind, host);
        if (scope == 0)
        {
            configuration.LeavesOut(Codes.BadBind);
        }
        else
        {
            Assert.Equal(scope, configuration.Only().BindScope);
        }
    }

    [Theory]
    [InlineData("fe80::1%eth0", 7)]
    [InlineData("fe80::1", 0)]
    public void A_link_local_target_names_its_interface(string target, uint scope)
    {
        MemoryHost host = new() { Interfaces = { ["eth0"] = 7 } };
        Assert.Equal(scope, Loaded.WithLines($"redirect = {target} 80", host).Only().Redirect!.Scope);
        Loaded.WithLines("redirect = fe80::1%eth1 80", host).LeavesOut(Codes.RedirectTarget);
    }

    private static Configuration Entry(string name, string lines) => Loaded.From($"service {name}\n{{\n{lines}\n}}\n");
}
