using System.Collections.Immutable;
using System.Linq;
using CsCheck;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Inetd;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Inetd;

/// <summary>inetd.conf as the inetd personality reads it, by whose file it is.</summary>
public sealed class InetdDialectTests
{
    private const string Path = "/etc/inetd.conf";
    private const string Server = " root /usr/sbin/in.server s";
    private const string Likely = "ftp/ stream.tcp:46 rpcwait\n#<off>\t\0\r,[]*=sndbufkunix on off ;;\"'\\";
    private readonly MemoryHost _host = new();

    public InetdDialectTests() => _host.Kinds["/proc/net/if_inet6"] = PathKind.Regular;

    [Theory]
    [InlineData("debian", "tcp", "IPv4 ftp|IPv6 only ftp-ipv6")]
    [InlineData("debian", "tcp4", "IPv4 ftp")]
    [InlineData("debian", "tcp6", "IPv6 only ftp-ipv6")]
    [InlineData("debian", "tcp46", "IPv6 mapped ftp")]
    [InlineData("inetutils", "tcp", "IPv4 ftp")]
    [InlineData("inetutils", "tcp4", "IPv4 ftp")]
    [InlineData("inetutils", "tcp6", "IPv6 mapped ftp")]
    [InlineData("inetutils", "tcp6only", "IPv6 only ftp-ipv6")]
    [InlineData("freebsd", "tcp", "IPv4 ftp")]
    [InlineData("freebsd", "tcp6", "IPv6 only ftp-ipv6")]
    [InlineData("freebsd", "tcp46", "IPv6 mapped ftp")]
    [InlineData("netbsd", "tcp", "IPv4 ftp")]
    [InlineData("netbsd", "tcp6", "IPv6 only ftp-ipv6")]
    public void Each_inetd_has_its_own_idea_of_a_family(string dialect, string protocol, string expected) =>
        Assert.Equal(expected, string.Join('|', Read($"ftp stream {protocol} nowait{Server}\n", dialect).Services.Select(Family)));

    [Fact]
    public void Where_the_kernel_has_no_ipv6_a_line_of_debian_is_one_service()
    {
        _host.Kinds.Clear();
        Assert.Equal("IPv4 ftp", Family(Read($"ftp stream tcp nowait{Server}\n").Only()));
    }

    [Theory]
    [InlineData("debian", "nowait", 255, true)]
    [InlineData("debian", "nowait.1", 1, true)]
    [InlineData("debian", "nowait.400", 399, true)]
    [InlineData("inetutils", "nowait.3", 3, false)]
    [InlineData("freebsd", "nowait", 256, false)]
    [InlineData("netbsd", "nowait", 40, false)]
    [InlineData("netbsd", "nowait:7", 7, false)]
    [InlineData("netbsd", "wait:7", 7, false)]
    public void Starts_a_minute(string dialect, string wait, int served, bool keepsHighPorts)
    {
        ServiceDefinition service = Read($"ftp stream tcp4 {wait}{Server}\n", dialect).Only();
        Assert.Equal(new StartLimit(served, 600, "ftp/tcp4", keepsHighPorts), service.Starts);
        Assert.Equal(new CpsLimit(0, 0), service.Cps);
    }

    [Fact]
    public void The_command_lines_numbers_hold_where_a_line_says_none()
    {
        InetdOptions options = new(InetdGrammar.FreeBsd) { StartsPerMinute = 9, MostChildren = 5, PerSourcePerMinute = 6, MostPerSource = 7, Address = "10.0.0.1" };
        Configuration configuration = Read(
            $"ftp stream tcp nowait{Server}\n10.0.0.2:telnet stream tcp nowait/0/1/2{Server}\n", options);

        Assert.Equal("9 5 6 7 10.0.0.1", Limits(configuration.Services[0]));
        Assert.Equal("9  1 2 10.0.0.2", Limits(configuration.Services[1]));
    }

