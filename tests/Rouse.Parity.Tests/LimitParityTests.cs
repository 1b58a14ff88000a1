using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>How many may come in: instances, per_source, cps, max_load, -limit.</summary>
public sealed class LimitParityTests
{
    [Fact]
    public void Instances_counts_only_servers_that_live() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("hold", port, "instances = 2", "server = " + scene.Probe, "server_args = hold"));
            using Peer first = Peer.Connect(port), second = Peer.Connect(port);
            first.ReadLine();
            second.ReadLine();
            scene.Ask("third", port);
            scene.Stage.WaitForServiceLog("FAIL");
            first.HalfClose();
            scene.Stage.WaitForServiceLog("EXIT");
            using Peer fourth = Peer.Connect(port);
            scene.Note("fourth", fourth.ReadLine()[..5]);
            scene.NoteServiceLog("START", 3);
        },
        """
        third: (closed)
        fourth: held
        log: START: hold pid=<A> from=127.0.0.1
        log: START: hold pid=<B> from=127.0.0.1
        log: FAIL: hold service_limit from=127.0.0.1
        log: EXIT: hold status=0 pid=<A> duration=<short>(sec)
        log: START: hold pid=<C> from=127.0.0.1
        """);

    [Fact]
    public void Per_source_counts_each_address_by_itself() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("hold", port, "per_source = 1", "server = " + scene.Probe, "server_args = hold"));
            using Peer first = Peer.Connect(port);
            first.ReadLine();
            scene.Ask("same source", port);
            scene.Stage.WaitForServiceLog("FAIL");
            using Peer other = Peer.Connect(port, from: "127.0.0.2");
            scene.Note("other source", other.ReadLine()[..5]);
            scene.Stage.WaitForServiceLog("START", 2);
            first.HalfClose();
            scene.Stage.WaitForServiceLog("EXIT");
            using Peer again = Peer.Connect(port);
            scene.Note("same source later", again.ReadLine()[..5]);
            scene.NoteServiceLog("START", 3);
        },
        """
        same source: (closed)
        other source: held
        same source later: held
        log: START: hold pid=<A> from=127.0.0.1
        log: FAIL: hold per_source_limit from=127.0.0.1
        log: START: hold pid=<B> from=127.0.0.2
        log: EXIT: hold status=0 pid=<A> duration=<short>(sec)
        log: START: hold pid=<C> from=127.0.0.1
        """);

    [Fact]
    public void Limits_of_the_defaults_hold_for_a_service_without_its_own() => Comparison.Same(
        scene =>
        {
            int inherits = scene.NewPort(), own = scene.NewPort();
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "instances = 1", "log_on_failure = HOST")
                + Stanza.Stream("inherits", inherits, "server = " + scene.Probe, "server_args = hold")
                + Stanza.Stream("own", own, "instances = UNLIMITED", "server = " + scene.Probe, "server_args = hold"));
            using Peer first = Peer.Connect(inherits), second = Peer.Connect(own), third = Peer.Connect(own);
            scene.Note("first", first.ReadLine()[..5]);
            scene.Ask("over", inherits);
            scene.Note("own", second.ReadLine()[..5]);
            scene.Note("own", third.ReadLine()[..5]);
            scene.NoteServiceLog("FAIL");
        },
        """
        first: held
        over: (closed)
        own: held
        own: held
        log: FAIL: inherits service_limit from=127.0.0.1
        """);

    [Fact]
    public void Instances_of_zero_refuses_everybody() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("none", port, "instances = 0", "server = " + scene.Probe, "server_args = hold"));
            scene.Ask("answer", port);
            scene.NoteServiceLog("FAIL");
        },
        """
        answer: (closed)
        log: FAIL: none service_limit from=127.0.0.1
        """);

    [Fact]
    public void Cps_takes_the_service_down_and_brings_it_back() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream", "cps = 2 5"));
            foreach ((int i, string answer) in Scene.Press(port, 3).Index())
            {
                scene.Note($"connection {i + 1}", answer.EndsWith("UTC\r\n") ? "served" : answer);
            }

            scene.Daemon.WaitForLog("Deactivating");
            Wait.Until(() => !ProcFs.IsListening(port), () => "the closed listener");
            scene.Ask("meanwhile", port);
            scene.Daemon.WaitForLog("Activating");
            string later = Peer.Ask(port);
            scene.Note("later", later.EndsWith("UTC\r\n") ? "served" : later);
            scene.NoteServiceLog("START", 3);
            scene.NoteDaemonLog("Deactivating", "Activating");
        },
        """
        connection 1: served
        connection 2: served
        connection 3: (closed)
        meanwhile: (refused)
        later: served
        log: START: daytime-stream pid=0 from=127.0.0.1
        log: START: daytime-stream pid=0 from=127.0.0.1
        log: FAIL: daytime-stream connections per second from=127.0.0.1
        log: START: daytime-stream pid=0 from=127.0.0.1
        daemon: ERROR: Deactivating service daytime due to excessive incoming connections.  Restarting in 5 seconds.
        daemon: ERROR: Activating service daytime
        """);

    [Fact]
    public void Cps_of_zero_is_no_limit() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream", "cps = 0 0"));
            int served = 0;
            for (int i = 0; i < 120; i++)
            {
                served += Peer.Ask(port).EndsWith("UTC\r\n") ? 1 : 0;
            }

            scene.Note("served", served.ToString());
        },
        """
        served: 120
        """);

    [Fact]
    public void The_usual_cps_is_fifty_for_ten_seconds() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream"));
            scene.Note("served", Scene.Press(port, 60).Count(answer => answer.EndsWith("UTC\r\n")).ToString());
            scene.NoteDaemonLog("Deactivating", "Deactivating");
        },
        """
        served: 50
        daemon: ERROR: Deactivating service daytime due to excessive incoming connections.  Restarting in 10 seconds.
        """);

    [Fact]
    public void A_load_over_max_load_refuses() => Comparison.Same(
        scene =>
        {
            int low = scene.NewPort(), high = scene.NewPort();
            scene.StartLogged(
                Stanza.BuiltIn("daytime", low, "stream", "id = low", "max_load = 0.001")
                + Stanza.BuiltIn("daytime", high, "stream", "id = high", "max_load = 1000.0"));

            // The load is what it is: the case says what it means.
            double load = double.Parse(System.IO.File.ReadAllText("/proc/loadavg").Split(' ')[0]);
            bool loaded = load >= 0.01;
            string answer = Peer.Ask(low);
            scene.Note("low", loaded == (answer == "(closed)") ? "as the load demands" : $"{answer} with a load of {load}");
            scene.Note("high", Peer.Ask(high).EndsWith("UTC\r\n") ? "served" : "refused");
            scene.Stage.WaitForServiceLog("high");
            scene.Note("logged", !loaded || scene.CountOf("low load from=127.0.0.1") == "FAIL 1" ? "yes" : scene.CountOf("low"));
        },
        """
        low: as the load demands
        high: served
        logged: yes
        """);

    [Fact]
    public void The_process_limit_counts_the_servers_of_all_services() => Comparison.Same(
        scene =>
        {
            int one = scene.NewPort(), two = scene.NewPort();
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = PID HOST", "log_on_failure = HOST")
                + Stanza.Stream("one", one, "server = " + scene.Probe, "server_args = hold")
                + Stanza.Stream("two", two, "server = " + scene.Probe, "server_args = hold"),
                "-limit", "1");
            using Peer first = Peer.Connect(one);
            scene.Note("first", first.ReadLine()[..5]);
            scene.Ask("second", two);
            scene.NoteServiceLog("FAIL");
        },
        """
        first: held
        second: (closed)
        log: START: one pid=<A> from=127.0.0.1
        log: FAIL: two process_limit from=127.0.0.1
        """);

    [Fact]
    public void A_refusal_by_a_limit_comes_before_the_one_by_address() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(
                Stanza.Stream("hold", port, "instances = 1", "only_from = 127.0.0.2", "server = " + scene.Probe, "server_args = hold"));
            using Peer first = Peer.Connect(port, from: "127.0.0.2");
            first.ReadLine();
            scene.Ask("stranger", port);
            scene.NoteServiceLog("FAIL");
        },
        """
        stranger: (closed)
        log: START: hold pid=<A> from=127.0.0.2
        log: FAIL: hold service_limit from=127.0.0.1
        """);
}
