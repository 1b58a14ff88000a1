using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>What the original serves besides servers and built-ins: a multiplexer, sensors.</summary>
public sealed class RelayParityTests
{
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
    [KnownGap("not built yet")]
    public void A_touched_sensor_shuts_the_peer_out_everywhere() => Comparison.Same(
        scene =>
        {
            int sensor = scene.NewPort(), daytime = scene.NewPort();
            scene.StartLogged(
                Stanza.Stream("trap", sensor, "type = INTERNAL UNLISTED", "flags = SENSOR", "deny_time = 5")
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

    private static string Mux(string name, string type) =>
        Stanza.Stream(name, 0, $"type = {type} UNLISTED", "server = /bin/echo", "server_args = served " + name).Replace("    port = 0\n", "");
}
