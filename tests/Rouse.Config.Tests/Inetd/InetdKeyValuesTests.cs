using System.Linq;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Inetd;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Inetd;

/// <summary>NetBSD's inetd.conf(5), "Key-Values Notation".</summary>
public sealed class InetdKeyValuesTests
{
    private const string Path = "/etc/inetd.conf";
    private const string Rest = "user = root, wait = no, exec = /usr/sbin/in.server, args = s";
    private const string Next = "telnet stream tcp4 nowait root /usr/sbin/in.server t\n";
    private readonly MemoryHost _host = new();

    /// <summary>Each key means what its field means.</summary>
    [Theory]
    [InlineData("ftp on protocol = tcp4, wait = no, user = root, exec = /usr/sbin/in.server, args = s -x;", "ftp stream tcp4 nowait root /usr/sbin/in.server s -x")]
    [InlineData("ftp on protocol=tcp6,wait=yes,user=root,exec=/usr/sbin/in.server,args=s;", "ftp stream tcp6 wait root /usr/sbin/in.server s")]
    [InlineData("tftp on protocol = udp4, wait = yes, user = nobody, group = daemon, exec = /usr/sbin/in.server, args = s;", "tftp dgram udp4 wait nobody:daemon /usr/sbin/in.server s")]
    [InlineData("8000 on socktype = stream, protocol = tcp4, service_max = 7, wait = no, user = root, exec = /usr/sbin/in.server;", "8000 stream tcp4 nowait:7 root /usr/sbin/in.server")]
    [InlineData("127.0.0.1:ftp on protocol = tcp4, wait = no, user = root, exec = /usr/sbin/in.server, args = s;", "127.0.0.1:ftp stream tcp4 nowait root /usr/sbin/in.server s")]
    [InlineData("ftp on bind = 127.0.0.1, protocol = tcp, wait = no, user = root, exec = /usr/sbin/in.server, args = s;", "127.0.0.1:ftp stream tcp nowait root /usr/sbin/in.server s")]
    [InlineData("ftp on protocol = tcp6, bind = [::1], wait = no, user = root, exec = /usr/sbin/in.server, args = s;", "[::1]:ftp stream tcp6 nowait root /usr/sbin/in.server s")]
    [InlineData("ftp on protocol = tcp4, sndbuf = 64k, recvbuf = 1m, wait = no, user = root, exec = /usr/sbin/in.server, args = s;", "ftp stream tcp4,sndbuf=64k,rcvbuf=1m nowait root /usr/sbin/in.server s")]
    [InlineData("/run/x on socktype = stream, protocol = unix, wait = no, user = root, exec = /usr/sbin/in.server, args = s;", "/run/x stream unix nowait root /usr/sbin/in.server s")]
    [InlineData("daytime on protocol = tcp4, user = root;", "daytime stream tcp4 nowait root internal")]
    [InlineData("daytime on protocol = tcp4, user = root, exec = internal, wait = no;", "daytime stream tcp4 nowait root internal")]
    [InlineData("daytime on protocol = udp4, user = root, ipsec =;", "daytime dgram udp4 wait root internal")]
    public void A_definition_is_the_line_that_says_the_same(string keys, string fields)
    {
        ServiceDefinition service = Read(keys + "\n").Only();
        Assert.Equal(Facts(Read(fields + "\n").Only()), Facts(service));
    }

    [Theory]
    [InlineData("::1", "tcp", true)]
    [InlineData("127.0.0.1", "tcp", false)]
    [InlineData("::1", "udp", true)]
    public void The_address_decides_the_family_that_the_protocol_does_not_say(string address, string protocol, bool isIPv6)
    {
        string wait = protocol == "udp" ? "yes" : "no";
        ServiceDefinition service = Read($"tftp on protocol = {protocol}, bind = {address}, user = root, wait = {wait}, exec = /usr/sbin/in.server;\n"
            .Replace("tftp on protocol = tcp", "ftp on protocol = tcp")).Only();
        Assert.Equal(isIPv6 ? ServiceFlags.IPv6 : ServiceFlags.IPv4, service.Flags & (ServiceFlags.IPv4 | ServiceFlags.IPv6));
        Assert.Equal((isIPv6, address), (service.V6Only, service.BindAddresses.Single().ToText()));
    }

