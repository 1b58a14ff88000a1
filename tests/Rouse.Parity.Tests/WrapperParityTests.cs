using System;
using System.IO;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>The rules of tcp_wrappers in the super-server: under which name, in which order, with which options. Each daemon has an /etc of its own.</summary>
public sealed class WrapperParityTests
{
    [Theory]
    [InlineData("ALL: ALL", "(closed)")]
    [InlineData("probe: ALL", "(closed)")]
    [InlineData("plain: ALL", "served")]
    [InlineData("ALL: 127.0.0.1", "(closed)")]
    [InlineData("ALL: 127.0.0.2", "served")]
    [InlineData("ALL EXCEPT probe: ALL", "served")]
    [InlineData("ALL: localhost", "(closed)")]
    [InlineData("ALL: .example", "served")]
    [InlineData("probe: ALL: ALLOW", "served")]
    [InlineData("probe: ALL: bogus", "(closed)")]
    public void A_rule_of_hosts_deny_knows_a_service_by_its_servers_name(string rule, string outcome) => Comparison.Same(
        scene =>
        {
            int port = Start(scene, "", rule + "\n", "server = " + scene.Probe);
            NoteServed(scene, port);
        },
        $"it: {outcome}\n");

    [Theory]
    [InlineData("libwrap = special", "special")]
    [InlineData("flags = NAMEINARGS\nserver_args = argzero world", "argzero")]
    [InlineData("flags = NAMEINARGS\nserver_args = /some/path/argzero world", "/some/path/argzero", "argzero")]
    public void Another_name_is_known_instead(string lines, params string[] names) => Comparison.Same(
        scene =>
        {
            RuleFolder rules = new(scene.Stage.Scratch);
            int port = Start(scene, rules, ["server = " + scene.Probe, .. lines.Split('\n')]);
            foreach (string name in (string[])["probe", "plain", .. names])
            {
                rules.Deny = $"{name}: ALL\n";
                scene.Note(name, Served(port));
            }
        },
        string.Concat(
            "probe: served\nplain: served\n",
            names.Length == 1 ? $"{names[0]}: (closed)\n" : $"{names[0]}: served\n{names[1]}: (closed)\n"));

