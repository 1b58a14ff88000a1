using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Inetds;

/// <summary>Limits, UNIX sockets, reloads and lines that are wrong, with Debian's two inetds and with ours.</summary>
public sealed class InetdRunParityTests
{
    [Fact]
    public void Too_many_starts_with_openbsd_inetd_on_reserved_ports() => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            scene.Start(203, $"""
                201 stream tcp4 nowait.3 root {scene.Probe} p world
                202 stream tcp6 nowait.1 root {scene.Probe} p world
                daytime stream tcp4 nowait.2 root internal
                203 stream tcp4 nowait root {scene.Probe} p world

                """);
            scene.NoteServed("three", 201, 3);
            scene.NoteServed("one", 202, 2, "::1");
            scene.Daemon.WaitForLog("202/tcp6 server failing");
            scene.Note("daytime", string.Join(' ', Enumerable.Range(0, 4).Select(_ => scene.Daemon.Ask(13).Length)));
            scene.NoteServed("another", 203, 2);
            foreach (string line in scene.Daemon.Log.Where(line => line.Contains("looping")))
            {
                scene.Note("log", line);
            }

            scene.Daemon.Reload(scene.Scratch, $"201 stream tcp4 nowait.3 root {scene.Probe} p world\n210 stream tcp4 nowait root {scene.Probe} p world\n");
            scene.Daemon.WaitForPort(210);
            scene.NoteServed("after a reload", 201, 3);
        },
        """
        three: served served (closed)
        one: served (closed)
        daytime: 26 26 26 26
        another: served served
        log: 201/tcp4 server failing (looping), service terminated for 10 min
        log: 202/tcp6 server failing (looping), service terminated for 10 min
        after a reload: served served (closed)
        """);

    [Fact]
    public void Too_many_starts_with_openbsd_inetd_on_a_high_port() => InetdComparison.Differs(
        "D-085",
        Inetd.Debian,
        scene =>
        {
            scene.Start(2001, $"2001 stream tcp4 nowait.3 root {scene.Probe} p world\n");
            scene.NoteServed("three", 2001, 5);
            scene.Note("log", string.Join(", ", scene.Daemon.Log.Where(line => line.Contains("looping"))));
        },
        """
        three: served served (closed) (closed) (closed)
        log:
        """,
        """
        three: served served (closed) (closed) (closed)
        log: 2001/tcp4 server failing (looping), its connections are closed until the minute is over
        """);

    [Fact]
    public void Too_many_starts_with_inetutils() => InetdComparison.Same(
        Inetd.Inetutils,
        scene =>
        {
            scene.Start(2002, $"""
                2001 stream tcp nowait.3 root {scene.Probe} p world
                2002 stream tcp6only nowait.9 root {scene.Probe} p world

                """, "-R6");
            scene.NoteServed("three", 2001, 4);
            scene.NoteServed("six by the option", 2002, 6, "::1");
            scene.Daemon.WaitForLog("2002/tcp6only server failing");
            foreach (string line in scene.Daemon.Log.Where(line => line.Contains("looping")))
            {
                scene.Note("log", line);
            }

            scene.Daemon.Reload(scene.Scratch, $"2001 stream tcp nowait.3 root {scene.Probe} p world\n2010 stream tcp nowait root {scene.Probe} p world\n");
            scene.Daemon.WaitForPort(2010);
            scene.NoteServed("after a reload", 2001, 1);
        },
        """
        three: served served served (closed)
        six by the option: served served served served served (closed)
        log: 2001/tcp server failing (looping), service terminated
        log: 2002/tcp6only server failing (looping), service terminated
        after a reload: served
        """);

    [Fact]
    public void A_UNIX_socket() => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            scene.Start(2001, $"""
                {scene.Scratch["s"]} stream unix nowait nobody {scene.Probe} p world
                2001 stream tcp4 nowait root {scene.Probe} p world

                """);
            World world = World.Parse(AskPath(scene.Scratch["s"]));
            scene.Note("uid", world["uid"]);
            scene.Note("argv", string.Join(' ', world.Argv));
            scene.Note("mode", File.GetUnixFileMode(scene.Scratch["s"]).ToString());
            scene.Daemon.End(Signal.Terminate);
            scene.Note("left behind", File.Exists(scene.Scratch["s"]).ToString());
            scene.Note("pid file left behind", File.Exists("/run/inetd.pid").ToString());
        },
        """
        uid: 65534 65534 65534
        argv: p world
        mode: OtherWrite, OtherRead, GroupWrite, GroupRead, UserWrite, UserRead
        left behind: False
        pid file left behind: False
        """);

    [Fact]
    public void What_stands_at_the_path_of_a_UNIX_socket() => InetdComparison.Differs(
        "D-086",
        Inetd.Debian,
        scene =>
        {
            File.WriteAllText(scene.Scratch["s"], "precious");
            scene.Start(2001, $"""
                {scene.Scratch["s"]} stream unix nowait nobody {scene.Probe} p world
                2001 stream tcp4 nowait root {scene.Probe} p world

                """);
            bool isFile = File.Exists(scene.Scratch["s"]) && !File.GetAttributes(scene.Scratch["s"]).HasFlag(FileAttributes.ReparsePoint);
            scene.Note("there", isFile && new FileInfo(scene.Scratch["s"]).Length > 0 ? File.ReadAllText(scene.Scratch["s"]) : "a socket");
        },
        "there: a socket",
        "there: precious");

    [Fact]
    public void A_reload_adds_changes_and_drops() => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            scene.Start(2003, $"""
                2001 stream tcp4 nowait nobody {scene.Probe} p world
                2002 stream tcp4 nowait nobody {scene.Probe} p world
                2003 stream tcp4 nowait nobody {scene.Probe} p hold

                """);
            using Peer held = scene.Daemon.Within(() => Peer.Connect(2003));
            string pid = held.ReadLine();
            scene.Daemon.Reload(scene.Scratch, $"2001 stream tcp4 nowait root {scene.Probe} p world\n2004 stream tcp4 nowait nobody {scene.Probe} p world\n");
            scene.Daemon.WaitForPort(2004);
            scene.AskWorld("changed", 2001, ["uid"]);
            scene.Daemon.WaitForClosed(2003);
            scene.Ask("dropped", 2003);
            scene.NoteServed("new", 2004, 1);
            scene.Note("the server of the dropped one", held.IsOpen(System.TimeSpan.FromMilliseconds(200)) && pid.StartsWith("held") ? "runs on" : "ended");
        },
        """
        changed uid: 0 0 0
        dropped: (refused)
        new: served
        the server of the dropped one: runs on
        """);

    [Fact]
    public void A_line_that_has_become_wrong() => InetdComparison.Differs(
        "D-087",
        Inetd.Debian,
        scene =>
        {
            scene.Start(2002, $"2001 stream tcp nowait nobody {scene.Probe} p world\n2002 stream tcp4 nowait nobody {scene.Probe} p world\n");
            scene.Daemon.Reload(scene.Scratch, $"2001 stream tcp\n2003 stream tcp4 nowait nobody {scene.Probe} p world\n");
            scene.Daemon.WaitForPort(2003);
            scene.NoteServed("by IPv4", 2001, 1);
            scene.NoteServed("by IPv6", 2001, 1, "::1");
        },
        """
        by IPv4: (refused)
        by IPv6: (refused)
        """,
        """
        by IPv4: served
        by IPv6: served
        """);

    [Fact]
    public void Lines_that_are_not_understood() => InetdComparison.Differs(
        "D-089",
        Inetd.Debian,
        scene =>
        {
            scene.Start(2005, $"""
                2001 stream tcp4 maybe nobody {scene.Probe} p world
                2002 stream tcp4 nowait.x nobody {scene.Probe} p world
                2003 stream tcp4 nowait nosuchuser {scene.Probe} p world
                2004 stream tcp4 nowait nobody /nowhere/at/all p world
                2005 stream tcp4 nowait nobody {scene.Probe} p world

                """);
            for (int port = 2001; port <= 2005; port++)
            {
                scene.NoteServed($"{port}", port, 1);
            }
        },
        """
        2001: served
        2002: served
        2003: (closed)
        2004: (closed)
        2005: served
        """,
        """
        2001: (refused)
        2002: (refused)
        2003: (refused)
        2004: (refused)
        2005: served
        """);

    [Theory]
    [InlineData("debian")]
    [InlineData("inetutils")]
    public void A_later_line_for_the_same_service(string whose) => InetdComparison.Same(
        whose == "debian" ? Inetd.Debian : Inetd.Inetutils,
        scene =>
        {
            scene.Start(2002, """
                2001 stream tcp4 nowait nobody /bin/echo echo first
                2001 stream tcp4 nowait nobody /bin/echo echo second
                2002 stream tcp4 nowait nobody /bin/echo echo third

                """);
            scene.Ask("2001", 2001);
            scene.Ask("2002", 2002);
        },
        """
        2001: second\n
        2002: third\n
        """);

    [Fact]
    public void A_line_that_begins_with_a_blank() => InetdComparison.Differs(
        "D-095",
        Inetd.Debian,
        scene =>
        {
            scene.Start(2003, """
                2001 stream tcp4 nowait nobody /bin/echo echo first
                 2002 stream tcp4 nowait nobody /bin/echo echo second
                2003 stream tcp4 nowait nobody /bin/echo echo third

                """);
            scene.Ask("2001", 2001);
            scene.Ask("2002", 2002);
            scene.Ask("2003", 2003);
        },
        """
        2001: first 2002 stream tcp4 nowait nobody /bin/echo echo second\n
        2002: (refused)
        2003: third\n
        """,
        """
        2001: first\n
        2002: second\n
        2003: third\n
        """);

    [Fact]
    public void The_multiplexer_with_openbsd_inetd() => InetdComparison.Differs(
        "D-091",
        Inetd.Debian,
        scene =>
        {
            scene.Start(2001, $"""
                tcpmux stream tcp4 nowait root internal
                tcpmux/+date stream tcp4 nowait nobody /bin/echo echo today
                2001 stream tcp4 nowait nobody {scene.Probe} p world

                """);
            scene.Ask("date", 1, "date\r\n");
        },
        "date: (refused)",
        "date: +Go\\r\\ntoday\\n");

    private static string AskPath(string path)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)Wait.Bound.TotalMilliseconds };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        StringBuilder text = new();
        byte[] buffer = new byte[1 << 16];
        for (int count; (count = socket.Receive(buffer)) > 0;)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