    [Theory]
    [InlineData("nowait/10", "10  ")]
    [InlineData("nowait/10/5", "10 5 ")]
    [InlineData("nowait/10/5/2", "10 5 2")]
    [InlineData("nowait/0/0/2", "  2")]
    public void FreeBSD_has_three_limits_after_slashes(string wait, string limits)
    {
        ServiceDefinition service = Read($"ftp stream tcp {wait}{Server}\n", "freebsd").Only();
        Assert.Equal(limits, $"{service.Instances} {service.PerSourcePerMinute} {service.PerSource}");
    }

    [Theory]
    [InlineData("debian", 9, "nowait", 8)]
    [InlineData("debian", 9, "nowait.40", 39)]
    [InlineData("inetutils", 9, "nowait", 8)]
    [InlineData("inetutils", 9, "nowait.40", 8)]
    [InlineData("inetutils", 9, "nowait.4", 4)]
    [InlineData("inetutils", 1, "nowait.4", 1)]
    public void The_rate_of_the_command_line(string dialect, int rate, string wait, int served) => Assert.Equal(
        served, Read($"ftp stream tcp4 {wait}{Server}\n", new InetdOptions(InetdGrammar.Find(dialect)!) { StartsPerMinute = rate }).Only().Starts!.Most);

    [Fact]
    public void Inetutils_has_no_limit_of_its_own() => Assert.Null(Read($"ftp stream tcp4 nowait{Server}\n", "inetutils").Only().Starts);

    [Theory]
    [InlineData("debian", null)]
    [InlineData("inetutils", null)]
    [InlineData("freebsd", 1u)]
    public void Root_keeps_its_group_where_it_does(string dialect, uint? group)
    {
        Configuration configuration = Read("ftp stream tcp4 nowait root:daemon /usr/sbin/in.server s\n", dialect);
        Assert.Equal(group, configuration.Only().Group?.Gid);
        Assert.Equal(group is null ? 1 : 0, configuration.All(Codes.InetdRootGroup).Count);
    }

    [Fact]
    public void Another_inetds_limit_holds_and_is_told() =>
        Assert.Equal("/etc/inetd.conf:1:17", Read($"ftp stream tcp4 nowait/3{Server}\n").Single(Codes.InetdForeignLimit).Span.ToString());

    [Theory]
    [InlineData("127.0.0.1:ftp", "127.0.0.1")]
    [InlineData("127.0.0.1,127.0.0.2:ftp", "127.0.0.1 127.0.0.2")]
    [InlineData("*:ftp", "")]
    [InlineData("host:ftp", "192.0.2.7")]
    public void Addresses_stand_before_the_service(string service, string addresses)
    {
        _host.Names["host"] = [IpAddress.FromV4(0xc0000207)];
        Assert.Equal(addresses, Addresses(Read($"{service} stream tcp4 nowait{Server}\n").Only()));
    }

    [Fact]
    public void Addresses_of_both_families_are_shared_out_between_the_two_services_of_a_line()
    {
        Configuration configuration = Read($"127.0.0.1,[::1]:ftp stream tcp nowait{Server}\n[::1]:telnet stream tcp nowait{Server}\n");
        Assert.Equal(["127.0.0.1", "::1", "::1"], configuration.Services.Select(Addresses));
        Assert.Equal(["ftp/tcp", "ftp/tcp6", "telnet/tcp6"], configuration.Services.Select(service => service.Starts!.Label));
    }

    [Theory]
    [InlineData("debian", "127.0.0.1 127.0.0.9 127.0.0.1 ")]
    [InlineData("netbsd", "127.0.0.1 127.0.0.9 127.0.0.9 ")]
    public void A_line_of_an_address_alone_holds_for_those_after_it(string dialect, string expected)
    {
        Configuration configuration = Read(
            $"127.0.0.1:\nftp stream tcp4 nowait{Server}\n127.0.0.9:telnet stream tcp4 nowait{Server}\n"
                + $"8000 stream tcp4 nowait{Server}\n*:\n8001 stream tcp4 nowait{Server}\n",
            dialect);
        Assert.Equal(expected, string.Join(' ', configuration.Services.Select(Addresses)));
    }

