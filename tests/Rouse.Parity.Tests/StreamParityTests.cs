using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>Servers woken by connections: what the client gets and what is logged of it.</summary>
public sealed class StreamParityTests
{
    [Fact]
    public void A_servers_exit_status_is_logged() => Comparison.Same(
        scene =>
        {
            int zero = scene.NewPort(), three = scene.NewPort();
            scene.StartLogged(
                Stanza.Stream("zero", zero, "server = " + scene.Probe, "server_args = exit 0")
                + Stanza.Stream("three", three, "server = " + scene.Probe, "server_args = exit 3"));
            scene.Ask("zero", zero);
            scene.NoteServiceLog("EXIT");
            scene.Ask("three", three);
            scene.NoteServiceLog("EXIT", 2);
        },
        """
        zero: (closed)
        log: START: zero pid=<A> from=127.0.0.1
        log: EXIT: zero status=0 pid=<A> duration=<short>(sec)
        three: (closed)
        log: START: zero pid=<A> from=127.0.0.1
        log: EXIT: zero status=0 pid=<A> duration=<short>(sec)
        log: START: three pid=<B> from=127.0.0.1
        log: EXIT: three status=3 pid=<B> duration=<short>(sec)
        """);

    [Fact]
    public void A_servers_end_by_signal_is_logged() => Comparison.Same(
        scene =>
        {
            int kill = scene.NewPort(), segv = scene.NewPort();
            scene.StartLogged(
                Stanza.Stream("kill", kill, "server = " + scene.Probe, "server_args = die 9")
                + Stanza.Stream("segv", segv, "server = " + scene.Probe, "server_args = die 11"));
            scene.Ask("kill", kill);
            scene.Stage.WaitForServiceLog("EXIT");
            scene.Ask("segv", segv);
            scene.NoteServiceLog("EXIT", 2);
        },
        """
        kill: (closed)
        segv: (closed)
        log: START: kill pid=<A> from=127.0.0.1
        log: EXIT: kill signal=9 pid=<A> duration=<short>(sec)
        log: START: segv pid=<B> from=127.0.0.1
        log: EXIT: segv signal=11 pid=<B> duration=<short>(sec)
        """);

    // With nothing asked for there is no START line; with anything at all there is one, even if it has no field to show.
    [Theory]
    [InlineData("HOST", "START: subject from=127.0.0.1")]
    [InlineData("PID", "START: subject pid=<A>")]
    [InlineData("EXIT", "START: subject", "EXIT: subject status=1")]
    [InlineData("DURATION", "START: subject", "EXIT: subject duration=<short>(sec)")]
    [InlineData("EXIT PID", "START: subject pid=<A>", "EXIT: subject status=1 pid=<A>")]
    [InlineData("HOST DURATION", "START: subject from=127.0.0.1", "EXIT: subject duration=<short>(sec)")]
    [InlineData(
        "DURATION EXIT HOST PID",
        "START: subject pid=<A> from=127.0.0.1", "EXIT: subject status=1 pid=<A> duration=<short>(sec)")]
    [InlineData("")]
    public void Success_lines_have_the_fields_asked_for_in_the_originals_order(string fields, params string[] lines) => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(
                Stanza.Stream("subject", port, "server = " + scene.Probe, "server_args = exit 1", scene.LogToFile, "log_on_success = " + fields)
                + Marker(scene, out int marker));
            scene.Ask("answer", port);
            Peer.Ask(marker);
            scene.Stage.WaitForServiceLog("EXIT: marker");
            if (lines.Any(line => line.StartsWith("EXIT")))
            {
                // A server's connection is closed a moment before it has ended, so the marker may be reaped first.
                scene.Stage.WaitForServiceLog("EXIT: subject");
            }

