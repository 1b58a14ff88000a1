using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>Who is behind a connection (USERID, IDONLY, RFC 1413) and what hosts are called, with servers of the tests' own.</summary>
public sealed class IdentityParityTests
{
    private static readonly (string Label, Func<string, string> Reply)[] Replies =
    [
        ("spaced", ports => $"{ports.Replace(",", " , ")} : USERID : UNIX : joe\r\n"),
        ("tight", ports => $"{ports}:USERID:UNIX:joe\r\n"),
        ("wide", ports => $"  {ports.Replace(",", "  ,  ")}  :  USERID  :  OTHER  :  a b  c  \r\n"),
        ("colons", ports => $"{ports}:USERID:UNIX,US-ASCII : jo:e\r\n"),
        ("no user", ports => $"{ports}:USERID:UNIX\r\n"),
        ("two lines", ports => $"{ports}:USERID:UNIX:joe\r\nsecond\r\n"),
        ("error", ports => $"{ports}:ERROR:HIDDEN-USER\r\n"),
        ("lower case", ports => $"{ports}:userid:UNIX:joe\r\n"),
        ("other ports", _ => "1,2:USERID:UNIX:joe\r\n"),
        ("nonsense", _ => "hello\r\n"),
        ("empty line", _ => "\r\n"),
        ("nothing", _ => ""),
        ("no end", ports => $"{ports}:USERID:UNIX:joe"),
        ("line feed only", ports => $"{ports}:USERID:UNIX:joe\n"),
        ("too long", ports => $"{ports}:USERID:UNIX:{new string('x', 3000)}\r\n"),
    ];

    [Fact]
    public void Users_are_logged_and_IDONLY_turns_away_who_has_none() => Comparison.Same(
        scene =>
        {
            int asking = scene.NewPort(), only = scene.NewPort();
            using IdentServer ident = StartWithIdent(
                scene,
                Stanza.Stream("asking", asking, "server = " + scene.Probe, "server_args = exit 0")
                + Stanza.Stream("only", only, "flags = IDONLY", "server = " + scene.Probe, "server_args = exit 0"));
            int asked = 0;
            foreach ((string label, Func<string, string> reply) in Replies)
            {
                ident.Reply = reply;
                int before = scene.Stage.ServiceLog.Count;
                Ask(scene, asking);
                Ask(scene, only);
                asked++;
                scene.Stage.WaitForServiceLog("EXIT: asking", asked);
                Wait.Until(() => Lines(scene, before).Any(line => line.StartsWith("USERID: only") || line.StartsWith("NOID: only")), () => "a line of only");
                scene.NoteAll(label, Lines(scene, before).Where(line => line.StartsWith("USERID") || line.StartsWith("NOID")).Order(StringComparer.Ordinal));
            }
        },
        """
        spaced: USERID: asking UNIX : joe
        spaced: USERID: only UNIX : joe
        tight: USERID: asking UNIX:joe
        tight: USERID: only UNIX:joe
        wide: USERID: asking OTHER  :  a b  c
        wide: USERID: only OTHER  :  a b  c
        colons: USERID: asking UNIX,US-ASCII : jo:e
        colons: USERID: only UNIX,US-ASCII : jo:e
        no user: USERID: asking UNIX
        no user: USERID: only UNIX
        two lines: USERID: asking UNIX:joe
        two lines: USERID: only UNIX:joe
        error: NOID: only 127.0.0.1 bad response
        lower case: NOID: only 127.0.0.1 bad response
        other ports: NOID: only 127.0.0.1 bad response
        nonsense: NOID: only 127.0.0.1 bad response
        empty line: NOID: only 127.0.0.1 bad response
        nothing: NOID: only 127.0.0.1 error while receiving response
        no end: NOID: only 127.0.0.1 error while receiving response
        line feed only: NOID: only 127.0.0.1 error while receiving response
        too long: NOID: only 127.0.0.1 error while receiving response
        """);

    [Fact]
    public void Control_bytes_in_a_users_name_do_not_reach_the_log() => Comparison.Differs(
        "whoever runs the peer's host chooses these bytes: they must not look like lines or steer a terminal",
        scene =>
        {
            int port = scene.NewPort();
            using IdentServer ident = StartWithIdent(scene, Stanza.Stream("asking", port, "server = " + scene.Probe, "server_args = exit 0"));
            ident.Reply = ports => $"{ports}:USERID:UNIX:a\x1b[31m\x01%s%n\r\n";
            Ask(scene, port);
            scene.Stage.WaitForServiceLog("EXIT");
            scene.NoteAll("log", scene.Stage.ServiceLog.Where(line => line.StartsWith("USERID")));
        },
        """
        log: USERID: asking UNIX:a\x1b[31m\x01%s%n
        """,
        """
        log: USERID: asking UNIX:a?[31m?%s%n
        """);