    [Theory]
    [InlineData("debian", "/run/x", "unix", "/run/x   438")]
    [InlineData("freebsd", "/run/x", "unix", "/run/x   384")]
    [InlineData("freebsd", ":nobody:daemon:660:/run/x", "unix", "/run/x 65534 1 432")]
    public void A_path_is_a_UNIX_socket(string dialect, string service, string protocol, string expected)
    {
        ServiceDefinition definition = Read($"{service} stream {protocol} nowait{Server}\n", dialect).Only();
        LocalSocket local = definition.Local!;
        Assert.Equal(expected, $"{local.Path} {local.Owner} {local.Group} {local.Mode}");
        Assert.Equal((0, "unix", "/run/x/unix"), (definition.Port, definition.Protocol.Name, definition.Starts!.Label));
    }

    [Fact]
    public void Without_arguments_argument_0_is_the_last_part_of_the_path() => Assert.Equal(
        ["in.server"], Read("ftp stream tcp4 nowait root /usr/sbin/in.server\n").Only().Arguments);

    [Fact]
    public void Buffers_follow_the_protocol() => Assert.Equal(
        new SocketBuffers(65536, 1048576), Read($"ftp stream tcp4,sndbuf=64k,rcvbuf=1m nowait{Server}\n").Only().Buffers);

    [Theory]
    [InlineData("root:daemon/staff", "freebsd", Codes.InetdLoginClass)]
    [InlineData("root/daemon", "debian", Codes.InetdLoginClass)]
    public void A_login_class_is_passed_over_and_told(string user, string dialect, string code) => Assert.Equal(
        Severity.Notice, Read($"ftp stream tcp4 nowait {user} /usr/sbin/in.server s\n", dialect).Single(code).Severity);

    [Fact]
    public void An_accept_filter_is_passed_over_and_told() => Assert.Equal(
        "/etc/inetd.conf:1:12", Read($"ftp stream:dataready tcp4 nowait{Server}\n", "netbsd").Single(Codes.InetdAcceptFilter).Span.ToString());

    [Theory]
    [InlineData("inetutils", 2)]
    [InlineData("freebsd", 2)]
    [InlineData("debian", 1)]
    public void Services_behind_the_multiplexer_bring_it_along_where_the_original_does(string dialect, int services)
    {
        Configuration configuration = Read($"tcpmux/+date stream tcp nowait{Server}\n", dialect);
        Assert.Equal(services, configuration.Services.Length);
        Assert.Equal(services == 1, configuration.All(Codes.InetdNoTcpmux).Count == 1);
    }

    [Fact]
    public void Nothing_of_xinetds_defaults_holds_and_groups_are_those_of_the_written_group()
    {
        ServiceDefinition service = Read("ftp stream tcp4 nowait nobody.daemon /usr/sbin/in.server s\n").Only();
        Assert.Equal((LogOnSuccess.None, LogOnFailure.None, true), (service.LogOnSuccess, service.LogOnFailure, service.OnlyFrom.IsDefault));
        Assert.Equal([1u, 7u], service.SupplementaryGroups);
        Assert.True(service.Flags.HasFlag(ServiceFlags.NoLibwrap));
    }

    [Theory]
    [InlineData(false, false, 0)]
    [InlineData(true, false, 1)]
    [InlineData(true, true, 2)]
    public void Rules_of_tcp_wrappers_are_asked_where_an_option_says_so(bool l, bool w, int asking)
    {
        InetdOptions options = new(InetdGrammar.Debian) { AsksWrappers = l, AsksWrappersForInternal = w };
        ImmutableArray<ServiceDefinition> services = Read($"ftp stream tcp4 nowait{Server}\ntime stream tcp4 nowait root internal\n", options).Services;
        Assert.Equal(asking, services.Count(service => !service.Flags.HasFlag(ServiceFlags.NoLibwrap)));
    }

    [Fact]
    public void Directories_are_read_in_the_order_of_names_and_missing_ones_passed_over()
    {
        _host.Kinds["/etc/inetd.d"] = PathKind.Directory;
        _host.Files["/etc/inetd.d/b"] = SourceFile.Encode($"telnet stream tcp4 nowait{Server}\n");
        _host.Files["/etc/inetd.d/a"] = SourceFile.Encode($"ftp stream tcp4 nowait{Server}\n");
        _host.Files[Path] = [];
        Configuration configuration = InetdLoader.Load([Path, "/etc/inetd.d", "/nowhere"], _host, new InetdOptions(InetdGrammar.Inetutils));
        Assert.Equal(["ftp", "telnet"], configuration.Services.Select(service => service.Name));
        Assert.False(configuration.StructureBroken);
    }

