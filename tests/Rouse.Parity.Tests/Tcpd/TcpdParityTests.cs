using System;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Tcpd;

/// <summary>tcpd before servers of Debian's openbsd-inetd: who is let in, what the server finds, what the log says.</summary>
public sealed class TcpdParityTests
{
    private static readonly string[] Identity = ["argv", "uid", "gid", "groups", "umask", "nice", "cwd", "env"];

    [Theory]
    [InlineData("root")]
    [InlineData("nobody")]
    [InlineData("nobody.daemon")]
    public void The_world_of_a_server(string user) => TcpdComparison.Same(
        scene =>
        {
            scene.Start(2001, "", "", scene.Line(2001, $"{scene.Probe} world and more", user));
            World world = World.Parse(scene.Ask(2001));
            scene.Note("descriptors", $"{world.Descriptors} {world.DescriptorTargets.Count}");
            scene.NoteWorld(2001, [.. Identity, "SigBlk", "SigIgn", "session", "process-group", "keepalive", "nodelay", "listening", "Threads"]);
        },
        $"""
        descriptors: 0 1 2 1
        argv: 0 probe
        argv: 1 world
        argv: 2 and
        argv: 3 more
        uid: {(user == "root" ? "0 0 0" : "65534 65534 65534")}
        gid: {(user == "root" ? "0 0 0" : user == "nobody" ? "65534 65534 65534" : "1 1 1")}
        groups: {(user == "root" ? "0" : user == "nobody" ? "65534" : "1")}
        umask: 022
        nice: 0
        cwd: /
        env: KEPT=yes
        env: LANG=C
        env: TZ=UTC0
        SigBlk: 0000000000000000
        SigIgn: 0000000000000000
        session: own
        process-group: own
        keepalive: 0
        nodelay: 0
        listening: 0
        Threads: 1
        """);

    [Fact]
    public void The_limits_of_a_server_are_those_that_tcpd_was_started_with() => TcpdComparison.Same(
        scene =>
        {
            string limited = scene.Scratch.Write("limited", $"#!/bin/bash\nulimit -Sn 321\nexec -a \"$1\" {scene.Tcpd} \"${{@:2}}\"\n");
            File.SetUnixFileMode(limited, (UnixFileMode)0x1ed);
            scene.Start(2001, "", "", $"2001 stream tcp4 nowait root {limited} limited {scene.Probe} world\n");
            scene.Note("files", World.Parse(scene.Ask(2001))["rlimit_files"].Split(' ')[0]);
        },
        "files: 321");