    [Fact]
    public void The_user_is_logged_before_the_server_starts() => Comparison.Differs(
        "ours makes a process only when everything is decided: the user comes before START, and who has none costs no process",
        scene =>
        {
            int asking = scene.NewPort(), only = scene.NewPort();
            using IdentServer ident = StartWithIdent(
                scene,
                Stanza.Stream("asking", asking, "server = " + scene.Probe, "server_args = exit 0")
                + Stanza.Stream("only", only, "flags = IDONLY", "server = " + scene.Probe, "server_args = exit 0"));
            Ask(scene, asking);
            scene.Stage.WaitForServiceLog("EXIT: asking");
            ident.Reply = _ => "hello\r\n";
            Ask(scene, only);
            if (scene.Stage.Subject == Subject.Original)
            {
                // Its START is the parent's and its USERID the child's: which comes first is chance.
                scene.NoteServiceLogSorted("EXIT: only");
            }
            else
            {
                scene.NoteServiceLog("NOID: only");
            }
        },
        """
        log: EXIT: asking status=0
        log: EXIT: only status=0
        log: NOID: only 127.0.0.1 bad response
        log: START: asking from=127.0.0.1
        log: START: only from=127.0.0.1
        log: USERID: asking UNIX:joe
        """,
        """
        log: USERID: asking UNIX:joe
        log: START: asking from=127.0.0.1
        log: EXIT: asking status=0
        log: NOID: only 127.0.0.1 bad response
        """);

    [Fact]
    public void Without_an_identification_server_only_IDONLY_minds() => Comparison.Same(
        scene =>
        {
            NetworkNamespace.Needed();
            int asking = scene.NewPort(), only = scene.NewPort();
            scene.Stage.Start(
                Defaults(scene)
                + Stanza.Stream("asking", asking, "server = " + scene.Probe, "server_args = exit 0")
                + Stanza.Stream("only", only, "flags = IDONLY", "server = " + scene.Probe, "server_args = exit 0"),
                wrapper: NetworkNamespace.Wrapper);
            Ask(scene, asking);
            Ask(scene, only);
            scene.Stage.WaitForServiceLog("EXIT: asking");
            scene.Stage.WaitForServiceLog("NOID");
            scene.NoteAll("log", scene.Stage.ServiceLog.Where(line => line.StartsWith("NOID") || line.StartsWith("USERID")));
        },
        """
        log: NOID: only 127.0.0.1 no server
        """);

    [Fact]
    public void IDONLY_holds_for_every_service() => Comparison.Differs(
        "the original serves daytime and time without asking, although the flag is set",
        scene =>
        {
            int asking = scene.NewPort(), only = scene.NewPort();
            using IdentServer ident = StartWithIdent(
                scene, Stanza.BuiltIn("daytime", asking, "stream", "id = asking") + Stanza.BuiltIn("daytime", only, "stream", "id = only", "flags = IDONLY"));
            ident.Reply = _ => "hello\r\n";
            scene.Note("asking", Ask(scene, asking).EndsWith("UTC\r\n") ? "served" : "refused");
            scene.Note("only", Ask(scene, only).EndsWith("UTC\r\n") ? "served" : "refused");
            scene.NoteServiceLog(" only ");
        },
        """
        asking: served
        only: served
        log: START: asking from=127.0.0.1
        log: START: only from=127.0.0.1
        """,
        """
        asking: served
        only: refused
        log: START: asking from=127.0.0.1
        log: NOID: only 127.0.0.1 bad response
        """);

    [Fact]
    public void IDONLY_holds_without_a_log() => Comparison.Differs(
        "D-039: the original asks for no user where there is no log that it could be written to",
        scene =>
        {
            NetworkNamespace.Needed();
            int port = scene.NewPort();
            scene.Stage.Start(
                Stanza.Stream("only", port, "flags = IDONLY", "log_on_success = USERID", "server = " + scene.Probe), wrapper: NetworkNamespace.Wrapper);
            using IdentServer ident = new(scene.Daemon.Pid) { Reply = _ => "hello\r\n" };
            string answer = Ask(scene, port);
            scene.Note("only", answer.EndsWith("end\n") ? "served" : answer);
        },
        "only: served",
        "only: (closed)");

