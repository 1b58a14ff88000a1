using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>Every kind of service gives its server the same world: what the configuration asks for, and nothing else.</summary>
public sealed class KindOfServiceTests
{
    public enum Kind
    {
        StreamNowait,
        StreamWait,
        DatagramWait,
        StreamBehindTcpmux,
    }

    /// <summary>
    /// CVE-2002-0871: servers of the original had its signal pipe open and could end it. CVE-2001-1322: they had its umask, often 0.
    /// </summary>
    [Theory]
    [InlineData(Kind.StreamNowait)]
    [InlineData(Kind.StreamWait)]
    [InlineData(Kind.DatagramWait)]
    [InlineData(Kind.StreamBehindTcpmux)]
    public void A_server_finds_nothing_but_its_socket(Kind kind)
    {
        using var stage = new Stage();
        World world = Wake(stage, kind, "");

        // A waiting stream server has accepted the connection itself by the time it reports.
        Assert.Equal(kind == Kind.StreamWait ? "0 1 2 3" : "0 1 2", world.Descriptors);
        Assert.StartsWith("socket:", Assert.Single(world.DescriptorTargets.SkipLast(kind == Kind.StreamWait ? 1 : 0)));
        Assert.Empty(world.All("nonblocking"));
        Assert.Equal("0000000000000000", world["SigBlk"]);
        Assert.Equal("0000000000000000", world["SigIgn"]);
        Assert.Equal("own", world["session"]);
        Assert.Equal("own", world["process-group"]);
        Assert.Equal("none", world["terminal"]);
        Assert.Equal("/", world["cwd"]);
        Assert.Equal("022", world["umask"]);
        Assert.Equal("0", world["nice"]);
        Assert.Equal("1", world["Threads"]);
        Assert.Equal(["probe", Mode(kind).Split(' ')[0], .. Mode(kind).Split(' ')[1..]], world.Argv);
    }

    [Theory]
    [InlineData(Kind.StreamNowait)]
    [InlineData(Kind.StreamWait)]
    [InlineData(Kind.DatagramWait)]
    [InlineData(Kind.StreamBehindTcpmux)]
    public void A_server_finds_all_that_the_configuration_gives(Kind kind)
    {
        AsRoot.Needed();
        using var stage = new Stage();
        World world = Wake(
            stage,
            kind,
            "other ",
            "user = nobody", "group = daemon", "groups = yes", "umask = 027", "nice = 5", "rlimit_as = 256M", "rlimit_cpu = 11", "rlimit_data = 96M",
            "rlimit_rss = 48M", "rlimit_stack = 2M", "rlimit_files = 21", "passenv = LANG", "env = ONE=1 TWO=2", "flags = NAMEINARGS");

        Assert.Equal("65534 65534 65534", world["uid"]);
        Assert.Equal("1 1 1", world["gid"]);
        Assert.Equal("65534", world["groups"]);
        Assert.Equal("0000000000000000", world["CapEff"]);
        Assert.Equal("027", world["umask"]);
        Assert.Equal("5", world["nice"]);
        Assert.Equal("268435456 268435456", world["rlimit_as"]);
        Assert.Equal("11 11", world["rlimit_cpu"]);
        Assert.Equal("100663296 100663296", world["rlimit_data"]);
        Assert.Equal("50331648 50331648", world["rlimit_rss"]);
        Assert.Equal("2097152 2097152", world["rlimit_stack"]);
        Assert.Equal("21 21", world["rlimit_files"]);
        Assert.Equal("other", world.Argv[0]);
        Assert.Equal(
            ["LANG=C", "ONE=1", "TWO=2"],
            world.All("env").Where(line => !line.StartsWith("REMOTE_HOST=")).Order(System.StringComparer.Ordinal));
        if (kind != Kind.StreamWait)
        {
            Assert.Equal("127.0.0.1", world.Env("REMOTE_HOST"));
        }
    }

    [Theory]
    [InlineData(Kind.StreamNowait)]
    [InlineData(Kind.StreamWait)]
    [InlineData(Kind.DatagramWait)]
    [InlineData(Kind.StreamBehindTcpmux)]
    public void What_one_server_is_given_does_not_stick_to_the_next(Kind kind)
    {
        AsRoot.Needed();
        using var stage = new Stage();
        int marked = stage.NewPort(), plain = stage.NewPort();
        stage.Start(
            Service(stage, kind, marked, "", "user = nobody", "umask = 077", "nice = 9", "rlimit_files = 33")
            + Service(stage, Kind.StreamNowait, plain, ""));
        string capabilities = ProcFs.Status(stage.Daemon.Pid, "CapEff");
        Assert.Equal("65534 65534 65534", Ask(kind, marked)["uid"]);
        World world = Ask(Kind.StreamNowait, plain);
        Assert.Equal("0 0 0", world["uid"]);
        Assert.Equal("022", world["umask"]);
        Assert.Equal("0", world["nice"]);
        Assert.NotEqual("33 33", world["rlimit_files"]);
        Assert.Equal(capabilities, ProcFs.Status(stage.Daemon.Pid, "CapEff"));
        Assert.Equal("0 0 0 0", string.Join(' ', ProcFs.Status(stage.Daemon.Pid, "Uid").Split('\t')));
    }

    private static World Wake(Stage stage, Kind kind, string firstArgument, params string[] lines)
    {
        int port = stage.NewPort();
        stage.Start(Service(stage, kind, port, firstArgument, lines));
        return Ask(kind, port);
    }

    private static string Service(Stage stage, Kind kind, int port, string firstArgument, params string[] lines)
    {
        string[] all = [.. lines, "server = " + stage.Probe, $"server_args = {firstArgument}{Mode(kind)}"];
        string name = kind.ToString().ToLowerInvariant() + lines.Length;
        return kind switch
        {
            Kind.DatagramWait => Stanza.Datagram(name, port, all),
            Kind.StreamWait => Stanza.Stream(name, port, ["wait = yes", .. all]),
            Kind.StreamBehindTcpmux => Stanza.Stream("tcpmux", port, "type = INTERNAL UNLISTED")
                + Stanza.Stream("behind", 0, ["type = TCPMUX UNLISTED", .. all]).Replace("    port = 0\n", ""),
            _ => Stanza.Stream(name, port, all),
        };
    }

    private static string Mode(Kind kind) => kind switch
    {
        Kind.DatagramWait => "dgram-world 300",
        Kind.StreamWait => "once",
        _ => "world",
    };

    private static World Ask(Kind kind, int port)
    {
        if (kind == Kind.DatagramWait)
        {
            using var peer = new DatagramPeer(port);
            return World.Parse(peer.Ask("x"));
        }

        string report = Peer.Ask(port, kind == Kind.StreamBehindTcpmux ? "behind\r\n" : "");
        return World.Parse(kind == Kind.StreamWait ? report[(report.IndexOf('\n') + 1)..] : report);
    }
}
