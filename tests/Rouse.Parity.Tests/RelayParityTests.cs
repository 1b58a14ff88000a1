using System;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>What the original serves besides servers and built-ins: other hosts, a multiplexer, sensors.</summary>
public sealed class RelayParityTests
{
    [Fact]
    [KnownGap("not built yet")]
    public void Redirect_passes_bytes_both_ways_and_counts_them() => Comparison.Same(
        scene =>
        {
            int target = scene.NewPort(), port = scene.NewPort();
            scene.Start(
                Stanza.Stream("line", target, "server = " + scene.Probe, "server_args = line")
                + Stanza.Stream("relay", port, $"redirect = 127.0.0.1 {target}", scene.LogToFile, "log_on_success = HOST EXIT TRAFFIC"));
            using (Peer peer = Peer.Connect(port))
            {
                peer.Send("hello\n");
                scene.Note("answer", peer.ReadToEnd());
            }

            scene.NoteServiceLog("EXIT");
        },
        """
        answer: line: hello\n
        log: START: relay from=127.0.0.1
        log: TRAFFIC: relay in=6(bytes) out=12(bytes)
        log: EXIT: relay status=0
        """);

    [Fact]
    [KnownGap("not built yet")]
    public void Tcpmux_finds_its_services_by_name() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(
                Stanza.Stream("tcpmux", port, "type = INTERNAL UNLISTED")
                + Mux("plain", "TCPMUX")
                + Mux("plus", "TCPMUXPLUS")
                + Stanza.Stream("other", scene.NewPort(), "server = /bin/echo", "server_args = other"));
            foreach (string line in new[] { "plain\r\n", "PLAIN\r\n", "plain\n", "plus\r\n", "other\r\n" })
            {
                scene.Ask(line, port, line);
            }
        },
        """
        plain\r\n: served plain\n
        PLAIN\r\n: served plain\n
        plain\n: (closed)
        plus\r\n: -Service name not found\r\n\x00
        other\r\n: -Service name not found\r\n\x00
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

    private static string Sensor(string name, int port, params string[] lines) =>
        Stanza.Stream(name, port, ["type = INTERNAL UNLISTED", "flags = SENSOR", .. lines]);

    private static string Mux(string name, string type) =>
        Stanza.Stream(name, 0, $"type = {type} UNLISTED", "server = /bin/echo", "server_args = served " + name).Replace("    port = 0\n", "");
}
