using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>SIGHUP: what is said, what is served afterwards, and what becomes of servers that run.</summary>
public sealed class ReloadParityTests
{
    private const string Usual = "log_on_success = PID HOST EXIT DURATION";

    [Fact]
    public void An_unchanged_configuration_readjusts_every_service() => Comparison.Same(
        scene =>
        {
            string text = Daytime("one", scene.NewPort()) + Daytime("two", scene.NewPort());
            scene.Start(text);
            scene.Daemon.Reload(text);
            NoteReload(scene);
        },
        """
        daemon: NOTICE: Starting reconfiguration
        daemon: NOTICE: Swapping defaults
        daemon: NOTICE: readjusting service one
        daemon: NOTICE: readjusting service two
        daemon: NOTICE: Reconfigured: new=0 old=2 dropped=0 (services)
        """);

    [Fact]
    public void Services_are_added_dropped_and_kept() => Comparison.Same(
        scene =>
        {
            int kept = scene.NewPort(), dropped = scene.NewPort(), added = scene.NewPort();
            scene.Start(Daytime("kept", kept) + Daytime("dropped", dropped));
            scene.Daemon.Reload(Daytime("kept", kept) + Daytime("added", added));
            NoteReload(scene);
            scene.Note("kept", Serves(kept));
            scene.Note("dropped", Serves(dropped));
            scene.Note("added", Serves(added));
        },
        """
        daemon: NOTICE: Starting reconfiguration
        daemon: NOTICE: Swapping defaults
        daemon: NOTICE: readjusting service kept
        daemon: NOTICE: service dropped deactivated
        daemon: NOTICE: Reconfigured: new=1 old=1 dropped=1 (services)
        kept: served
        dropped: (refused)
        added: served
        """);

