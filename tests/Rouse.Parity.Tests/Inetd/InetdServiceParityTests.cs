using System;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Inetds;

/// <summary>The same inetd.conf and the same client with Debian's two inetds and with ours: what is served, and in which world.</summary>
public sealed class InetdServiceParityTests
{
    private static readonly string[] Identity = ["argv", "uid", "gid", "groups", "umask", "SigBlk", "keepalive", "nodelay", "listening", "env"];

    [Fact]
    public void The_world_of_a_server_of_openbsd_inetd() => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            scene.Start(2003, $"""
                2001 stream tcp4 nowait nobody {scene.Probe} first world
                2002 stream tcp4 nowait nobody.daemon {scene.Probe} second world
                2003 stream tcp4 nowait root:daemon {scene.Probe}

                """);
            scene.AskWorld("user", 2001, [.. Identity, "SigIgn", "session", "process-group", "cwd"]);
            scene.AskWorld("group", 2002, Identity[..4]);
            scene.AskWorld("root", 2003, Identity[..4]);
        },
        """
        user argv: 0 first
        user argv: 1 world
        user uid: 65534 65534 65534
        user gid: 65534 65534 65534
        user groups: 65534
        user umask: 022
        user SigBlk: 0000000000000000
        user keepalive: 0
        user nodelay: 0
        user listening: 0
        user env: KEPT=yes
        user env: LANG=C
        user env: TZ=UTC0
        user SigIgn: 0000000000000000
        user session: own
        user process-group: own
        user cwd: /
        group argv: 0 second
        group argv: 1 world
        group uid: 65534 65534 65534
        group gid: 1 1 1
        group groups: 1
        root argv: 0 probe
        root uid: 0 0 0
        root gid: 0 0 0
        root groups: 0
        """);

    [Fact]
    public void The_whole_environment_with_E() => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            scene.Start(2001, $"2001 stream tcp4 nowait nobody {scene.Probe} p world\n", "-E");
            scene.AskWorld("E", 2001, ["env"]);
        },
        """
        E env: HOME=/root
        E env: KEPT=yes
        E env: LANG=C
        E env: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        E env: PWD=/
        E env: TERM=none
        E env: TZ=UTC0
        """);

    [Fact]
    public void The_world_of_a_server_of_inetutils() => InetdComparison.Differs(
        "D-088",
        Inetd.Inetutils,
        scene =>
        {
            scene.Start(2003, $"""
                2001 stream tcp nowait nobody {scene.Probe} first world
                2002 stream tcp nowait nobody:daemon {scene.Probe} second world
                2003 stream tcp nowait root {scene.Probe} third world

                """);
            scene.AskWorld("user", 2001, [.. Identity, "SigIgn"]);
            scene.AskWorld("group", 2002, Identity[..4]);
            scene.AskWorld("root", 2003, Identity[..3]);
        },
        UserOfInetutils.Replace("SigIgn: 0000000000000000", "SigIgn: 0000000000001000"),
        UserOfInetutils);

    private const string UserOfInetutils = """
        user argv: 0 first
        user argv: 1 world
        user uid: 65534 65534 65534
        user gid: 65534 65534 65534
        user groups: 65534
        user umask: 022
        user SigBlk: 0000000000000000
        user keepalive: 0
        user nodelay: 0
        user listening: 0
        user env: HOME=/root
        user env: KEPT=yes
        user env: LANG=C
        user env: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        user env: PWD=/
        user env: TERM=none
        user env: TZ=UTC0
        user SigIgn: 0000000000000000
        group argv: 0 second
        group argv: 1 world
        group uid: 65534 65534 65534
        group gid: 1 1 1
        group groups: 1
        root argv: 0 third
        root argv: 1 world
        root uid: 0 0 0
        root gid: 0 0 0
        """;

    [Fact]
    public void The_ends_of_a_connection_in_the_environment() => InetdComparison.Same(
        Inetd.Inetutils,
        scene =>
        {
            scene.Start(2002, $"""
                2001 stream tcp nowait root {scene.Probe} p world
                2002 stream tcp6 nowait root {scene.Probe} p world

                """, "--environment");
            foreach ((int port, string address) in ((int, string)[])[(2001, "127.0.0.1"), (2002, "::1"), (2002, "127.0.0.1")])
            {
                World world = World.Parse(scene.Daemon.Ask(port, to: address));
                scene.Note("ends", string.Join(' ', new[] { "PROTO", "TCPLOCALIP", "TCPLOCALPORT", "TCPREMOTEIP" }.Select(world.Env)));
                scene.Note("port", (world.Env("TCPREMOTEPORT") == world["peer"].Split(' ')[1]).ToString());
            }
        },
        """
        ends: TCP 127.0.0.1 2001 127.0.0.1
        port: True
        ends: TCP ::1 2002 ::1
        port: True
        ends: TCP ::ffff:127.0.0.1 2002 ::ffff:127.0.0.1
        port: True
        """);

    /// <summary>Where there is no name, the address stands in its place. --resolve implies --environment.</summary>
    [Theory]
    [InlineData("--resolve")]
    [InlineData("--environment", "--resolve")]
    public void The_names_of_the_ends_of_a_connection(params string[] options) => InetdComparison.Same(
        Inetd.Inetutils,
        scene =>
        {
            RuleFolder etc = new(scene.Scratch) { Hosts = "127.0.0.1 localhost\n127.0.0.2 peer.example other\n127.0.0.3 here.example\n::1 six.example\n" };
            scene.Start(2002, etc, $"""
                2001 stream tcp nowait root {scene.Probe} p world
                2002 stream tcp6 nowait root {scene.Probe} p world

                """, options);
            NoteNames(scene, "both", 2001, "127.0.0.2", "127.0.0.3");
            NoteNames(scene, "one", 2001, "127.0.0.9", "127.0.0.1");
            NoteNames(scene, "other", 2001, "127.0.0.2", "127.0.0.8");
            NoteNames(scene, "six", 2002, "::1", "::1");
        },
        """
        both: TCP 127.0.0.3 here.example 127.0.0.2 peer.example
        one: TCP 127.0.0.1 localhost 127.0.0.9 127.0.0.9
        other: TCP 127.0.0.8 127.0.0.8 127.0.0.2 peer.example
        six: TCP ::1 six.example ::1 six.example
        """);

    [Fact]
    public void A_name_that_leads_elsewhere_is_not_told() => InetdComparison.Differs(
        "D-191: whoever owns an address could give its host any name",
        Inetd.Inetutils,
        scene =>
        {
            RuleFolder etc = new(scene.Scratch);
            etc.Write("nsswitch.conf", "hosts: files dns\n");
            etc.Write("resolv.conf", NameServer.ResolverFile(timeoutSeconds: 2));
            scene.Start(2001, etc, $"2001 stream tcp nowait root {scene.Probe} p world\n", "--resolve");
            using NameServer server = new NameServer(scene.Daemon.Pid).Claims("127.0.9.1", "bank.example");
            NoteNames(scene, "liar", 2001, "127.0.9.1", "127.0.0.1");
        },
        "liar: TCP 127.0.0.1 localhost 127.0.9.1 bank.example",
        "liar: TCP 127.0.0.1 localhost 127.0.9.1 127.0.9.1");

    [Fact]
    public void An_IPv4_peer_of_a_socket_for_both_has_its_name() => InetdComparison.Differs(
        "D-191: it is the same host",
        Inetd.Inetutils,
        scene =>
        {
            RuleFolder etc = new(scene.Scratch) { Hosts = "127.0.0.2 peer.example\n127.0.0.3 here.example\n" };
            scene.Start(2002, etc, $"2002 stream tcp6 nowait root {scene.Probe} p world\n", "--resolve");
            NoteNames(scene, "mapped", 2002, "127.0.0.2", "127.0.0.3");
        },
        "mapped: TCP ::ffff:127.0.0.3 ::ffff:127.0.0.3 ::ffff:127.0.0.2 ::ffff:127.0.0.2",
        "mapped: TCP ::ffff:127.0.0.3 here.example ::ffff:127.0.0.2 peer.example");

    private static void NoteNames(InetdScene scene, string label, int port, string from, string to)
    {
        World world = World.Parse(scene.Daemon.Within(() => Peer.Ask(port, to: to, from: from)));
        string[] names = ["PROTO", "TCPLOCALIP", "TCPLOCALHOST", "TCPREMOTEIP", "TCPREMOTEHOST"];
        scene.Note(label, string.Join(' ', names.Select(name => world.Env(name) ?? "-")));
    }

    [Fact]
    public void Families_of_openbsd_inetd() => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            scene.Start(2004, $"""
                2001 stream tcp nowait root {scene.Probe} p world
                2002 stream tcp4 nowait root {scene.Probe} p world
                2003 stream tcp6 nowait root {scene.Probe} p world
                2004 stream tcp46 nowait root {scene.Probe} p world

                """);
            NoteFamilies(scene);
        },
        """
        2001 by IPv4: 127.0.0.1
        2001 by IPv6: ::1
        2002 by IPv4: 127.0.0.1
        2002 by IPv6: (refused)
        2003 by IPv4: (refused)
        2003 by IPv6: ::1
        2004 by IPv4: ::ffff:127.0.0.1
        2004 by IPv6: ::1
        """);

    [Fact]
    public void Families_of_inetutils() => InetdComparison.Same(
        Inetd.Inetutils,
        scene =>
        {
            scene.Start(2004, $"""
                2001 stream tcp nowait root {scene.Probe} p world
                2002 stream tcp4 nowait root {scene.Probe} p world
                2003 stream tcp6 nowait root {scene.Probe} p world
                2004 stream tcp6only nowait root {scene.Probe} p world

                """);
            NoteFamilies(scene);
        },
        """
        2001 by IPv4: 127.0.0.1
        2001 by IPv6: (refused)
        2002 by IPv4: 127.0.0.1
        2002 by IPv6: (refused)
        2003 by IPv4: ::ffff:127.0.0.1
        2003 by IPv6: ::1
        2004 by IPv4: (refused)
        2004 by IPv6: ::1
        """);

    [Theory]
    [InlineData(nameof(Inetd.Debian))]
    [InlineData(nameof(Inetd.Inetutils))]
    public void Addresses_before_a_service(string original) => InetdComparison.Same(
        Enum.Parse<Inetd>(original),
        scene =>
        {
            scene.Start(2002, $"""
                127.0.0.1,127.0.0.2:2001 stream tcp4 nowait root {scene.Probe} p world
                2002 stream tcp4 nowait root {scene.Probe} p world

                """);
            foreach (string address in (string[])["127.0.0.1", "127.0.0.2", "127.0.0.3"])
            {
                scene.NoteServed($"2001 at {address}", 2001, 1, address);
                scene.NoteServed($"2002 at {address}", 2002, 1, address);
            }
        },
        """
        2001 at 127.0.0.1: served
        2002 at 127.0.0.1: served
        2001 at 127.0.0.2: served
        2002 at 127.0.0.2: served
        2001 at 127.0.0.3: (refused)
        2002 at 127.0.0.3: served
        """);

    [Fact]
    public void An_address_alone_holds_for_the_lines_after_it() => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            scene.Start(2002, $"""
                127.0.0.2:
                2001 stream tcp4 nowait root {scene.Probe} p world
                *:
                2002 stream tcp4 nowait root {scene.Probe} p world

                """);
            scene.NoteServed("2001 elsewhere", 2001, 1);
            scene.NoteServed("2001 there", 2001, 1, "127.0.0.2");
            scene.NoteServed("2002", 2002, 1);
        },
        """
        2001 elsewhere: (refused)
        2001 there: served
        2002: served
        """);

    // The lines that openbsd-inetd's package writes into a new inetd.conf, switched on, and those of the manual of inetutils.
    [Fact]
    public void The_examples_of_openbsd_inetd() => InetdComparison.Same(Inetd.Debian, PlayExamples, Examples);

    [Fact]
    public void The_examples_of_inetutils() => InetdComparison.Differs(
        "D-093", Inetd.Inetutils, PlayExamples, Examples.Replace("time: 4 bytes", "time: 8 bytes"), Examples);

    private const string Examples = """
        echo: hello\n
        discard: (closed)
        daytime: <time>\r\n
        time: 4 bytes
        chargen: 72 and 72, one further: True
        ftp: (refused)
        ntalk: who
        finger: line: root\r\n
        """;

    private static void PlayExamples(InetdScene scene)
    {
        scene.Start(2001, $"""
            #:INTERNAL: Internal services
            echo		stream	tcp	nowait	root	internal
            discard		stream	tcp	nowait	root	internal
            discard		dgram	udp	wait	root	internal
            daytime		stream	tcp	nowait	root	internal
            time		stream	tcp	nowait	root	internal
            chargen		stream	tcp	nowait	root	internal
            #<off># ftp		stream	tcp	nowait	root	{scene.Probe}	ftpd world
            ntalk		dgram	udp	wait	root	{scene.Probe}	ntalkd dgram 300
            finger		stream	tcp	nowait	nobody	{scene.Probe}	fingerd line
            2001		stream	tcp	nowait	root	{scene.Probe}	last world

            """);
        scene.Ask("echo", 7, "hello\n", halfClose: true);
        scene.Ask("discard", 9, "hello\n", halfClose: true);
        scene.Note("daytime", System.Text.RegularExpressions.Regex.Replace(scene.Daemon.Ask(13), "[A-Z][a-z]{2} [A-Z][a-z]{2} .\\d \\d\\d:\\d\\d:\\d\\d \\d{4}", "<time>"));
        scene.Note("time", $"{scene.Daemon.Ask(37).Length} bytes");
        string[] lines = scene.Daemon.Within(() => ReadLines(19, 2)).Split("\r\n");
        scene.Note("chargen", $"{lines[0].Length} and {lines[1].Length}, one further: {lines[0][1..] == lines[1][..^1]}");
        scene.Ask("ftp", 21);
        scene.Note("ntalk", scene.Daemon.Within(() => AskDatagram(518, "who")).Split(' ')[^1]);
        scene.Ask("finger", 79, "root\r\n");
    }

    [Fact]
    public void A_wait_server_takes_the_socket() => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            scene.Start(2002, $"""
                2001 stream tcp4 wait nobody {scene.Probe} p once
                2002 dgram udp wait nobody {scene.Probe} p dgram 200

                """);
            scene.Note("stream", scene.Daemon.Ask(2001).Split('\n').First(line => line.StartsWith("listening")));
            scene.Note("datagram by IPv4", scene.Daemon.Within(() => AskDatagram(2002, "four")).Split(' ', 2)[1].Split(' ')[0]);
        },
        """
        stream: listening 1
        datagram by IPv4: 127.0.0.1
        """);

    [Fact]
    public void The_multiplexer_of_inetutils() => InetdComparison.Differs(
        "D-094",
        Inetd.Inetutils,
        scene =>
        {
            scene.Start(1, $"""
                tcpmux/+date	stream	tcp	nowait	nobody	/bin/echo	echo today
                tcpmux/phonebook	stream	tcp	nowait	nobody	{scene.Probe}	phonebook exit 0

                """);
            scene.Ask("plus", 1, "date\r\n");
            scene.Ask("in another case", 1, "DATE\r\n");
            scene.Ask("without", 1, "phonebook\r\n");
            scene.Ask("no such", 1, "nosuch\r\n");
            scene.Note("help", string.Join(' ', scene.Daemon.Ask(1, "help\r\n").Split("\r\n").Order(StringComparer.Ordinal)).Trim());
        },
        Multiplexed,
        Multiplexed.Replace("-Service not available", "-Service name not found"));

    private const string Multiplexed = """
        plus: +Go\r\ntoday\n
        in another case: +Go\r\ntoday\n
        without: (closed)
        no such: -Service not available\r\n
        help: date phonebook
        """;

    private static void NoteFamilies(InetdScene scene)
    {
        for (int port = 2001; port <= 2004; port++)
        {
            foreach ((string name, string address) in ((string, string)[])[("IPv4", "127.0.0.1"), ("IPv6", "::1")])
            {
                string answer = scene.Daemon.Ask(port, to: address);
                scene.Note($"{port} by {name}", answer.Contains("\npeer ") ? World.Parse(answer)["peer"].Split(' ')[0] : answer);
            }
        }
    }

    private static string ReadLines(int port, int count)
    {
        using Peer peer = Peer.Connect(port);
        return peer.Read(count * 74);
    }

    private static string AskDatagram(int port, string text)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Wait.Bound.TotalMilliseconds };
        socket.Connect("127.0.0.1", port);
        socket.Send(Encoding.ASCII.GetBytes(text));
        byte[] buffer = new byte[2048];
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }
}
