using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>What only the defaults entry decides.</summary>
public sealed class DefaultsParityTests
{
    [Fact]
    public void A_second_log_type_in_defaults_ends_the_start() => Comparison.Differs(
        "D-025: a start that failed is no success: ours exits with 1",
        scene =>
        {
            Daemon daemon = scene.Stage.Launch(
                Stanza.Defaults(scene.LogToFile, "log_type = FILE " + scene.Stage.Scratch["other"]) + Stanza.BuiltIn("daytime", scene.NewPort(), "stream"));
            scene.Note("exit", daemon.ExitCode().ToString());
            scene.Note("names log_type", daemon.Log.Any(line => line.StartsWith("ERROR:") && line.Contains("log_type")) ? "yes" : "no");
        },
        """
        exit: 0
        names log_type: yes
        """,
        """
        exit: 1
        names log_type: yes
        """);

    [Fact]
    public void V6only_in_defaults_holds_for_every_service() => Comparison.Differs(
        "D-111: the original takes the line and does not heed it",
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Stanza.Defaults("v6only = yes") + Stanza.BuiltIn("daytime", port, "stream", "bind = ::"));
            scene.Note("127.0.0.1", Peer.CanConnect(port) ? "served" : "off");
            scene.Note("::1", Peer.CanConnect(port, "::1") ? "served" : "off");
        },
        """
        127.0.0.1: served
        ::1: served
        """,
        """
        127.0.0.1: off
        ::1: served
        """);

    [Fact]
    public void V6only_in_defaults_that_says_no_changes_nothing() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Stanza.Defaults("v6only = no") + Stanza.BuiltIn("daytime", port, "stream", "bind = ::"));
            scene.Note("127.0.0.1", Peer.CanConnect(port) ? "served" : "off");
        },
        "127.0.0.1: served");
}