    [Fact]
    public void A_service_that_becomes_disabled_is_dropped() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort(), other = scene.NewPort();
            scene.Start(Daytime("one", port) + Daytime("other", other));
            scene.Daemon.Reload(Daytime("one", port, "disable = yes") + Daytime("other", other));
            NoteReload(scene);
            scene.Note("one", Serves(port));
        },
        """
        daemon: NOTICE: Starting reconfiguration
        daemon: NOTICE: Swapping defaults
        daemon: NOTICE: service one deactivated
        daemon: NOTICE: readjusting service other
        daemon: NOTICE: Reconfigured: new=0 old=1 dropped=1 (services)
        one: (refused)
        """);

    [Fact]
    public void Another_port_makes_it_another_service() => Comparison.Same(
        scene =>
        {
            int before = scene.NewPort(), after = scene.NewPort();
            scene.Start(Daytime("one", before));
            scene.Daemon.Reload(Daytime("one", after));
            NoteReload(scene);
            scene.Note("before", Serves(before));
            scene.Note("after", Serves(after));
        },
        """
        daemon: NOTICE: Starting reconfiguration
        daemon: NOTICE: Swapping defaults
        daemon: NOTICE: service one deactivated
        daemon: NOTICE: Reconfigured: new=1 old=0 dropped=1 (services)
        before: (refused)
        after: served
        """);

    [Fact]
    public void Changed_attributes_hold_for_the_next_connection() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            string Text(string nice, string word) =>
                Stanza.Stream("world", port, "server = " + scene.Probe, "server_args = world " + word, "nice = " + nice, "env = WORD=" + word);
            scene.Start(Text("1", "before"));
            scene.AskWorld("before", port, "nice", "argv");
            scene.Daemon.Reload(Text("2", "after"));
            World world = scene.AskWorld("after", port, "nice", "argv");
            scene.Note("after env", world.Env("WORD") ?? "(unset)");
        },
        """
        before nice: 1
        before argv: 0 probe
        before argv: 1 world
        before argv: 2 before
        after nice: 2
        after argv: 0 probe
        after argv: 1 world
        after argv: 2 after
        after env: after
        """);

    [Fact]
    public void A_lower_rate_counts_from_the_reload_on() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Daytime("one", port, "cps = 50 30"));
            for (int i = 0; i < 5; i++)
            {
                Peer.Ask(port);
            }

            scene.Daemon.Reload(Daytime("one", port, "cps = 2 30"));
            scene.Note("one", Peer.Ask(port).Length > 10 ? "served" : "turned away");
        },
        "one: served");

    [Fact]
    public void A_service_whose_log_cannot_be_opened_any_more_is_kept() => Comparison.Differs(
        "D-058: the original drops it, and says so with bytes that are no name",
        scene =>
        {
            int port = scene.NewPort(), other = scene.NewPort();
            string log = scene.Stage.Scratch.Write("logs/one.log", "");
            string text = Daytime("one", port, $"log_type = FILE {log}") + Daytime("other", other);
            scene.Start(text);
            Directory.Delete(Path.GetDirectoryName(log)!, recursive: true);
            scene.Daemon.Reload(text);
            scene.Note("one", Serves(port));
            scene.Note("other", Serves(other));
        },
        """
        one: (refused)
        other: served
        """,
        """
        one: served
        other: served
        """);

    [Fact]
    public void Servers_of_a_kept_service_run_on_and_still_count() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            string text = Stanza.Stream(
                "hold", port, "server = " + scene.Probe, "server_args = hold", "instances = 1", scene.LogToFile, Usual, "log_on_failure = HOST");
            scene.Start(text);
            using Peer peer = Peer.Connect(port);
            peer.ReadLine();
            scene.Daemon.Reload(text);
            scene.Ask("second", port);
            scene.Note("first", peer.IsOpen(TimeSpan.FromMilliseconds(200)) ? "runs on" : "ended");
            peer.HalfClose();
            scene.NoteServiceLog("EXIT");
        },
        """
        second: (closed)
        first: runs on
        log: START: hold pid=<A> from=127.0.0.1
        log: FAIL: hold service_limit from=127.0.0.1
        log: EXIT: hold status=0 pid=<A> duration=<short>(sec)
        """);

    [Fact]
    public void A_lowered_limit_holds_after_a_reload() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            string Text(int instances) => Stanza.Stream(
                "hold", port, "server = " + scene.Probe, "server_args = hold", $"instances = {instances}", scene.LogToFile, "log_on_failure = HOST");
            scene.Start(Text(5));
            using Peer first = Peer.Connect(port);
            first.ReadLine();
            scene.Daemon.Reload(Text(1));
            scene.Ask("second", port);
            scene.NoteServiceLog("FAIL");
        },
        """
        second: (closed)
        log: FAIL: hold service_limit from=127.0.0.1
        """);

    [Fact]
    public void Servers_of_a_dropped_service_are_ended() => Comparison.Differs(
        "ours asks with SIGTERM before it kills",
        scene =>
        {
            int port = scene.NewPort(), other = scene.NewPort();
            string rest = Daytime("other", other);
            scene.Start(Stanza.Stream("hold", port, "server = " + scene.Probe, "server_args = hold", scene.LogToFile, Usual) + rest);
            using Peer peer = Peer.Connect(port);
            peer.ReadLine();
            scene.Daemon.Reload(rest);
            scene.Note("connection", peer.ReadToEnd());
            scene.NoteServiceLog("EXIT");
            NoteReload(scene);
        },
        """
        connection: (closed)
        log: START: hold pid=<A> from=127.0.0.1
        log: EXIT: hold status=0 pid=<A> duration=<short>(sec)
        daemon: NOTICE: Starting reconfiguration
        daemon: NOTICE: Swapping defaults
        daemon: NOTICE: service hold deactivated
        daemon: NOTICE: readjusting service other
        daemon: NOTICE: Reconfigured: new=0 old=1 dropped=1 (services)
        """,
        """
        connection: (closed)
        log: START: hold pid=<A> from=127.0.0.1
        log: EXIT: hold signal=15 pid=<A> duration=<short>(sec)
        daemon: NOTICE: Starting reconfiguration
        daemon: NOTICE: Swapping defaults
        daemon: NOTICE: service hold deactivated
        daemon: NOTICE: readjusting service other
        daemon: NOTICE: Reconfigured: new=0 old=1 dropped=1 (services)
        """);

    [Fact]
    public void A_server_that_ignores_sigterm_is_killed() => Comparison.Differs(
        "the original kills before it asks, and then does not know how the server ended",
        scene =>
        {
            int port = scene.NewPort(), other = scene.NewPort();
            string rest = Daytime("other", other);
            scene.Start(Stanza.Stream("hold", port, "server = " + scene.Probe, "server_args = stubborn", scene.LogToFile, "log_on_success = EXIT HOST") + rest);
            using Peer peer = Peer.Connect(port);
            peer.ReadLine();
            scene.Daemon.Reload(rest);
            scene.Note("connection", peer.ReadToEnd());
            scene.NoteServiceLog("EXIT");
        },
        """
        connection: (closed)
        log: START: hold from=127.0.0.1
        log: EXIT: hold status=0
        """,
        """
        connection: (closed)
        log: START: hold from=127.0.0.1
        log: EXIT: hold signal=9
        """);

    [Fact]
    public void A_changed_bind_address_moves_the_listener() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Daytime("one", port));
            scene.Daemon.Reload(Daytime("one", port, "bind = 127.0.0.2"));
            scene.Note("127.0.0.1", Peer.CanConnect(port) ? "served" : "(refused)");
            scene.Note("127.0.0.2", Peer.CanConnect(port, "127.0.0.2") ? "served" : "(refused)");
            NoteReload(scene);
        },
        """
        127.0.0.1: (refused)
        127.0.0.2: served
        daemon: NOTICE: Starting reconfiguration
        daemon: NOTICE: Swapping defaults
        daemon: NOTICE: readjusting service one
        daemon: NOTICE: Reconfigured: new=0 old=1 dropped=0 (services)
        """);

    [Fact]
    public void Sigusr2_reloads_too() => Comparison.Same(
        scene =>
        {
            int one = scene.NewPort(), two = scene.NewPort();
            scene.Start(Daytime("one", one));
            scene.Stage.Scratch.Write("xinetd.conf", Daytime("one", one) + Daytime("two", two));
            scene.Daemon.Signal(Signal.User2);
            scene.Daemon.WaitForLog("Reconfigured");
            NoteReload(scene);
            scene.Note("two", Serves(two));
        },
        """
        daemon: NOTICE: Starting reconfiguration
        daemon: NOTICE: Swapping defaults
        daemon: NOTICE: readjusting service one
        daemon: NOTICE: Reconfigured: new=1 old=1 dropped=0 (services)
        two: served
        """);

    [Fact]
    public void A_service_that_becomes_wrong_keeps_running() => Comparison.Differs(
        "the original drops a service whose new definition is broken; ours keeps the running one and says so",
        scene =>
        {
            int port = scene.NewPort(), other = scene.NewPort();
            scene.Start(Daytime("one", port) + Daytime("other", other));
            scene.Daemon.Reload(Daytime("one", port, "instances = many") + Daytime("other", other));
            scene.Note("one", Serves(port));
            scene.Note("other", Serves(other));
        },
        """
        one: (refused)
        other: served
        """,
        """
        one: served
        other: served
        """);

    [Fact]
    public void A_wrong_value_in_defaults_changes_nothing_that_runs() => Comparison.Differs(
        "the original ends itself on such a reload",
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Daytime("one", port));
            scene.Stage.Scratch.Write("xinetd.conf", Stanza.Defaults("instances = many") + Daytime("one", port));
            scene.Daemon.Signal(Signal.Hangup);
            Wait.Until(() => scene.Daemon.CountLog("many") > 0, scene.Daemon.Describe);
            bool ends = scene.Stage.Subject == Subject.Original;
            scene.Note("daemon", Wait.For(() => !scene.Daemon.IsRunning, ends ? Wait.Bound : TimeSpan.FromMilliseconds(500)) ? "ended" : "runs");
            scene.Note("one", Serves(port));
        },
        """
        daemon: ended
        one: (refused)
        """,
        """
        daemon: runs
        one: served
        """);

    [Fact]
    public void A_configuration_that_has_gone_changes_nothing_that_runs() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Daytime("one", port));
            System.IO.File.Delete(scene.Daemon.ConfigurationPath);
            scene.Daemon.Signal(Signal.Hangup);
            Wait.Until(() => !scene.Daemon.IsRunning || scene.Daemon.CountLog(scene.Daemon.ConfigurationPath) > 0, scene.Daemon.Describe);
            scene.Note("daemon", Wait.For(() => !scene.Daemon.IsRunning, TimeSpan.FromMilliseconds(500)) ? "ended" : "runs");
            scene.Note("one", Serves(port));
        },
        """
        daemon: runs
        one: served
        """);

    // The original's manual says that such servers are ended; the program lets them run.
    [Theory]
    [InlineData("no_access = 127.0.0.1")]
    [InlineData("only_from = 127.0.0.2")]
    [InlineData("instances = 1")]
    [InlineData("per_source = 1")]
    public void Servers_that_run_are_not_judged_again(string line) => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            string[] hold = ["server = " + scene.Probe, "server_args = hold"];
            scene.StartLogged(Stanza.Stream("hold", port, hold));
            using Peer first = Peer.Connect(port), second = Peer.Connect(port);
            first.ReadLine();
            second.ReadLine();
            scene.Daemon.Reload(Stanza.Stream("hold", port, [.. hold, line]));
            bool both = first.IsOpen(TimeSpan.FromMilliseconds(500)) && second.IsOpen(TimeSpan.FromMilliseconds(100));
            scene.Note("after the reload", both ? "both run on" : "ended");
            scene.Ask("the next", port);
        },
        """
        after the reload: both run on
        the next: (closed)
        """);

    /// <summary>A bug of older versions of the original: the service was lost.</summary>
    [Fact]
    public void A_reload_while_cps_has_a_service_down_does_not_lose_it() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            string text = Daytime("one", port, "cps = 1 2");
            scene.Start(text);
            Scene.Press(port, 4);
            scene.Daemon.WaitForLog("Deactivating");
            scene.Daemon.Reload(text);
            scene.Note("in the end", Wait.For(() => ProcFs.IsListening(port), Wait.Bound) ? "serves again" : "lost");
        },
        """
        in the end: serves again
        """);

    private static string Daytime(string id, int port, params string[] lines) =>
        Stanza.BuiltIn("daytime", port, "stream", ["id = " + id, .. lines]);

    private static string Serves(int port) => Peer.CanConnect(port) ? "served" : "(refused)";

    private static void NoteReload(Scene scene) => scene.NoteAll(
        "daemon",
        scene.Daemon.Log
            .SkipWhile(line => !line.Contains("Starting reconfiguration"))

            // How often the original signals a server, and whether it still knows it afterwards, is chance.
            .Where(line => !line.Contains("Sending signal") && !line.Contains("unknown child"))

            // What ours adds, D-050.
            .Where(line => !line.Contains("INFO: exposure: "))
            .Select(line => Regex.Replace(line, @"\[file=.*", "[place]")));
}