    [Theory]
    [InlineData("debian", "tcp4")]
    [InlineData("inetutils", "tcp")]
    [InlineData("freebsd", "udp6")]
    public void A_later_line_for_the_same_service_holds(string dialect, string protocol)
    {
        string line = (protocol[0] == 'u' ? $"tftp dgram {protocol} wait" : $"ftp stream {protocol} nowait") + " root /usr/sbin/in.server s ";
        Configuration configuration = Read($"{line}one\n{line}two\n", dialect);
        Assert.Equal("two", configuration.Only().Arguments[^1]);
        Assert.Equal("/etc/inetd.conf:2:1", configuration.Single(Codes.InetdLaterLine).Span.ToString());
        Assert.Equal(Severity.Warning, configuration.Single(Codes.InetdLaterLine).Severity);
    }

    [Theory]
    [InlineData("s", Severity.Notice)]
    [InlineData("s -6", Severity.Warning)]
    public void Of_both_families_a_later_line_may_take_one(string arguments, Severity severity)
    {
        Configuration configuration = Read($"ftp stream tcp nowait{Server}\nftp stream tcp6 nowait root /usr/sbin/in.server {arguments}\n");
        Assert.Equal(severity, configuration.Single(Codes.InetdLaterLine).Severity);
        Assert.Equal(["IPv4 ftp", "IPv6 only ftp-ipv6"], configuration.Services.Select(Family));
        Assert.Equal(arguments.Split(' ')[^1], configuration.Services[1].Arguments[^1]);
    }

    [Fact]
    public void A_later_line_that_is_wrong_takes_nothing() =>
        Assert.Equal(2, Read($"ftp stream tcp nowait{Server}\nftp stream tcp nowait nosuch /usr/sbin/in.server s\n").Services.Length);

    [Fact]
    public void A_blank_at_the_beginning_of_a_line_is_told_where_inetd_goes_on_with_the_line_before()
    {
        string lines = $"  ftp stream tcp4 nowait{Server}\n\ttftp dgram udp4 wait{Server}\n"
            + $"\n talk dgram udp4 wait{Server}\n# text\n ntalk dgram udp4 wait{Server}\n";
        Configuration debian = Read(lines);
        Assert.Equal("/etc/inetd.conf:2:1", debian.Single(Codes.InetdLeadingBlank).Span.ToString());
        Assert.Empty(Read(lines, "inetutils").All(Codes.InetdLeadingBlank));
    }

    [Fact]
    public void Of_two_services_at_one_path_the_first_is_served()
    {
        Configuration twice = Read("/run/x stream unix nowait root /usr/sbin/in.server s\n/run/x stream unix nowait root /usr/sbin/in.server s\n");
        Assert.Equal("/etc/inetd.conf:2:1", twice.Single(Codes.Duplicate).Span.ToString());
    }

