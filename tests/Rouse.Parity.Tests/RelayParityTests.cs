using System;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>What the original serves besides servers and built-ins: a multiplexer, sensors.</summary>
public sealed class RelayParityTests
{
    [Fact]
    public void Tcpmux_finds_its_services_by_name() => Comparison.Differs(
        "no NUL belongs after a line, and RFC 1078 reserves the name help for a list",
        scene =>
        {
            int port = StartMultiplexer(scene, Mux("plain", "TCPMUX"), Mux("plus", "TCPMUXPLUS"), Mux("waits", "TCPMUX", "wait = yes"));
            string[] lines = ["plain\r\n", "PLAIN\r\n", "waits\r\n", "plain\n", "\r\n", "plus\r\n", "other\r\n", "tcpmux\r\n", "help\r\n"];
            foreach (string line in lines)
            {
                scene.Ask(line, port, line);
            }
        },
        """
        plain\r\n: served plain\n
        PLAIN\r\n: served plain\n
        waits\r\n: served waits\n
        plain\n: (closed)
        \r\n: (closed)
        plus\r\n: +Go\r\n\x00served plus\n
        other\r\n: -Service name not found\r\n\x00
        tcpmux\r\n: -Service name not found\r\n\x00
        help\r\n: -Service name not found\r\n\x00
        """,
        """
        plain\r\n: served plain\n
        PLAIN\r\n: served plain\n
        waits\r\n: served waits\n
        plain\n: (closed)
        \r\n: (closed)
        plus\r\n: +Go\r\nserved plus\n
        other\r\n: -Service name not found\r\n
        tcpmux\r\n: -Service name not found\r\n
        help\r\n: plain\r\nplus\r\nwaits\r\n
        """);

    [Fact]
    public void A_line_to_tcpmux_may_come_in_pieces_and_with_what_follows_it() => Comparison.Differs(
        "how a stream is cut is not in the peer's hands",
        scene =>
        {
            int port = StartMultiplexer(scene, Mux("line", "TCPMUX", "server = " + scene.Probe, "server_args = line"));
            using (Peer peer = Peer.Connect(port))
            {
                peer.Send("li");
                System.Threading.Thread.Sleep(100);
                Try(() => peer.Send("ne\r\nhello\n"));
                scene.Note("in pieces", peer.ReadToEnd().Replace("(reset)", "(closed)"));
            }

            scene.Note("all at once", Peer.Ask(port, "line\r\nhello\n").Replace("(reset)", "(closed)"));
        },
        """
        in pieces: (closed)
        all at once: (closed)
        """,
        """
        in pieces: line: hello\n
        all at once: line: hello\n
        """);