    [Fact]
    public void The_user_of_a_refused_peer_is_logged_after_the_refusal() => Comparison.Same(
        scene =>
        {
            int limited = scene.NewPort(), closed = scene.NewPort();
            using IdentServer ident = StartWithIdent(
                scene,
                Stanza.Stream("limited", limited, "instances = 0", "server = " + scene.Probe, "server_args = exit 0")
                + Stanza.BuiltIn("daytime", closed, "stream", "id = closed", "no_access = 127.0.0.1"));
            scene.Note("limited", Ask(scene, limited));
            scene.Stage.WaitForServiceLog("USERID: limited");
            scene.Note("closed", Ask(scene, closed));
            scene.NoteServiceLog("USERID: closed");
        },
        """
        limited: (closed)
        closed: (closed)
        log: FAIL: limited service_limit from=127.0.0.1
        log: USERID: limited UNIX:joe
        log: FAIL: closed address from=127.0.0.1
        log: USERID: closed UNIX:joe
        """);

    [Fact]
    public void The_user_is_logged_whatever_the_refusal_was_for() => Comparison.Differs(
        "the original does not ask where it has made a process before it looked at the address",
        scene =>
        {
            int port = scene.NewPort();
            using IdentServer ident = StartWithIdent(
                scene, Stanza.Stream("closed", port, "no_access = 127.0.0.1", "server = " + scene.Probe, "server_args = exit 0"));
            scene.Note("closed", Ask(scene, port));
            scene.Stage.WaitForServiceLog(scene.Stage.Subject == Subject.Original ? "EXIT" : "USERID");
            scene.NoteAll("log", scene.Stage.ServiceLog.Where(line => line.StartsWith("FAIL") || line.StartsWith("USERID")));
        },
        """
        closed: (closed)
        log: FAIL: closed address from=127.0.0.1
        """,
        """
        closed: (closed)
        log: FAIL: closed address from=127.0.0.1
        log: USERID: closed UNIX:joe
        """);

    [Fact]
    public void A_name_counts_only_if_it_leads_back_to_the_address() => Comparison.Differs(
        "whoever owns an address can write any name for it: the original believes it",
        scene =>
        {
            NetworkNamespace.Needed();
            string[] lists = ["only_from = good.example", "only_from = .example", "no_access = good.example", "no_access = .example"];
            string[] sources = ["127.0.0.5", "127.0.0.6", "127.0.0.7", "127.0.0.8"];
            int[] ports = [.. lists.Select(_ => scene.NewPort())];
            scene.Stage.Start(
                string.Concat(lists.Select((list, i) => Stanza.BuiltIn("daytime", ports[i], "stream", $"id = s{i}", list))),
                wrapper: NetworkNamespace.WrapperWithNames(
                    scene.Stage.Scratch.Write("hosts", "127.0.0.5 good.example\n127.0.0.7 other.test\n"),
                    scene.Stage.Scratch.Write("resolv.conf", NameServer.ResolverFile(5))));
            using NameServer names = new NameServer(scene.Daemon.Pid).Claims("127.0.0.6", "good.example");
            for (int i = 0; i < lists.Length; i++)
            {
                int port = ports[i];
                IEnumerable<string> served = sources.Where(from => Ask(scene, port, from).EndsWith("UTC\r\n"));
                scene.Note(lists[i], string.Join(' ', served.DefaultIfEmpty("nobody")));
            }
        },
        """
        only_from = good.example: 127.0.0.5 127.0.0.6
        only_from = .example: 127.0.0.5 127.0.0.6
        no_access = good.example: 127.0.0.7 127.0.0.8
        no_access = .example: 127.0.0.7 127.0.0.8
        """,
        """
        only_from = good.example: 127.0.0.5
        only_from = .example: 127.0.0.5
        no_access = good.example: 127.0.0.7
        no_access = .example: 127.0.0.7
        """);

    private static string Defaults(Scene scene) =>
        Stanza.Defaults(scene.LogToFile, "log_on_success = HOST EXIT USERID", "log_on_failure = HOST USERID");

    private static IdentServer StartWithIdent(Scene scene, string services)
    {
        NetworkNamespace.Needed();
        scene.Stage.Start(Defaults(scene) + services, wrapper: NetworkNamespace.Wrapper);
        return new IdentServer(scene.Daemon.Pid);
    }

    private static string Ask(Scene scene, int port, string? from = null) =>
        NetworkNamespace.Within(scene.Daemon.Pid, () => Peer.Ask(port, from: from));

    private static IEnumerable<string> Lines(Scene scene, int from) => scene.Stage.ServiceLog.Skip(from);
}
