using System;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>Stream services whose server accepts by itself (wait = yes), so that nobody's address is known.</summary>
public sealed class WaitStreamParityTests
{
    [Theory]
    [InlineData("instances", "service_limit")]
    [InlineData("per_source", "per_source_limit")]
    public void A_limit_of_none_turns_peers_away(string limit, string reason) => Comparison.Differs(
        "D-113: the original neither closes the connection nor looks at the service again",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("waits", port, "wait = yes", limit + " = 0", "server = " + scene.Probe, "server_args = once"));
            scene.Note("first", Fate(scene, port));
            scene.Note("second", Fate(scene, port));
            scene.NoteServiceLog("FAIL", scene.Stage.Subject == Subject.Ours ? 2 : 1);
        },
        $"""
        first: left waiting
        second: left waiting
        log: FAIL: waits {reason} from=<no address>
        """,
        $"""
        first: closed
        second: closed
        log: FAIL: waits {reason} from=<no address>
        log: FAIL: waits {reason} from=<no address>
        """);

    [Fact]
    public void Per_source_of_more_than_none_means_nothing() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("waits", port, "wait = yes", "per_source = 1", "server = " + scene.Probe, "server_args = once"));
            scene.Note("peer", Peer.Ask(port).Contains("end\n") ? "served" : "not served");
        },
        "peer: served");

    [Theory]
    [InlineData("banner")]
    [InlineData("banner_success")]
    public void A_banner_has_nobody_to_be_shown_to(string attribute) => Comparison.Differs(
        "D-114: the original writes it to the listening socket, which kills each child",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(
                Stanza.Stream(
                    "waits", port, "wait = yes", $"{attribute} = {scene.Stage.Scratch.Write("banner", "hello\n")}", "cps = 5 30", "server = " + scene.Probe,
                    "server_args = once"));
            string answer = Peer.Ask(port);
            scene.Note("peer", answer.StartsWith("hello") ? "banner" : answer.Contains("end\n") ? "served" : answer);
            scene.Stage.WaitForServiceLog("EXIT");
            scene.Note("ends", scene.Stage.ServiceLog.First(line => line.StartsWith("EXIT")).Split(' ')[2]);
            if (scene.Stage.Subject != Subject.Ours)
            {
                scene.Daemon.WaitForLog("Deactivating");
            }

            scene.Note("service", scene.Daemon.CountLog("Deactivating") > 0 ? "taken out" : "there");
        },
        """
        peer: (reset)
        ends: signal=13
        service: taken out
        """,
        """
        peer: served
        ends: status=0
        service: there
        """);

    private static string Fate(Scene scene, int port)
    {
        using Peer peer = Peer.Connect(port);
        return peer.IsOpen(TimeSpan.FromSeconds(scene.Stage.Subject == Subject.Ours ? 10 : 0.5)) ? "left waiting" : "closed";
    }
}