    /// <summary>CVE-2013-4342: they ran as the multiplexer's user.</summary>
    [Fact]
    public void A_server_behind_tcpmux_runs_as_its_services_user_and_groups() => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            int port = StartMultiplexer(
                scene, Mux("who", "TCPMUX", "server = /usr/bin/id", "server_args = -a", "user = nobody", "group = daemon", "groups = no"));
            scene.Ask("id", port, "who\r\n");
        },
        """
        id: uid=65534(nobody) gid=1(daemon) groups=1(daemon)\n
        """);

    /// <summary>CVE-2012-0862: every service could be reached, also one that listens on another address only.</summary>
    [Fact]
    public void Tcpmux_leads_to_no_service_of_another_type() => Comparison.Differs(
        "no NUL belongs after a line",
        scene =>
        {
            int elsewhere = scene.NewPort();
            int port = StartMultiplexer(
                scene,
                Mux("plain", "TCPMUX"),
                Stanza.Stream("elsewhere", elsewhere, "bind = 127.0.0.2", "server = /bin/echo", "server_args = elsewhere"),
                Stanza.BuiltIn("daytime", scene.NewPort(), "stream", "bind = 127.0.0.2"));
            scene.Note("itself", Peer.Ask(elsewhere, to: "127.0.0.2"));
            foreach (string name in new[] { "elsewhere", "daytime", "daytime-stream" })
            {
                scene.Ask(name, port, name + "\r\n");
            }
        },
        """
        itself: elsewhere\n
        elsewhere: -Service name not found\r\n\x00
        daytime: -Service name not found\r\n\x00
        daytime-stream: -Service name not found\r\n\x00
        """,
        """
        itself: elsewhere\n
        elsewhere: -Service name not found\r\n
        daytime: -Service name not found\r\n
        daytime-stream: -Service name not found\r\n
        """);

    [Fact]
    public void Behind_tcpmux_a_services_own_rules_limits_and_log_hold() => Comparison.Differs(
        "the original knows only the multiplexer's limits, and logs neither a START nor a FAIL of the service",
        scene =>
        {
            string fail = scene.Stage.Scratch.Write("fail", "go away\n");
            int port = StartMultiplexer(
                scene,
                Mux("closed", "TCPMUX", "no_access = 127.0.0.1", "banner_fail = " + fail),
                Mux("full", "TCPMUX", "instances = 0"));
            scene.Ask("closed", port, "closed\r\n");
            scene.Stage.WaitForServiceLog("EXIT: tcpmux");
            scene.Ask("full", port, "full\r\n");
            scene.NoteServiceLog("EXIT: tcpmux", 2);
        },
        """
        closed: go away\n
        full: served full\n
        log: START: tcpmux pid=<A> from=127.0.0.1
        log: EXIT: tcpmux status=0 pid=<A> duration=<short>(sec)
        log: START: tcpmux pid=<B> from=127.0.0.1
        log: EXIT: tcpmux status=0 pid=<B> duration=<short>(sec)
        """,
        """
        closed: go away\n
        full: (closed)
        log: START: tcpmux pid=0 from=127.0.0.1
        log: EXIT: tcpmux status=0 pid=0 duration=<short>(sec)
        log: FAIL: closed address from=127.0.0.1
        log: START: tcpmux pid=0 from=127.0.0.1
        log: EXIT: tcpmux status=0 pid=0 duration=<short>(sec)
        log: FAIL: full service_limit from=127.0.0.1
        """);

    [Fact]
    public void Tcpmux_services_with_one_bind_are_not_the_same_service() => Comparison.Differs(
        "they have no socket, so bind cannot make them collide",
        scene =>
        {
            int port = StartMultiplexer(scene, Mux("first", "TCPMUX", "bind = 127.0.0.1"), Mux("second", "TCPMUX", "bind = 127.0.0.1"));
            scene.Note("first", Peer.Ask(port, "first\r\n"));
            scene.Note("second", Peer.Ask(port, "second\r\n").Replace("\0", ""));
            scene.Note("working", scene.Daemon.CountLog("Started working: 1 available service") > 0 ? "one" : "more");
        },
        """
        first: served first\n
        second: -Service name not found\r\n
        working: one
        """,
        """
        first: served first\n
        second: served second\n
        working: one
        """);

    [Fact]
    public void A_touched_sensor_shuts_the_peer_out_everywhere() => Comparison.Same(
        scene =>
        {
            int sensor = scene.NewPort(), daytime = scene.NewPort();
            scene.StartLogged(
                Sensor("trap", sensor, "deny_time = 5")
                + Stanza.BuiltIn("daytime", daytime, "stream"));
            scene.Note("before", Peer.Ask(daytime).Length > 10 ? "served" : "refused");
            Peer.Ask(sensor, "x");
            scene.Daemon.WaitForLog("global_no_access");
            scene.Note("after", Peer.Ask(daytime).Length > 10 ? "served" : "refused");
            scene.Note("another peer", Peer.Ask(daytime, from: "127.0.0.2").Length > 10 ? "served" : "refused");
            scene.NoteDaemonLog("global_no_access", "global_no_access");
        },
        """
        before: served
        after: refused
        another peer: served
        daemon: CRITICAL: Adding 127.0.0.1 to the global_no_access list for 5 minutes
        """);

    [Fact]
    public void A_touch_is_a_refusal_and_only_the_first_is_told() => Comparison.Same(
        scene =>
        {
            int sensor = scene.NewPort(), forever = scene.NewPort(), never = scene.NewPort(), closed = scene.NewPort();
            scene.StartLogged(
                Sensor("sensor", sensor, "deny_time = 5")
                + Sensor("forever", forever, "deny_time = FOREVER")
                + Sensor("never", never, "deny_time = NEVER")
                + Sensor("closed", closed, "deny_time = 3", "only_from = 10.0.0.0/8"));
            scene.Ask("first", sensor);
            scene.Ask("again", sensor);
            scene.Ask("forever", forever);
            scene.Ask("forever", forever, from: "127.0.0.2");
            scene.Ask("never", never, from: "127.0.0.3");
            scene.Ask("not in only_from", closed, from: "127.0.0.4");
            scene.NoteServiceLog("FAIL", 6);
            scene.NoteDaemonLog("global_no_access", "127.0.0.4");
        },
        """
        first: (closed)
        again: (closed)
        forever: (closed)
        forever: (closed)
        never: (closed)
        not in only_from: (closed)
        log: FAIL: sensor address from=127.0.0.1
        log: FAIL: sensor address from=127.0.0.1
        log: FAIL: forever address from=127.0.0.1
        log: FAIL: forever address from=127.0.0.2
        log: FAIL: never address from=127.0.0.3
        log: FAIL: closed address from=127.0.0.4
        daemon: CRITICAL: Adding 127.0.0.1 to the global_no_access list for 5 minutes
        daemon: CRITICAL: Adding 127.0.0.2 to the global_no_access list for -1 minutes
        daemon: CRITICAL: Adding 127.0.0.4 to the global_no_access list for 3 minutes
        """);

    [Fact]
    public void A_datagram_to_a_sensor_shuts_nobody_out() => Comparison.Differs(
        "the sender of a datagram is whoever it says it is",
        scene =>
        {
            int sensor = scene.NewPort(), daytime = scene.NewPort();
            scene.StartLogged(
                Stanza.Datagram("trap", sensor, "type = INTERNAL UNLISTED", "flags = SENSOR", "deny_time = 5")
                + Stanza.BuiltIn("daytime", daytime, "stream"));
            using var peer = new DatagramPeer(sensor);
            scene.Note("answer", peer.Ask("x", TimeSpan.FromMilliseconds(200)));
            scene.NoteServiceLog("FAIL");
            scene.Note("after", Peer.Ask(daytime).Length > 10 ? "served" : "refused");
        },
        """
        answer: (silent)
        log: FAIL: trap address from=127.0.0.1
        after: refused
        """,
        """
        answer: (silent)
        log: FAIL: trap address from=127.0.0.1
        after: served
        """);

    [Fact]
    public void A_sensor_with_wait_knows_whom_it_shuts_out() => Comparison.Differs(
        "the original never accepts, so it adds nobody, until cps takes the service out",
        scene =>
        {
            int sensor = scene.NewPort(), daytime = scene.NewPort();
            scene.StartLogged(
                Sensor("trap", sensor, "deny_time = 5", "wait = yes", "cps = 3 30")
                + Stanza.BuiltIn("daytime", daytime, "stream"));
            Peer.Ask(sensor);
            scene.Daemon.WaitForLog("global_no_access");
            scene.Note("adds", scene.Daemon.CountLog("Adding 127.0.0.1 to") > 0 ? "the peer" : "nobody");
            scene.Note("after", Peer.Ask(daytime).Length > 10 ? "served" : "refused");
        },
        """
        adds: nobody
        after: served
        """,
        """
        adds: the peer
        after: refused
        """);

    [Fact]
    public void An_intercepted_datagram_reaches_its_server() => Comparison.Differs(
        "the original closes the socket that it means to give the server",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(
                Stanza.Datagram(
                    "dgram", port, "flags = INTERCEPT", "server = " + scene.Probe, "server_args = dgram 500", "no_access = 127.0.0.2"));
            using var peer = new DatagramPeer(port);
            using var stranger = new DatagramPeer(port, from: "127.0.0.2");
            scene.Note("stranger", stranger.Ask("one", TimeSpan.FromMilliseconds(100)));
            scene.Note("peer", peer.Ask("two", scene.Stage.Subject == Subject.Ours ? Wait.Bound : TimeSpan.FromMilliseconds(1500)).Contains(" 127.0.0.1 ") ? "answered" : "(silent)");
            scene.Note("stranger again", stranger.Ask("three", TimeSpan.FromMilliseconds(100)));
        },
        """
        stranger: (silent)
        peer: (silent)
        stranger again: (silent)
        """,
        """
        stranger: (silent)
        peer: answered
        stranger again: (silent)
        """);

    private static string Sensor(string name, int port, params string[] lines) =>
        Stanza.Stream(name, port, ["type = INTERNAL UNLISTED", "flags = SENSOR", .. lines]);

    private static int StartMultiplexer(Scene scene, params string[] services)
    {
        int port = scene.NewPort();
        scene.StartLogged(Stanza.Stream("tcpmux", port, "type = INTERNAL UNLISTED") + string.Concat(services));
        return port;
    }

    // Without a bind, for which the original would take it for the same service as the next.
    private static string Mux(string name, string type, params string[] lines)
    {
        string[] usual =
        [
            $"type = {type} UNLISTED", "socket_type = stream", "wait = no", "user = root", "server = /bin/echo", "server_args = served " + name,
        ];
        string[] given = [.. lines.Select(NameOf)];
        return Stanza.Entry("service " + name, usual.Where(line => !given.Contains(NameOf(line))).Concat(lines));
    }

    private static string NameOf(string line) => line.Split(' ', 2)[0];

    private static void Try(Action send)
    {
        try
        {
            send();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Closed by the other side already.
        }
    }
}
