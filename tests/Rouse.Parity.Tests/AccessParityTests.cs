using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>Who may come in: only_from, no_access, access_times, and what they inherit.</summary>
public sealed class AccessParityTests
{
    [Theory]
    [InlineData("only_from = 127.0.0.1", "(closed)")]
    [InlineData("only_from =", "(closed)")]
    [InlineData("no_access = 127.0.0.1", "served")]
    public void Where_the_server_accepts_itself_nobody_is_in_a_list(string line, string outcome) => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Stanza.Stream("waits", port, "server = " + scene.Probe, "server_args = accept", line).Replace("wait = no", "wait = yes"));
            scene.Note("it", Peer.Ask(port).Contains("argv") ? "served" : "(closed)");
        },
        $"it: {outcome}\n");

    private static readonly string[] Sources = ["127.0.0.1", "127.0.0.2", "127.0.1.1", "127.1.2.3", "127.200.0.9"];

    [Fact]
    public void A_peer_outside_only_from_is_refused() => Comparison.Differs(
        "ours judges before it makes a process: no START and EXIT of a refused peer",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Stream("world", port, "server = " + scene.Probe, "server_args = exit 0", "only_from = 127.0.0.2"));
            scene.Ask("stranger", port);
            scene.Stage.WaitForServiceLog("FAIL");
            scene.Ask("friend", port, from: "127.0.0.2");
            scene.NoteServiceLogSorted("EXIT", scene.Stage.Subject == Subject.Original ? 2 : 1);
        },
        """
        stranger: (closed)
        friend: (closed)
        log: EXIT: world status=0 pid=<A> duration=<short>(sec)
        log: EXIT: world status=0 pid=<B> duration=<short>(sec)
        log: FAIL: world address from=127.0.0.1
        log: START: world pid=<A> from=127.0.0.1
        log: START: world pid=<B> from=127.0.0.2
        """,
        """
        stranger: (closed)
        friend: (closed)
        log: EXIT: world status=0 pid=<A> duration=<short>(sec)
        log: FAIL: world address from=127.0.0.1
        log: START: world pid=<A> from=127.0.0.2
        """);

    [Fact]
    public void A_refused_peer_of_a_built_in_that_needs_no_process_has_one_line() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream", "no_access = 127.0.0.1"));
            scene.Ask("stranger", port);
            scene.NoteServiceLog("FAIL");
        },
        """
        stranger: (closed)
        log: FAIL: daytime-stream address from=127.0.0.1
        """);

    [Fact]
    public void Failures_are_logged_only_as_far_as_asked_for() => Comparison.Same(
        scene =>
        {
            int nothing = scene.NewPort(), attempt = scene.NewPort(), host = scene.NewPort();
            scene.Start(
                Stanza.BuiltIn("daytime", nothing, "stream", "id = nothing", scene.LogToFile, "log_on_failure =", "no_access = 127.0.0.1")
                + Stanza.BuiltIn("daytime", attempt, "stream", "id = attempt", scene.LogToFile, "log_on_failure = ATTEMPT", "no_access = 127.0.0.1")
                + Stanza.BuiltIn("daytime", host, "stream", "id = host", scene.LogToFile, "log_on_failure = HOST", "no_access = 127.0.0.1"));
            scene.Ask("nothing", nothing);
            scene.Ask("attempt", attempt);
            scene.Ask("host", host);
            scene.NoteServiceLog("host");
        },
        """
        nothing: (closed)
        attempt: (closed)
        host: (closed)
        log: FAIL: attempt address
        log: FAIL: host address from=127.0.0.1
        """);

    [Fact]
    public void Numeric_addresses_with_trailing_zeros_are_networks() => Matrix(
        ["127.0.0.1", "127.0.0.0", "127.0.1.0", "127.1.0.0", "127.0.0.0/8", "0.0.0.0", "1.2.3.4"],
        """
        only_from = 127.0.0.1: 127.0.0.1
        only_from = 127.0.0.0: 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3 127.200.0.9
        only_from = 127.0.1.0: 127.0.1.1
        only_from = 127.1.0.0: 127.1.2.3
        only_from = 127.0.0.0/8: 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3 127.200.0.9
        only_from = 0.0.0.0: 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3 127.200.0.9
        only_from = 1.2.3.4: nobody
        """);

    [Fact]
    public void Address_and_bits_ignore_host_bits() => Matrix(
        ["127.0.0.1/32", "127.0.0.2/31", "127.0.0.77/24", "127.1.255.255/16", "127.128.0.0/9", "0.0.0.0/0", "1.0.0.0/8"],
        """
        only_from = 127.0.0.1/32: 127.0.0.1
        only_from = 127.0.0.2/31: 127.0.0.2
        only_from = 127.0.0.77/24: 127.0.0.1 127.0.0.2
        only_from = 127.1.255.255/16: 127.1.2.3
        only_from = 127.128.0.0/9: 127.200.0.9
        only_from = 0.0.0.0/0: 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3 127.200.0.9
        only_from = 1.0.0.0/8: nobody
        """);

    [Fact]
    public void Factorised_addresses_expand_their_last_part() => Matrix(
        ["127.0.0.{1,2}", "127.0.{1,2}", "127.{0,200}", "127.0.0.{2}"],
        """
        only_from = 127.0.0.{1,2}: 127.0.0.1 127.0.0.2
        only_from = 127.0.{1,2}: 127.0.1.1
        only_from = 127.{0,200}: 127.0.0.1 127.0.0.2 127.0.1.1 127.200.0.9
        only_from = 127.0.0.{2}: 127.0.0.2
        """);

    [Fact]
    public void Names_are_compared_with_the_peers_name() => Matrix(
        ["localhost", "LOCALHOST", ".localhost", "localhost.example"],
        """
        only_from = localhost: 127.0.0.1
        only_from = LOCALHOST: 127.0.0.1
        only_from = .localhost: nobody
        only_from = localhost.example: nobody
        """);

    [Fact]
    public void No_access_forbids_what_it_matches() => Matrix(
        ["127.0.0.1", "127.0.0.0/24", "127.1.0.0", "127.0.0.{1,2}", ""],
        """
        no_access = 127.0.0.1: 127.0.0.2 127.0.1.1 127.1.2.3 127.200.0.9
        no_access = 127.0.0.0/24: 127.0.1.1 127.1.2.3 127.200.0.9
        no_access = 127.1.0.0: 127.0.0.1 127.0.0.2 127.0.1.1 127.200.0.9
        no_access = 127.0.0.{1,2}: 127.0.1.1 127.1.2.3 127.200.0.9
        no_access =: 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3 127.200.0.9
        """,
        "no_access");

    [Fact]
    public void A_network_of_etc_networks_is_that_network() => Comparison.Differs(
        "D-061: the original takes the name and then fits nobody with it",
        scene =>
        {
            AsRoot.Needed();
            string networks = scene.Stage.Scratch.Write("networks", "ours 127.1.0.0\n");
            int port = scene.NewPort();
            scene.Stage.Start(
                Daytime("s", port, "only_from = ours"),
                wrapper: ["unshare", "-m", "--propagation", "private", "sh", "-c", $"mount --bind {networks} /etc/networks && exec \"$@\"", "sh"]);
            NoteSources(scene, "only_from = ours", port);
        },
        "only_from = ours: nobody",
        "only_from = ours: 127.1.2.3");

    [Fact]
    public void Only_from_without_values_lets_nobody_in() => Matrix(
        [""],
        """
        only_from =: nobody
        """);

    [Fact]
    public void The_closer_of_two_matching_lists_decides() => Comparison.Differs(
        "ours follows the manual: the more specific match decides; the original refuses whenever both match",
        scene =>
        {
            (int Port, string Lists)[] services =
            [
                (scene.NewPort(), "only_from = 127.0.0.1; no_access = 127.0.0.0/8"),
                (scene.NewPort(), "only_from = 127.0.0.0/8; no_access = 127.0.0.1"),
                (scene.NewPort(), "only_from = 127.0.0.0/24; no_access = 0.0.0.0/0"),
            ];
            scene.StartLogged(string.Concat(services.Select((service, i) => Daytime($"s{i}", service.Port, service.Lists.Split("; ")))));
            foreach ((int port, string lists) in services)
            {
                scene.Note(lists, Served(port, "127.0.0.1"));
            }
        },
        """
        only_from = 127.0.0.1; no_access = 127.0.0.0/8: refused
        only_from = 127.0.0.0/8; no_access = 127.0.0.1: refused
        only_from = 127.0.0.0/24; no_access = 0.0.0.0/0: refused
        """,
        """
        only_from = 127.0.0.1; no_access = 127.0.0.0/8: served
        only_from = 127.0.0.0/8; no_access = 127.0.0.1: refused
        only_from = 127.0.0.0/24; no_access = 0.0.0.0/0: served
        """);

    [Fact]
    public void Lists_that_match_equally_refuse_and_say_so() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Daytime("both", port, "only_from = 127.0.0.0/8", "no_access = 127.0.0.0/8"));
            scene.Ask("answer", port);
            scene.NoteServiceLog("FAIL");
            scene.NoteDaemonLog("match equally", "match equally");
        },
        """
        answer: (closed)
        log: FAIL: both address from=127.0.0.1
        daemon: ERROR: Service=both: only_from list and no_access list match equally the address 127.0.0.1
        """);

    [Fact]
    public void Lists_of_the_defaults_are_inherited_replaced_and_changed() => Comparison.Same(
        scene =>
        {
            (string Name, int Port, string[] Lines)[] services =
            [
                ("inherits", scene.NewPort(), []),
                ("replaces", scene.NewPort(), ["only_from = 127.0.0.2"]),
                ("adds", scene.NewPort(), ["only_from += 127.0.0.2"]),
                ("removes", scene.NewPort(), ["only_from -= 127.0.0.1"]),
                ("twice", scene.NewPort(), ["only_from += 127.0.0.2", "only_from += 127.0.1.1"]),
            ];
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "only_from = 127.0.0.1 127.1.2.3")
                + string.Concat(services.Select(service => Daytime(service.Name, service.Port, service.Lines))));
            foreach ((string name, int port, _) in services)
            {
                NoteSources(scene, name, port);
            }
        },
        """
        inherits: 127.0.0.1 127.1.2.3
        replaces: 127.0.0.2
        adds: 127.0.0.1 127.0.0.2 127.1.2.3
        removes: 127.1.2.3
        twice: 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3
        """);

    [Fact]
    public void Defaults_read_after_a_service_do_not_reach_its_lists() => Comparison.Same(
        scene =>
        {
            int before = scene.NewPort(), after = scene.NewPort();
            scene.Start(
                Daytime("before", before)
                + Stanza.Defaults(scene.LogToFile, "only_from = 127.0.0.2")
                + Daytime("after", after));
            NoteSources(scene, "before", before);
            NoteSources(scene, "after", after);
        },
        """
        before: 127.0.0.1 127.0.0.2 127.0.1.1 127.1.2.3 127.200.0.9
        after: 127.0.0.2
        """);

    [Fact]
    public void Access_times_are_inclusive_spans_of_local_time() => Comparison.Same(
        scene =>
        {
            // TZ is UTC in the daemon's environment. A span that starts more than an hour away is surely outside.
            DateTime now = DateTime.UtcNow;
            string inside = $"{now.AddHours(now.Hour == 0 ? 0 : -1):H:mm}-{now.AddHours(now.Hour == 23 ? 0 : 1):H:mm}";
            inside = now.Hour is 0 or 23 ? "0:00-23:59" : inside;
            string outside = now.Hour < 12 ? "20:00-23:59" : "0:00-4:00";
            int open = scene.NewPort(), shut = scene.NewPort(), either = scene.NewPort();
            scene.StartLogged(
                Daytime("open", open, "access_times = " + inside)
                + Daytime("shut", shut, "access_times = " + outside)
                + Daytime("either", either, $"access_times = {outside} {inside}"));
            scene.Note("open", Served(open, "127.0.0.1"));
            scene.Note("shut", Served(shut, "127.0.0.1"));
            scene.Note("either", Served(either, "127.0.0.1"));
            scene.NoteServiceLog("START", 2);
        },
        """
        open: served
        shut: refused
        either: served
        log: START: open pid=0 from=127.0.0.1
        log: FAIL: shut time from=127.0.0.1
        log: START: either pid=0 from=127.0.0.1
        """);

    private static void Matrix(string[] lists, string record, string attribute = "only_from") => Comparison.Same(
        scene =>
        {
            int[] ports = [.. lists.Select(_ => scene.NewPort())];
            scene.Start(string.Concat(lists.Select((list, i) => Daytime($"s{i}", ports[i], $"{attribute} = {list}".TrimEnd()))));
            for (int i = 0; i < lists.Length; i++)
            {
                NoteSources(scene, $"{attribute} = {lists[i]}".TrimEnd(), ports[i]);
            }
        },
        record);

    private static string Daytime(string id, int port, params string[] lines) =>
        Stanza.BuiltIn("daytime", port, "stream", ["id = " + id, .. lines]);

    private static void NoteSources(Scene scene, string label, int port)
    {
        IEnumerable<string> served = Sources.Where(source => Served(port, source) == "served");
        scene.Note(label, string.Join(' ', served.DefaultIfEmpty("nobody")));
    }

    private static string Served(int port, string source) => Peer.Ask(port, from: source) is string answer && answer.EndsWith("UTC\r\n") ? "served" : "refused";
}