    [Theory]
    [InlineData("nosuch.invalid:ftp stream tcp nowait", Codes.InetdAddress, 1)]
    [InlineData("10.0.0.256:ftp stream tcp nowait", Codes.InetdAddress, 1)]
    [InlineData("127.0.0.1: stream tcp nowait", Codes.InetdAddress, 1)]
    [InlineData("/run/x stream tcp nowait", Codes.InetdLocalSocket, 15)]
    [InlineData("ftp stream unix nowait", Codes.InetdLocalSocket, 12)]
    [InlineData(":root:root:9:/run/x stream unix nowait", Codes.InetdLocalSocket, 12)]
    [InlineData(":root:root:7777:/run/x stream unix nowait", Codes.InetdLocalSocket, 12)]
    [InlineData(":root:root:/run/x stream unix nowait", Codes.InetdLocalSocket, 1)]
    [InlineData(":nosuch:root:600:/run/x stream unix nowait", Codes.UnknownUser, 2)]
    [InlineData(":root:nosuch:600:/run/x stream unix nowait", Codes.UnknownGroup, 7)]
    [InlineData("ftp stream tcp,sndbuf=4q nowait", Codes.InetdOption, 16)]
    [InlineData("ftp stream tcp,rcvbuf=9000m nowait", Codes.InetdOption, 16)]
    [InlineData("ftp stream tcp, nowait", Codes.InetdOption, 12)]
    [InlineData("ftp stream tcp nowait/x", Codes.InetdWait, 16)]
    [InlineData("ftp stream tcp nowait/1/2/3/4", Codes.InetdWait, 16)]
    [InlineData("ftp stream tcp nowait/-1", Codes.InetdWait, 16)]
    [InlineData("ftp stream tcp7 nowait", Codes.UnknownProtocol, 12)]
    [InlineData("tftp dgram udp nowait", Codes.DatagramNowait, 6)]
    public void What_is_wrong_leaves_the_line_out_and_is_told_in_its_place_once(string line, string code, int column)
    {
        foreach (string dialect in (string[])["debian", "inetutils", "freebsd", "netbsd"])
        {
            Configuration configuration = Read($"{line}{Server}\n", dialect);
            Assert.Empty(configuration.Services);
            Assert.Equal($"/etc/inetd.conf:1:{column}", configuration.Single(code).Span.ToString());
        }
    }

    [Theory]
    [InlineData("debian")]
    [InlineData("inetutils")]
    [InlineData("freebsd")]
    public void NetBSDs_other_notation_is_nobody_elses(string dialect)
    {
        Configuration configuration = Read($"ftp on protocol = tcp4,\ntelnet stream tcp4 nowait{Server}\n", dialect);
        Assert.Equal("telnet", configuration.Services.Single().Name);
        Assert.Equal("/etc/inetd.conf:1:5", configuration.Single(Codes.InetdKeyValues).Span.ToString());
    }

    [Fact]
    public void No_bytes_break_any_grammar_and_each_line_left_out_has_a_finding_in_it() => Gen.OneOf(
        Gen.Byte.Array[0, 200], Gen.Int[0, Likely.Length - 1].Array[0, 200].Select(places => places.Select(place => (byte)Likely[place]).ToArray()))
        .Sample(bytes =>
        {
            foreach (string dialect in (string[])["debian", "inetutils", "freebsd", "netbsd"])
            {
                MemoryHost host = new();
                host.Kinds["/proc/net/if_inet6"] = PathKind.Regular;
                host.Files[Path] = bytes;
                Configuration configuration = InetdLoader.Load([Path], host, new InetdOptions(InetdGrammar.Find(dialect)!));
                foreach (Diagnostic diagnostic in configuration.Diagnostics)
                {
                    DiagnosticRenderer.Render(diagnostic);
                }

                foreach (BrokenService broken in configuration.Broken)
                {
                    // NetBSD's keys and values go over several lines.
                    Assert.Contains(configuration.Diagnostics, found =>
                        found.Severity == Severity.Error && found.Span.ToString().Split(':').Length == 3
                        && (LineOf(found.Span) == LineOf(broken.Span) || (dialect == "netbsd" && found.Span.Start > broken.Span.Start)));
                }
            }
        });

    private static string LineOf(SourceSpan span) => string.Join(':', span.ToString().Split(':')[..2]);

    private static string Family(ServiceDefinition service)
    {
        string families = (service.Flags & (ServiceFlags.IPv4 | ServiceFlags.IPv6)).ToString();
        return $"{families}{(service.V6Only ? " only" : "")}{(service.KeepsMappedPeers ? " mapped" : "")} {service.Id}";
    }

    private static string Addresses(ServiceDefinition service) => string.Join(' ', service.BindAddresses.Select(address => address.ToText()));

    private static string Limits(ServiceDefinition service) =>
        $"{service.Starts!.Most} {service.Instances} {service.PerSourcePerMinute} {service.PerSource} {Addresses(service)}";

    private Configuration Read(string lines, string dialect = "debian") => Read(lines, new InetdOptions(InetdGrammar.Find(dialect)!));

    private Configuration Read(string lines, InetdOptions options)
    {
        _host.Files[Path] = SourceFile.Encode(lines);
        return InetdLoader.Load([Path], _host, options);
    }
}