    [Fact]
    public void What_a_line_has_no_field_for()
    {
        ServiceDefinition service = Read($"ftp on protocol = tcp4, ip_max = 3, accept_max = 9, {Rest};\n").Only();
        Assert.Equal((3, 9, 40), (service.PerSourcePerMinute, service.Instances, service.Starts!.Most));
    }

    [Fact]
    public void It_goes_over_lines_with_comments_anywhere_and_several_stand_on_one_line()
    {
        Configuration configuration = Read(
            """
            # Comment; with, = marks.
            ftp on# at once
                protocol # before the sign
                    = tcp4, # after a value
            # a line of its own
                user = root,wait=no,
                exec = /usr/sbin/in.server#close by
                , args = s "# no comment" -x
                ; daytime on protocol=tcp4,user=root; time on protocol=udp4,user=root;	telnet stream tcp4 nowait root /usr/sbin/in.server t
            8000 stream tcp4 nowait root /usr/sbin/in.server e
            """ + "\n");
        Assert.Empty(configuration.Diagnostics);
        Assert.Equal(["ftp", "daytime", "time", "telnet", "8000"], configuration.Services.Select(service => service.Name));
        Assert.Equal(["s", "# no comment", "-x"], configuration.Services[0].Arguments);
        Assert.Equal($"{Path}:2:1", configuration.Services[0].Span.ToString());
        Assert.Equal($"{Path}:9:{"    ; daytime".IndexOf('d') + 1}", configuration.Services[1].Span.ToString());
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("'two words'", "two words")]
    [InlineData("\"two words\"", "two words")]
    [InlineData("''", "")]
    [InlineData("a'b c'd\"e\"", "ab cde")]
    [InlineData("\"it's\"", "it's")]
    [InlineData("'\"'", "\"")]
    [InlineData(@"'\\ \n \t \r \' \"" \x41\x7a'", "\\ \n \t \r ' \" Az")]
    [InlineData(@"back\slash", @"back\slash")]
    [InlineData("',;#='", ",;#=")]
    [InlineData("a=b", "a=b")]
    public void Values_may_be_quoted_and_escaped(string written, string word)
    {
        ServiceDefinition service = Read($"ftp on protocol = tcp4, user = root, wait = no, exec = /usr/sbin/in.server, args = {written} last;\n").Only();
        Assert.Equal([word, "last"], service.Arguments);
    }

    [Fact]
    public void A_path_may_hold_blanks_and_a_quoted_word_is_that_word()
    {
        _host.Programs.Add("/opt/a server");
        ServiceDefinition service = Read("ftp on protocol = \"tcp4\", user = 'root', wait = \"no\", exec = '/opt/a server';\n").Only();
        Assert.Equal(("/opt/a server", "a server"), (service.Server, service.Arguments.Single()));
    }

    [Fact]
    public void Off_is_read_and_checked_and_not_served_until_it_is_switched_on()
    {
        string lines = $"ftp off protocol = tcp4, {Rest};\n{Next}time off# comment\n  protocol = tcp4, user = nosuch;\n";
        Configuration configuration = Read(lines);
        Assert.Equal(["telnet"], configuration.Services.Select(service => service.Name));
        Assert.Equal(["ftp", "time-stream"], configuration.Disabled.Select(service => service.Id));
        Assert.Equal($"{Path}:4:27", configuration.Single(Codes.UnknownUser).Span.ToString());
        Assert.NotEqual(Severity.Error, configuration.Single(Codes.UnknownUser).Severity);
        Assert.Equal(["ftp", "telnet"], Read(lines, switchedOn: "ftp").Services.Select(service => service.Name));
    }

