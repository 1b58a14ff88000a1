using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>banner, banner_success, banner_fail: who gets which text.</summary>
public sealed class BannerParityTests
{
    [Fact]
    public void An_accepted_peer_gets_banner_and_banner_success() => Comparison.Same(
        scene => Play(scene, "only_from = 127.0.0.1"),
        """
        external: all\nwelcome\nline: text\n
        internal: all\nwelcome\n
        """);

    [Fact]
    public void A_peer_refused_by_address_gets_banner_and_banner_fail() => Comparison.Same(
        scene => Play(scene, "no_access = 127.0.0.1"),
        """
        external: all\ngo away\n
        internal: all\ngo away\n
        """);

    [Fact]
    public void A_peer_refused_by_a_limit_gets_banner_and_banner_fail() => Comparison.Same(
        scene => Play(scene, "instances = 0"),
        """
        external: all\ngo away\n
        internal: all\ngo away\n
        """);

    [Fact]
    public void A_banner_that_cannot_be_read_stops_nobody() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "stream", "banner = /nonexistent/banner"));
            scene.Ask("answer", port, "text", halfClose: true);
            scene.Note("said", scene.Daemon.CountLog("/nonexistent/banner") > 0 ? "yes" : "no");
        },
        """
        answer: text
        said: yes
        """);

    private static void Play(Scene scene, string rule)
    {
        string banner = scene.Stage.Scratch.Write("banner", "all\n");
        string success = scene.Stage.Scratch.Write("success", "welcome\n");
        string fail = scene.Stage.Scratch.Write("fail", "go away\n");
        int external = scene.NewPort(), internalPort = scene.NewPort();
        string[] lines = ["banner = " + banner, "banner_success = " + success, "banner_fail = " + fail, rule];
        scene.StartLogged(
            Stanza.Stream("line", external, ["server = " + scene.Probe, "server_args = line", .. lines])
            + Stanza.BuiltIn("echo", internalPort, "stream", lines));
        using (Peer peer = Peer.Connect(external))
        {
            try
            {
                peer.Send("text\n");
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Refused faster than the text was sent.
            }

            string answer = peer.ReadToEnd();

            // Whether unread text makes the refusal a reset is a matter of the moment.
            scene.Note("external", answer.Replace("(reset)", ""));
        }

        scene.Note("internal", Peer.Ask(internalPort, "", halfClose: true));
    }
}