    [Theory]
    [InlineData("", "", null, "served", "<30> probe: connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("", "ALL: ALL", null, "(closed)", "<28> probe: refused connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("", "other: ALL", null, "served", "<30> probe: connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("probe: 127.0.0.1", "ALL: ALL", null, "served", "<30> probe: connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("ALL: .example", "ALL: ALL", "127.0.0.2", "served", "<30> probe: connect from friend.example (127.0.0.2)")]
    [InlineData("", "ALL: foe.example", "127.0.0.3", "(closed)", "<28> probe: refused connect from foe.example (127.0.0.3)")]
    [InlineData("ALL: KNOWN", "ALL: ALL", "127.0.0.9", "(closed)", "<28> probe: refused connect from 127.0.0.9 (127.0.0.9)")]
    [InlineData("ALL: root@ALL", "ALL: ALL", null, "(closed)", "<28> probe: refused connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("ALL: ALL: severity auth.crit", "", null, "served", "<34> probe: connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("", "ALL: ALL: severity local3.err", null, "(closed)", "<155> probe: refused connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("", "ALL: ALL: severity crit: ALLOW", null, "served", "<26> probe: connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("ALL: ALL: aclexec true", "ALL: ALL", null, "served", "<30> probe: connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData(
        "ALL: ALL: aclexec exit 3", "ALL: ALL", null, "(closed)",
        "<30> probe: aclexec returned 1\n<28> probe: refused connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("ALL: ALL: rfc931 2", "", null, "served", "<30> probe: connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData(
        "ALL: ALL: twist echo hi %a %d %u %c %A", "", null, "hi 127.0.0.1 probe unknown 127.0.0.1 127.0.0.1\n",
        "<28> probe: twist 127.0.0.1 to echo hi 127.0.0.1 probe unknown 127.0.0.1 127.0.0.1")]
    public void The_rules_decide_and_the_log_tells(string allow, string deny, string? from, string seen, string log) => TcpdComparison.Same(
        scene =>
        {
            scene.Start(2001, allow, deny, scene.Line(2001, $"{scene.Probe} world"));
            scene.NoteServed(2001, from: from);
            scene.NoteLog(log.Split('\n').Length);
        },
        $"it: {seen.Replace("\n", "\\n")}\n{string.Join('\n', log.Split('\n').Select(line => "log: " + line))}");

    [Theory]
    [InlineData("", "served", "connect", 30)]
    [InlineData("ALL: [::1]", "(closed)", "refused connect", 28)]
    public void Peers_of_IPv6(string deny, string seen, string words, int priority) => TcpdComparison.Same(
        scene =>
        {
            scene.Start(2001, "", deny, scene.Line(2001, $"{scene.Probe} world", kind: "stream tcp6 nowait"));
            scene.NoteServed(2001, "::1");
            scene.NoteLog(1);
        },
        $"it: {seen}\nlog: <{priority}> probe: {words} from ::1 (::1)");

    [Fact]
    public void Options_about_the_process_hold_for_the_server() => TcpdComparison.Same(
        scene =>
        {
            scene.Start(
                2001, "ALL: ALL: setenv SEEN from %a here: setenv KEPT no: umask 077: nice 5: keepalive", "", scene.Line(2001, $"{scene.Probe} world"));
            scene.NoteWorld(2001, "uid", "umask", "nice", "keepalive", "env");
        },
        """
        uid: 0 0 0
        umask: 077
        nice: 5
        keepalive: 1
        env: KEPT=no
        env: LANG=C
        env: SEEN=from 127.0.0.1 here
        env: TZ=UTC0
        """);

    [Theory]
    [InlineData("user daemon", "1 1 1", "1 1 1", "1")]
    [InlineData("user daemon.bin", "1 1 1", "2 2 2", "2")]
    [InlineData("group daemon", "0 0 0", "1 1 1", "1")]
    public void The_options_user_and_group_hold(string option, string uid, string gid, string groups) => TcpdComparison.Differs(
        "D-081: the original reads them and starts the server as root",
        scene =>
        {
            scene.Start(2001, "ALL: ALL: " + option, "", scene.Line(2001, $"{scene.Probe} world"));
            scene.NoteWorld(2001, "uid", "gid", "groups");
        },
        "uid: 0 0 0\ngid: 0 0 0\ngroups: 0",
        $"uid: {uid}\ngid: {gid}\ngroups: {groups}");

    [Theory]
    [InlineData("ALL: ALL: user nosuch", "unknown user: \"nosuch\"", 11)]
    [InlineData("ALL: ALL: group nosuch", "unknown group: \"nosuch\"", 11)]
    public void An_account_that_is_not_there_refuses(string rule, string fault, int column) => TcpdComparison.Differs(
        "D-082: a fault has a column",
        scene =>
        {
            scene.Start(2001, rule, "", scene.Line(2001, $"{scene.Probe} world"));
            scene.NoteServed(2001);
            scene.NoteLog(2);
        },
        $"it: (closed)\nlog: <27> probe: error: /etc/hosts.allow, line 1: {fault}\nlog: <28> probe: refused connect from 127.0.0.1 (127.0.0.1)",
        $"it: (closed)\nlog: <27> probe: error: /etc/hosts.allow:1:{column}: {fault}\nlog: <28> probe: refused connect from 127.0.0.1 (127.0.0.1)");

    [Fact]
    public void Commands_run_beside_the_connection_and_before_the_server() => TcpdComparison.Same(
        scene =>
        {
            string folder = scene.Scratch.NewFolder("out");
            string script = scene.Scratch.Write("server.sh", $"cat {folder}/told\n");
            scene.Start(
                2001, $"ALL: ALL: setenv A b: spawn (sleep 0.2; echo %a %d %h %u $A $(readlink /proc/self/fd/0) > {folder}/told)", "",
                scene.Line(2001, $"/bin/sh {script}"));
            scene.Note("it", scene.Ask(2001));
        },
        "it: 127.0.0.1 sh 127.0.0.1 unknown b /dev/null\\n");

    [Theory]
    [InlineData("ALL: ALL: banners /etc/banners: ALLOW", true)]
    [InlineData("ALL: ALL: banners /etc/banners: DENY", false)]
    public void A_banner_is_sent_before_all_else(string rule, bool served) => TcpdComparison.Same(
        scene =>
        {
            scene.Rules.Write("banners/probe", "hello %a of %d\n100%%\n");
            scene.Start(2001, rule, "", scene.Line(2001, $"{scene.Probe} exit 0"));
            scene.Note("it", scene.Ask(2001));
            scene.NoteLog(1);
        },
        "it: hello 127.0.0.1 of probe\\r\\n100%\\r\\n\nlog: "
        + (served ? "<30> probe: connect from 127.0.0.1 (127.0.0.1)" : "<28> probe: refused connect from 127.0.0.1 (127.0.0.1)"));

    [Theory]
    [InlineData("/nonexistent/in.foo", "/nonexistent/in.foo", "in.foo")]
    [InlineData("in.nosuch -l", "/usr/sbin/in.nosuch", "in.nosuch")]
    public void A_server_that_is_not_there(string command, string path, string name) => TcpdComparison.Same(
        scene =>
        {
            scene.Start(2001, "", "", scene.Line(2001, command));
            scene.Note("it", scene.Ask(2001));
            scene.NoteLog(2);
        },
        $"""
        it: (closed)
        log: <30> {name}: connect from 127.0.0.1 (127.0.0.1)
        log: <27> {name}: error: cannot execute {path}: No such file or directory
        """);

    [Theory]
    [InlineData("", "ALL: 127.0.0.2", "answered", "<30> probe: connect from 127.0.0.1 (127.0.0.1)")]
    [InlineData("", "ALL: 127.0.0.1", "(silent)", "<28> probe: refused connect from 127.0.0.1 (127.0.0.1)")]
    public void Datagrams_are_judged_by_their_sender_and_eaten(string allow, string deny, string seen, string log) => TcpdComparison.Same(
        scene =>
        {
            scene.Start(2001, allow, deny, scene.Line(2001, $"{scene.Probe} dgram 300", kind: "dgram udp4 wait"));
            using DatagramPeer peer = scene.Daemon.Within(() => new DatagramPeer(2001));
            string got = peer.Ask("hello", TimeSpan.FromMilliseconds(seen == "(silent)" ? 2_000 : 15_000));
            scene.Note("it", got.EndsWith(" hello") ? "answered" : got);

            // Had the datagram stayed in the queue, the next process would have been started for it by now.
            scene.NoteLog(1);
        },
        $"it: {seen}\nlog: {log}");

    [Fact]
    public void What_cannot_be_judged_starts_nothing()
    {
        Subjects.OnlyOurs("the original executes itself for ever: D-080");
        using TcpdScene scene = new(Path.Combine(Repository.Bin, "tcpd"), isOriginal: false);
        string mark = scene.Scratch["mark"];
        string script = scene.Scratch.Write("server.sh", $"#!/bin/sh\ntouch {mark}\n");
        File.SetUnixFileMode(script, (UnixFileMode)0x1ed);
        string outer = scene.Scratch.Write("outer", $"#!/bin/bash\n(exec -a {script} {scene.Tcpd} < /dev/null); (exec -a {scene.Tcpd} {scene.Tcpd}); echo done\n");
        File.SetUnixFileMode(outer, (UnixFileMode)0x1ed);
        scene.Start(2001, "", "", $"2001 stream tcp4 nowait root {outer} outer\n");

        Assert.Equal("done\n", scene.Ask(2001));
        scene.NoteLog(2);
        Assert.Equal(
            "log: <27> server.sh: error: can't get client address from descriptor 0: Socket operation on non-socket: nothing is started\n"
            + $"log: <27> tcpd: error: {scene.Tcpd} is tcpd itself: name the server, or its path, as the first argument in inetd.conf",
            scene.Transcript);
        Assert.False(File.Exists(mark));
    }
}