    [Theory]
    [InlineData("ftp on colour = blue, protocol = tcp4, {0};", 8, Codes.InetdKeyValues)]
    [InlineData("ftp on {0};", 1, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp4, wait = no, exec = /usr/sbin/in.server;", 1, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp4, user = root, exec = /usr/sbin/in.server;", 1, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp, {0};", 19, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp, bind = localhost, {0};", 19, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = unix, {0};", 19, Codes.InetdLocalSocket)]
    [InlineData("ftp on protocol = tcp7, {0};", 1, Codes.InetdKeyValues)]
    [InlineData("ftp on socktype = stream, protocol = tcp7, {0};", 38, Codes.UnknownProtocol)]
    [InlineData("ftp on protocol = tcp4 tcp6, {0};", 24, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol =, {0};", 8, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = '', {0};", 19, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = 'tc'p4, {0};", 19, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp4, protocol = tcp6, {0};", 25, Codes.InetdKeyValues)]
    [InlineData("127.0.0.1:ftp on protocol = tcp4, bind = 127.0.0.2, {0};", 42, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp4, bind = nosuch.invalid, {0};", 32, Codes.InetdAddress)]
    [InlineData("ftp on protocol = tcp4, service_max = 0, {0};", 39, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp4, ip_max = many, {0};", 34, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp4, sndbuf = 4q, {0};", 34, Codes.InetdOption)]
    [InlineData("ftp on protocol = tcp4, recvbuf = 9000m, {0};", 35, Codes.InetdOption)]
    [InlineData("ftp on protocol = tcp4, ipsec = 'in ipsec esp/transport//require', {0};", 33, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp4, user = root, exec = /usr/sbin/in.server, wait = maybe;", 73, Codes.InetdWait)]
    [InlineData("ftp on protocol = tcp4, user = root, wait = no, exec = 'in.server';", 57, Codes.ServerNotAbsolute)]
    [InlineData("ftp on protocol = tcp4, user = root, wait = no, exec = '';", 56, Codes.InetdKeyValues)]
    [InlineData("ftp on protocol = tcp4, user = nosuch, wait = no, exec = /usr/sbin/in.server;", 32, Codes.UnknownUser)]
    [InlineData("ftp on protocol = tcp4, group = nosuch, {0};", 33, Codes.UnknownGroup)]
    public void What_is_wrong_leaves_its_definition_out_and_the_next_one_is_served(string definition, int column, string code)
    {
        Configuration configuration = Read(string.Format(definition, Rest) + "\n" + Next);
        Assert.Equal("telnet", configuration.Services.Single().Name);
        Assert.Equal($"{Path}:1:{column}", configuration.Single(code).Span.ToString());
        Assert.Equal(Severity.Error, configuration.Single(code).Severity);
        Assert.False(configuration.StructureBroken);
        Assert.Single(configuration.Broken);
    }

    [Fact]
    public void All_that_is_wrong_with_a_definition_is_told_at_once()
    {
        Configuration configuration = Read("ftp on colour = blue,\n  wait = maybe,\n  exec = /usr/sbin/in.server;\n");
        Assert.Equal(
            [$"{Path}:1:1", $"{Path}:1:1", $"{Path}:1:8", $"{Path}:2:10"],
            configuration.Diagnostics.Select(found => found.Span.ToString()).Order());
    }

    /// <summary>Where the next definition begins is anybody's guess, and a reload must not close what follows.</summary>
    [Theory]
    [InlineData("ftp on protocol tcp4;", "1:17")]
    [InlineData("ftp on ;", "1:8")]
    [InlineData("ftp on protocol = tcp4,;", "1:24")]
    [InlineData("ftp on protocol = 'tcp4;", "1:19")]
    [InlineData("ftp on protocol = '\\q';", "1:20")]
    [InlineData("ftp on protocol = '\\x4';", "1:20")]
    [InlineData("ftp on protocol = '\\x00';", "1:20")]
    [InlineData("ftp on 9 = tcp4;", "1:8")]
    [InlineData("ftp on protocol = tcp4, user = root\n# ;", "1:1")]
    public void Where_the_end_cannot_be_found_the_rest_is_not_read_and_a_reload_changes_nothing(string definition, string place)
    {
        Configuration configuration = Read($"telnet stream tcp4 nowait root /usr/sbin/in.server t\n", definition);
        Assert.Equal(["telnet"], configuration.Services.Select(service => service.Name));
        Assert.True(configuration.StructureBroken);
        int line = int.Parse(place.Split(':')[0]) + 1;
        Assert.Equal($"{Path}:{line}:{place.Split(':')[1]}", configuration.Single(Codes.InetdKeyValues).Span.ToString());
        Assert.Contains("are not read", configuration.Single(Codes.InetdKeyValues).Message);
    }

    [Fact]
    public void Every_key_that_is_listed_is_known()
    {
        string list = Read("ftp on colour = blue;\n").All(Codes.InetdKeyValues)
            .Single(found => found.Message.Contains("The keys are ")).Message.Split("The keys are ")[1].TrimEnd('.');
        foreach (string key in list.Replace(" and ", ", ").Split(", "))
        {
            Assert.DoesNotContain(Read($"ftp on {key} = x;\n").Diagnostics, found => found.Message.Contains("there is no key"));
        }
    }

    [Fact]
    public void Notices_are_no_errors()
    {
        Configuration configuration = Read($"ftp on protocol = tcp4, acceptfilter = dataready, {Rest};\ndaytime on protocol = udp4, wait = no, user = root;\n");
        Assert.Equal(2, configuration.Services.Length);
        Assert.Equal($"{Path}:1:40", configuration.Single(Codes.InetdAcceptFilter).Span.ToString());
        Assert.Equal((Severity.Notice, $"{Path}:2:36"), (configuration.Single(Codes.InetdKeyValues).Severity, configuration.Single(Codes.InetdKeyValues).Span.ToString()));
        Assert.True(configuration.Services[1].Wait);
    }

    [Fact]
    public void Lines_that_end_in_CR_LF_are_told_once()
    {
        Configuration configuration = Read("ftp on protocol = tcp4,\r\n  user = root,\r\n  wait = no, exec = /usr/sbin/in.server;\r\n" + Next);
        Assert.Equal("telnet", configuration.Services.Single().Name);
        Assert.Equal($"{Path}:1:24", configuration.Single(Codes.CarriageReturn).Span.ToString());
    }

    [Fact]
    public void An_address_before_the_line_holds_for_a_definition_too_unless_it_has_its_own()
    {
        Configuration configuration = Read($"127.0.0.1:\nftp on protocol = tcp, {Rest};\ntelnet on protocol = tcp, bind = 127.0.0.2, {Rest};\n");
        Assert.Equal(["127.0.0.1", "127.0.0.2"], configuration.Services.Select(service => service.BindAddresses.Single().ToText()));
    }

    private static string Facts(ServiceDefinition service) => string.Join(
        '|',
        service.Name,
        service.Id,
        service.Port,
        service.SocketType,
        service.Protocol.Name,
        service.Wait,
        service.User?.Name,
        service.Group?.Name,
        service.Server,
        string.Join(' ', service.Arguments),
        service.BuiltIn,
        service.Flags,
        service.Types,
        service.Starts,
        service.Buffers,
        service.Local,
        service.V6Only,
        string.Join(' ', service.BindAddresses.Select(address => address.ToText())));

    private Configuration Read(string lines, string more = "", string switchedOn = "")
    {
        _host.Kinds["/proc/net/if_inet6"] = PathKind.Regular;
        _host.Files[Path] = SourceFile.Encode(lines + more);
        return InetdLoader.Load([Path], _host, new InetdOptions(InetdGrammar.NetBsd), switchedOn);
    }
}