    [Fact]
    public void Services_without_a_server_are_known_by_their_own_name() => Comparison.Same(
        scene =>
        {
            RuleFolder rules = new(scene.Stage.Scratch, deny: "echo: ALL\nforward: ALL\n");
            int echo = scene.NewPort(), forward = scene.NewPort(), other = scene.NewPort();
            scene.Stage.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = PID HOST", "log_on_failure = HOST")
                + Stanza.BuiltIn("echo", echo, "stream", "id = myecho")
                + Stanza.Stream("forward", forward, $"redirect = 127.0.0.1 {other}", "id = myforward")
                + Stanza.BuiltIn("daytime", other, "stream"),
                wrapper: rules.Wrapper);
            scene.Note("echo", Peer.Ask(echo, "x", halfClose: true) == "x" ? "served" : "(closed)");
            scene.Note("forward", Peer.Ask(forward).Contains("UTC") ? "served" : "(closed)");
            scene.Note("other", Peer.Ask(other).Contains("UTC") ? "served" : "(closed)");
            scene.NoteDaemonLog("libwrap refused", "libwrap refused", 2);
        },
        """
        echo: (closed)
        forward: (closed)
        other: served
        daemon: INFO: libwrap refused connection to myecho (libwrap=echo) from 127.0.0.1
        daemon: INFO: libwrap refused connection to myforward (libwrap=forward) from 127.0.0.1
        """);

    [Fact]
    public void Nolibwrap_spares_a_service_the_rules() => Comparison.Same(
        scene => NoteServed(scene, Start(scene, "", "ALL: ALL\n", "server = " + scene.Probe, "flags = NOLIBWRAP")),
        "it: served\n");

    [Fact]
    public void The_address_lists_come_first_and_a_refusal_is_logged() => Comparison.Same(
        scene =>
        {
            RuleFolder rules = new(scene.Stage.Scratch, deny: "ALL: ALL\n");
            int port = scene.NewPort(), listed = scene.NewPort();
            scene.Stage.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_failure = HOST")
                + Stanza.Stream("plain", port, "server = " + scene.Probe)
                + Stanza.Stream("listed", listed, "server = " + scene.Probe, "no_access = 127.0.0.1"),
                wrapper: rules.Wrapper);
            scene.Note("plain", Served(port));
            scene.Note("listed", Served(listed));
            scene.NoteServiceLogSorted("FAIL", 2);
            scene.NoteDaemonLog("libwrap refused", "libwrap refused");
        },
        """
        plain: (closed)
        listed: (closed)
        log: FAIL: listed address from=127.0.0.1
        log: FAIL: plain libwrap from=127.0.0.1
        daemon: INFO: libwrap refused connection to plain (libwrap=probe) from 127.0.0.1
        """);

    [Fact]
    public void A_changed_file_holds_for_the_next_connection() => Comparison.Same(
        scene =>
        {
            RuleFolder rules = new(scene.Stage.Scratch);
            int port = Start(scene, rules, "server = " + scene.Probe);
            NoteServed(scene, port);
            rules.Deny = "ALL: ALL\n";
            NoteServed(scene, port);
            rules.Allow = "probe: 127.0.0.1\n";
            NoteServed(scene, port);
            rules.Allow = "probe: 127.0.0.2\n";
            NoteServed(scene, port);
            rules.Deny = "";
            NoteServed(scene, port);
        },
        """
        it: served
        it: (closed)
        it: served
        it: (closed)
        it: served
        """);

    [Fact]
    public void Options_about_the_process_hold_for_the_server() => Comparison.Differs(
        "D-065: the original reads setenv, user and group and leaves the server as it was",
        scene =>
        {
            int port = Start(scene, "ALL: ALL: setenv SEEN from_%a: nice 5: umask 077: user daemon\n", "", "server = " + scene.Probe);
            World world = World.Parse(Peer.Ask(port));
            foreach (string fact in new[] { "uid", "umask", "nice" })
            {
                scene.NoteAll(fact, world.All(fact));
            }

            scene.NoteAll("env", world.All("env").Where(line => line.StartsWith("SEEN")));
        },
        """
        uid: 0 0 0
        umask: 077
        nice: 5
        """,
        """
        uid: 1 1 1
        umask: 077
        nice: 5
        env: SEEN=from_127.0.0.1
        """);

    [Theory]
    [InlineData("umask = 022")]
    [InlineData("")]
    public void The_rules_umask_comes_after_the_services_own(string line) => Comparison.Same(
        scene =>
        {
            int port = Start(scene, "ALL: ALL: umask 077\n", "", "server = " + scene.Probe, line);
            scene.NoteAll("umask", World.Parse(Peer.Ask(port)).All("umask"));
        },
        "umask: 077\n");

    [Theory]
    [InlineData("user = root", "0")]
    [InlineData("user = daemon", "1")]
    public void A_command_runs_as_the_services_user_before_the_server_starts(string user, string uid) => Comparison.Same(
        scene =>
        {
            string folder = scene.Stage.Scratch.NewFolder("out");
            File.SetUnixFileMode(folder, (UnixFileMode)0x1ff);
            File.SetUnixFileMode(scene.Stage.Scratch.Folder, (UnixFileMode)0x1ed);
            string script = scene.Stage.Scratch.Write("server.sh", $"cat {folder}/told; rm -f {folder}/told\n");
            int port = Start(
                scene, $"ALL: ALL: spawn (sleep 0.2; echo %a %d %A %n %h %u %% $(id -u) > {folder}/told)\n", "", "server = /bin/sh", $"server_args = {script}", user);
            scene.Ask("server", port);
        },
        $"server: 127.0.0.1 sh 127.0.0.1 localhost localhost unknown % {uid}\\n\n");

    [Theory]
    [InlineData("ALL: ALL: aclexec /bin/true", "ALL: ALL", "served")]
    [InlineData("ALL: ALL: aclexec /bin/false", "ALL: ALL", "(closed)")]
    [InlineData("ALL: ALL: aclexec /bin/false", "", "served")]
    [InlineData("ALL: ALL: aclexec test %a = 127.0.0.1", "ALL: ALL", "served")]
    [InlineData("ALL: ALL: aclexec /bin/false: ALLOW", "ALL: ALL", "served")]
    [InlineData("", "ALL: ALL: aclexec /bin/true", "(closed)")]
    [InlineData("", "ALL: ALL: aclexec /bin/false", "served")]
    public void A_command_may_have_a_say(string allow, string deny, string outcome) => Comparison.Same(
        scene => NoteServed(scene, Start(scene, Line(allow), Line(deny), "server = " + scene.Probe)),
        $"it: {outcome}\n");

    [Fact]
    public void Twist_serves_the_peer_in_the_servers_place() => Comparison.Same(
        scene =>
        {
            RuleFolder rules = new(scene.Stage.Scratch, "ALL: ALL: twist (read line; echo twisted $line %a %d)\n");
            int port = scene.NewPort(), echo = scene.NewPort();
            scene.Stage.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = PID HOST EXIT")
                + Stanza.Stream("plain", port, "server = " + scene.Probe) + Stanza.BuiltIn("echo", echo, "stream"),
                wrapper: rules.Wrapper);
            scene.Ask("plain", port, "hello\n");
            scene.Ask("echo", echo, "hello\n");
            scene.NoteServiceLogSorted("EXIT", 2);
        },
        """
        plain: twisted hello 127.0.0.1 probe\n
        echo: twisted hello 127.0.0.1 echo\n
        log: EXIT: echo-stream status=0 pid=<A>
        log: EXIT: plain status=0 pid=<B>
        log: START: echo-stream pid=<A> from=127.0.0.1
        log: START: plain pid=<B> from=127.0.0.1
        """);

    [Theory]
    [InlineData("ALL: ALL: banners /etc/banners: ALLOW", "hello 127.0.0.1 of probe\\r\\n100%\\r\\nserved")]
    [InlineData("ALL: ALL: banners /etc/banners: DENY", "hello 127.0.0.1 of probe\\r\\n100%\\r\\n")]
    [InlineData("ALL: ALL: banners /etc/nothing: DENY", "(closed)")]
    public void A_banner_of_the_rules_is_sent_line_by_line(string rule, string seen) => Comparison.Same(
        scene =>
        {
            RuleFolder rules = new(scene.Stage.Scratch, rule + "\n");
            rules.Write("banners/probe", "hello %a of %d\n100%%\n");
            int port = Start(scene, rules, "server = " + scene.Probe, "server_args = hold");
            using Peer peer = Peer.Connect(port);
            string got = rule.EndsWith("ALLOW") ? peer.ReadLine() + "\n" + peer.ReadLine() + "\n" + "served" : peer.ReadToEnd();
            scene.Note("it", got.Length == 0 ? "(closed)" : got.Replace("\r", "\\r").Replace("\n", "\\n").Replace("\\r\\r", "\\r"));
        },
        $"it: {seen}\n");

    [Theory]
    [InlineData("", "ALL: ALL", "(silent)")]
    [InlineData("ALL: 127.0.0.1", "ALL: ALL", "hello")]
    [InlineData("ALL: ALL: twist /bin/echo hi", "", "(silent)")]
    public void Datagrams_are_judged_by_their_sender(string allow, string deny, string answer) => Comparison.Same(
        scene =>
        {
            RuleFolder rules = new(scene.Stage.Scratch, Line(allow), Line(deny));
            int port = scene.NewPort();
            scene.Stage.Start(Stanza.BuiltIn("echo", port, "dgram", "id = uecho"), wrapper: rules.Wrapper);
            using DatagramPeer peer = new(port);
            string got = peer.Ask("hello", System.TimeSpan.FromMilliseconds(answer == "(silent)" ? 400 : 20_000));
            scene.Note("answer", got);
        },
        $"answer: {answer}\n");

    [Fact]
    public void Rules_may_ask_for_the_user_behind_a_connection() => Comparison.Same(
        scene =>
        {
            NetworkNamespace.Needed();
            RuleFolder rules = new(scene.Stage.Scratch, $"sh: joe@ALL: spawn (echo spawned for %u %c > {scene.Stage.Scratch["told"]})\n", "ALL: ALL\n");
            string script = scene.Stage.Scratch.Write("server.sh", "echo served\n");
            int port = scene.NewPort();
            scene.Stage.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_failure = HOST") + Stanza.Stream("plain", port, "server = /bin/sh", "server_args = " + script),
                wrapper: [.. NetworkNamespace.Wrapper, .. rules.Wrapper]);
            using IdentServer ident = new(scene.Daemon.Pid);
            foreach ((string label, string reply) in (ReadOnlySpan<(string, string)>)
                [
                    ("tight", ":USERID:UNIX:joe\r\n"), ("spaced", " : USERID : UNIX : joe\r\n"), ("other", ":USERID:UNIX:jim\r\n"),
                    ("two words", ":USERID:UNIX:joe smith\r\n"), ("error", ":ERROR:NO-USER\r\n"), ("charset", ":USERID:UNIX,US-ASCII:joe\r\n"),
                    ("no system", ":USERID:joe\r\n"), ("nothing", ""),
                ])
            {
                ident.Reply = ports => reply.Length == 0 ? "" : ports + reply;
                scene.Note(label, NetworkNamespace.Within(scene.Daemon.Pid, () => Peer.Ask(port)) == "served\n" ? "served" : "(closed)");
            }

            scene.Note("told", File.ReadAllText(scene.Stage.Scratch["told"]));
        },
        """
        tight: served
        spaced: served
        other: (closed)
        two words: served
        error: (closed)
        charset: served
        no system: (closed)
        nothing: (closed)
        told: spawned for joe joe@127.0.0.1\n
        """);

    private static string Line(string rule) => rule.Length == 0 ? "" : rule + "\n";

    private static int Start(Scene scene, string allow, string deny, params string[] lines) =>
        Start(scene, new RuleFolder(scene.Stage.Scratch, allow, deny), lines);

    private static int Start(Scene scene, RuleFolder rules, params string[] lines)
    {
        AsRoot.Needed();
        int port = scene.NewPort();
        scene.Stage.Start(
            Stanza.Defaults(scene.LogToFile, "log_on_success = PID HOST", "log_on_failure = HOST") + Stanza.Stream("plain", port, lines),
            wrapper: rules.Wrapper);
        return port;
    }

    private static void NoteServed(Scene scene, int port) => scene.Note("it", Served(port));

    private static string Served(int port) => Peer.Ask(port).Contains("argv") ? "served" : "(closed)";
}
