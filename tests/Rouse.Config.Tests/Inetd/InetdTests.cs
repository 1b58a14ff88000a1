using System.Linq;
using CsCheck;
using Rouse.Config.Diagnostics;
using Rouse.Config.Inetd;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Inetd;

/// <summary>inetd.conf beside xinetd.conf, as -inetd_compat reads it.</summary>
public sealed class InetdTests
{
    private const string Path = "/etc/inetd.conf";
    private const string Likely = "ftp/ stream.tcp:46 rpcwait\n#<off>\t\0\r";
    private readonly MemoryHost _host = new();

    [Fact]
    public void A_line_becomes_a_service_whose_argv_is_what_is_written()
    {
        ServiceDefinition service = Read("ftp\tstream tcp  nowait nobody.daemon /usr/sbin/tcpd in.ftpd -l  -a\n").Only();

        Assert.Equal(("ftp", "ftp", 21, false), (service.Name, service.Id, service.Port, service.Wait));
        Assert.Equal((65534u, 1u, true), (service.User!.Uid, service.Group!.Gid, service.Groups));
        Assert.Equal("/usr/sbin/tcpd", service.Server);
        Assert.Equal(["in.ftpd", "-l", "-a"], service.Arguments);
        Assert.Equal(ServiceFlags.Reuse | ServiceFlags.NameInArgs | ServiceFlags.NoLibwrap, service.Flags);
        Assert.Equal("/etc/inetd.conf:1:1", service.Span.ToString());
    }

    [Fact]
    public void Internal_services_get_an_id_that_tells_streams_from_datagrams()
    {
        Configuration configuration = Read("echo stream tcp nowait root internal\necho dgram udp wait root internal\n");

        Assert.Equal(["echo-stream", "echo-dgram"], [configuration.Services[0].Id, configuration.Services[1].Id]);
        Assert.Equal(BuiltInService.Echo, configuration.Services[0].BuiltIn);
        Assert.Equal(ServiceFlags.None, configuration.Services[0].Flags);
    }

    [Fact]
    public void An_rpc_service_has_its_versions()
    {
        ServiceDefinition service = Read("rstatd/2-4 dgram rpc/udp wait root /usr/sbin/in.server rpc.rstatd\n").Only();
        Assert.Equal((100001u, 2u, 4u, "udp"), (service.RpcNumber, service.RpcVersionLow, service.RpcVersionHigh, service.Protocol.Name));
    }

    [Theory]
    [InlineData("tcp", ServiceFlags.None, false)]
    [InlineData("tcp4", ServiceFlags.IPv4, false)]
    [InlineData("tcp6", ServiceFlags.IPv6, true)]
    [InlineData("tcp46", ServiceFlags.IPv6, false)]
    public void A_familys_digits_stand_after_the_protocol(string protocol, ServiceFlags family, bool v6Only)
    {
        ServiceDefinition service = Read($"ftp stream {protocol} nowait root /usr/sbin/in.server s\n").Only();
        Assert.Equal(("tcp", family, v6Only), (service.Protocol.Name, service.Flags & (ServiceFlags.IPv4 | ServiceFlags.IPv6), service.V6Only));
    }

    [Theory]
    [InlineData("nowait.40", 40)]
    [InlineData("nowait:40", 40)]
    public void A_number_of_starts_a_minute_becomes_a_rate(string wait, int rate) =>
        Assert.Equal(new CpsLimit(rate, 600), Read($"ftp stream tcp {wait} root /usr/sbin/in.server s\n").Only().Cps);

    [Fact]
    public void A_port_may_stand_for_the_name()
    {
        ServiceDefinition service = Read("8079 stream tcp nowait root /usr/sbin/in.server s\n").Only();
        Assert.Equal((8079, "8079"), (service.Port, service.Name));
    }

    [Fact]
    public void A_user_whose_name_has_a_dot_is_a_user()
    {
        _host.Users["first.last"] = new("first.last", 77, 78);
        Assert.Equal(77u, Read("ftp stream tcp nowait first.last /usr/sbin/in.server s\n").Only().User!.Uid);
    }

    [Theory]
    [InlineData("tcpmux/name stream tcp nowait root /usr/sbin/in.server s", ServiceTypes.Tcpmux)]
    [InlineData("tcpmux/+name stream tcp nowait root /usr/sbin/in.server s", ServiceTypes.TcpmuxPlus)]
    public void Names_behind_the_multiplexer(string line, ServiceTypes type)
    {
        InetdEntry entry = Assert.Single(new InetdParser(new SourceFile(Path, SourceFile.Encode(line)), _host).Entries());
        Assert.Equal((type | ServiceTypes.Unlisted, "name", false), (entry.Types, entry.Text(entry.Name), entry.IsBroken));
    }