            scene.NoteAll("log", scene.Stage.ServiceLog.Where(line => line.Contains("subject")));
        },
        string.Join('\n', lines.Select(line => "log: " + line).Prepend("answer: (closed)")));

    [Fact]
    public void Servers_of_a_nowait_service_run_side_by_side() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("hold", port, "server = " + scene.Probe, "server_args = hold"));
            using (Peer first = Peer.Connect(port))
            using (Peer second = Peer.Connect(port))
            {
                scene.Note("first", first.ReadLine());
                scene.Note("second", second.ReadLine());
                second.HalfClose();
                scene.Note("second's end", second.ReadToEnd());
                scene.Stage.WaitForServiceLog("EXIT");
                first.HalfClose();
                scene.Note("first's end", first.ReadToEnd());
            }

            scene.NoteServiceLog("EXIT", 2);
        },
        """
        first: held <A>
        second: held <B>
        second's end: (closed)
        first's end: (closed)
        log: START: hold pid=<A> from=127.0.0.1
        log: START: hold pid=<B> from=127.0.0.1
        log: EXIT: hold status=0 pid=<B> duration=<short>(sec)
        log: EXIT: hold status=0 pid=<A> duration=<short>(sec)
        """);

    [Fact]
    public void A_wait_service_gives_its_listening_socket_to_one_server_at_a_time() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("once", port, "wait = yes", "server = " + scene.Probe, "server_args = once"));
            for (int i = 0; i < 2; i++)
            {
                using Peer peer = Peer.Connect(port);
                string report = peer.ReadToEnd();
                World world = World.Parse(report[(report.IndexOf('\n') + 1)..]);
                scene.Note("accepted from", report.Split(' ')[1]);
                scene.Note("descriptors", world.Descriptors);
                scene.Note("listening", world["listening"]);
                scene.Note("REMOTE_HOST", world.Env("REMOTE_HOST") ?? "(unset)");
                scene.Stage.WaitForServiceLog("EXIT", i + 1);
            }

            scene.NoteServiceLog("EXIT", 2);
        },
        """
        accepted from: 127.0.0.1
        descriptors: 0 1 2 3
        listening: 1
        REMOTE_HOST: <no address>
        accepted from: 127.0.0.1
        descriptors: 0 1 2 3
        listening: 1
        REMOTE_HOST: <no address>
        log: START: once pid=<A> from=<no address>
        log: EXIT: once status=0 pid=<A> duration=<short>(sec)
        log: START: once pid=<B> from=<no address>
        log: EXIT: once status=0 pid=<B> duration=<short>(sec)
        """);

    [Fact]
    public void A_dual_stack_socket_shows_mapped_addresses() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("world", port, "bind = ::", "server = " + scene.Probe, "server_args = world"));
            World four = World.Parse(Peer.Ask(port));
            scene.Note("IPv4 REMOTE_HOST", four.Env("REMOTE_HOST") ?? "(unset)");
            scene.Stage.WaitForServiceLog("EXIT");
            World six = World.Parse(Peer.Ask(port, to: "::1"));
            scene.Note("IPv6 REMOTE_HOST", six.Env("REMOTE_HOST") ?? "(unset)");
            scene.NoteServiceLog("EXIT", 2);
        },
        """
        IPv4 REMOTE_HOST: ::ffff:127.0.0.1
        IPv6 REMOTE_HOST: ::1
        log: START: world pid=<A> from=::ffff:127.0.0.1
        log: EXIT: world status=0 pid=<A> duration=<short>(sec)
        log: START: world pid=<B> from=::1
        log: EXIT: world status=0 pid=<B> duration=<short>(sec)
        """);

    [Fact]
    public void A_service_without_bind_listens_on_both_families() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            string stanza = Stanza.Stream("daytime", port, "type = INTERNAL UNLISTED").Replace("    bind = 127.0.0.1\n", "");
            scene.StartLogged(stanza);
            scene.Note("IPv4", Peer.CanConnect(port) ? "served" : "(refused)");
            scene.Note("IPv6", Peer.CanConnect(port, "::1") ? "served" : "(refused)");
            scene.NoteServiceLog("START", 2);
        },
        """
        IPv4: served
        IPv6: served
        log: START: daytime pid=0 from=::ffff:127.0.0.1
        log: START: daytime pid=0 from=::1
        """);

    [Fact]
    public void A_server_that_cannot_be_executed_closes_the_connection_and_is_logged() => Comparison.Differs(
        "D-022: status 0 would say that it had run",
        scene =>
        {
            int port = scene.NewPort();
            string script = scene.Stage.Scratch.CopyOfProbe("vanishing");
            scene.StartLogged(Stanza.Stream("vanishing", port, "server = " + script));
            System.IO.File.Delete(script);
            scene.Ask("answer", port);
            scene.NoteServiceLog("EXIT");
            scene.NoteDaemonLog("execv", "execv");
        },
        """
        answer: (closed)
        log: START: vanishing pid=<A> from=127.0.0.1
        log: EXIT: vanishing status=0 pid=<A> duration=<short>(sec)
        daemon: ERROR: execv( <dir>/vanishing ) failed: No such file or directory (errno = 2)
        """,
        """
        answer: (closed)
        log: START: vanishing pid=<A> from=127.0.0.1
        log: EXIT: vanishing status=127 pid=<A> duration=<short>(sec)
        daemon: ERROR: execv( <dir>/vanishing ) failed: No such file or directory (errno = 2)
        """);

    // Its EXIT line says that all lines of an earlier service have been written.
    private static string Marker(Scene scene, out int port)
    {
        port = scene.NewPort();
        return Stanza.Stream("marker", port, "server = " + scene.Probe, "server_args = exit 0", scene.LogToFile, "log_on_success = EXIT");
    }
}