    [Theory]
    [InlineData("ftp", Codes.InetdFieldMissing, 1)]
    [InlineData("ftp stream tcp nowait root", Codes.InetdFieldMissing, 1)]
    [InlineData("ftp stream tcp nowait root /usr/sbin/in.server", Codes.InetdFieldMissing, 28)]
    [InlineData("ftp stream tcp maybe root /usr/sbin/in.server s", Codes.InetdWait, 16)]
    [InlineData("ftp stream tcp nowait.x root /usr/sbin/in.server s", Codes.InetdWait, 16)]
    [InlineData("ftp stream tcp nowait.0 root /usr/sbin/in.server s", Codes.InetdWait, 16)]
    [InlineData("ftp stream tcp nowait root: /usr/sbin/in.server s", Codes.InetdUser, 23)]
    [InlineData("ftp stream tcp nowait nosuch /usr/sbin/in.server s", Codes.UnknownUser, 23)]
    [InlineData("ftp stream tcp nowait root.nosuch /usr/sbin/in.server s", Codes.UnknownGroup, 28)]
    [InlineData("ftp stream tcp nowait root /nowhere s", Codes.ServerNotExecutable, 28)]
    [InlineData("ftp stream tcp nowait root in.server s", Codes.ServerNotAbsolute, 28)]
    [InlineData("ftp strem tcp nowait root /usr/sbin/in.server s", Codes.UnknownWord, 5)]
    [InlineData("ftp stream tcp5 nowait root /usr/sbin/in.server s", Codes.UnknownProtocol, 12)]
    [InlineData("nosuch stream tcp nowait root /usr/sbin/in.server s", Codes.NotListed, 1)]
    [InlineData("rstatd dgram rpc/udp wait root /usr/sbin/in.server s", Codes.InetdRpcVersions, 1)]
    [InlineData("ftp/2 stream tcp nowait root /usr/sbin/in.server s", Codes.InetdRpcVersions, 5)]
    [InlineData("rstatd/4-2 dgram rpc/udp wait root /usr/sbin/in.server s", Codes.RpcVersions, 8)]
    [InlineData("tcpmux/ stream tcp nowait root /usr/sbin/in.server s", Codes.InetdTcpmuxName, 1)]
    [InlineData("tftp dgram udp nowait root /usr/sbin/in.server s", Codes.DatagramNowait, 6)]
    [InlineData("ftp stream tcp nowait root /usr/sbin/in.server s\r", Codes.CarriageReturn, 1)]
    [InlineData("ftp stream tcp nowait root /usr/sbin/in.server s\0", Codes.NulByte, 1)]
    public void What_is_wrong_leaves_the_line_out_and_is_told_in_its_place(string line, string code, int column)
    {
        Configuration configuration = Read(line + "\n");
        Assert.Empty(configuration.Services);
        Assert.Single(configuration.Broken);
        Assert.Equal($"/etc/inetd.conf:1:{column}", configuration.Single(code).Span.ToString());
    }

    [Fact]
    public void Comments_and_blank_lines_are_none_and_a_late_comment_is_an_argument()
    {
        Configuration configuration = Read("# a\n\n \t\n  # b\n#<off># x\nftp stream tcp nowait root /usr/sbin/in.server s # c\n");
        Assert.Equal(["s", "#", "c"], configuration.Only().Arguments);
        Assert.Equal(Severity.Warning, configuration.Single(Codes.InetdLateComment).Severity);
    }

    [Fact]
    public void The_defaults_of_xinetd_conf_hold_and_its_services_come_first()
    {
        Configuration configuration = Read(
            "ftp stream tcp nowait root /usr/sbin/in.server s\ntelnet stream tcp nowait root /usr/sbin/in.server s\n",
            "defaults\n{\nonly_from = 10.0.0.0\ninstances = 7\nlog_on_success = PID\n}\n"
                + "service ftp\n{\nsocket_type = stream\nwait = no\nuser = root\nserver = /usr/sbin/in.server\n}\n");

        Assert.Equal(["ftp", "telnet"], [configuration.Services[0].Name, configuration.Services[1].Name]);
        Assert.Equal(Loaded.Path, configuration.Services[0].Span.File!.Path);
        Assert.Equal("/etc/inetd.conf:1:1", configuration.Single(Codes.Duplicate).Span.ToString());
        ServiceDefinition telnet = configuration.Services[1];
        Assert.Equal((7, LogOnSuccess.Pid, 1), (telnet.Instances, telnet.LogOnSuccess, telnet.OnlyFrom.Length));
    }

    [Fact]
    public void A_disabled_list_switches_a_line_off() =>
        Assert.Single(Read("ftp stream tcp nowait root /usr/sbin/in.server s\n", "defaults\n{\ndisabled = ftp\n}\n").Disabled);

    [Fact]
    public void Without_the_file_there_is_a_notice_and_an_unreadable_one_is_an_error()
    {
        Assert.Equal(Severity.Notice, Load().Single(Codes.NoInetdFile).Severity);

        _host.Unreadable[Path] = "Permission denied";
        Configuration configuration = Load();
        Assert.Equal(Severity.Error, configuration.Single(Codes.FileUnreadable).Severity);
        Assert.True(configuration.StructureBroken);
    }

    [Fact]
    public void No_bytes_break_it() => Gen.OneOf(
        Gen.Byte.Array[0, 200], Gen.Int[0, Likely.Length - 1].Array[0, 200].Select(places => places.Select(place => (byte)Likely[place]).ToArray()))
        .Sample(bytes =>
        {
            MemoryHost host = new();
            host.Files[Loaded.Path] = [];
            host.Files[Path] = bytes;
            Configuration configuration = ConfigurationLoader.Load(Loaded.Path, host, new LoadOptions { InetdCompat = true });
            foreach (Diagnostic diagnostic in configuration.Diagnostics)
            {
                DiagnosticRenderer.Render(diagnostic);
            }
        });

    private Configuration Read(string lines, string xinetd = "")
    {
        _host.Files[Path] = SourceFile.Encode(lines);
        return Load(xinetd);
    }

    private Configuration Load(string xinetd = "")
    {
        _host.Files[Loaded.Path] = SourceFile.Encode(xinetd);
        return ConfigurationLoader.Load(Loaded.Path, _host, new LoadOptions { InetdCompat = true });
    }
}
