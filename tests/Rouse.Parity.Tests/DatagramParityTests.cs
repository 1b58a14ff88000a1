using System;
using System.IO;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>Servers woken by datagrams.</summary>
public sealed class DatagramParityTests
{
    [Fact]
    public void One_server_answers_until_it_is_idle_and_the_next_datagram_wakes_another() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Datagram("dgram", port, "server = " + scene.Probe, "server_args = dgram 1500"));
            using var peer = new DatagramPeer(port);
            scene.Note("first", WithPid(peer.Ask("one"), peer));
            scene.Note("second", WithPid(peer.Ask("two"), peer));
            scene.Stage.WaitForServiceLog("EXIT");
            scene.Note("third", WithPid(peer.Ask("three"), peer));
            scene.NoteServiceLog("EXIT", 2);
        },
        """
        first: pid <A> 127.0.0.1 own-port one
        second: pid <A> 127.0.0.1 own-port two
        third: pid <B> 127.0.0.1 own-port three
        log: START: dgram pid=<A> from=127.0.0.1
        log: EXIT: dgram status=0 pid=<A> duration=<short>(sec)
        log: START: dgram pid=<B> from=127.0.0.1
        log: EXIT: dgram status=0 pid=<B> duration=<short>(sec)
        """);

    [Fact]
    public void The_servers_world_is_the_datagram_socket_and_the_first_senders_name() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Datagram("dgram", port, "server = " + scene.Probe, "server_args = dgram-world 100"));
            using var peer = new DatagramPeer(port);
            World world = World.Parse(peer.Ask("x"));
            scene.Note("descriptors", world.Descriptors);
            scene.Note("one socket", world.DescriptorTargets.Count.ToString());
            scene.Note("local", world["local"]);
            scene.Note("connected", world.All("peer").Count == 0 ? "no" : "yes");
            scene.Note("REMOTE_HOST", world.Env("REMOTE_HOST") ?? "(unset)");
            scene.NoteServiceLog("EXIT");
        },
        """
        descriptors: 0 1 2
        one socket: 1
        local: 127.0.0.1 <port 1>
        connected: no
        REMOTE_HOST: 127.0.0.1
        log: START: dgram pid=<A> from=127.0.0.1
        log: EXIT: dgram status=0 pid=<A> duration=<short>(sec)
        """);

    [Fact]
    public void A_refused_sender_gets_no_answer() => Comparison.Differs(
        "ours judges before it makes a process, and logs one sender once in a minute",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.Datagram("dgram", port, "server = " + scene.Probe, "server_args = dgram 200", "only_from = 127.0.0.2"));
            using var stranger = new DatagramPeer(port);

            // The original judges in a process, which must have ended before the next datagram can wake another.
            string judged = scene.Stage.Subject == Subject.Original ? "EXIT" : "FAIL";
            scene.Note("stranger", stranger.Ask("one", TimeSpan.FromMilliseconds(200)));
            scene.Stage.WaitForServiceLog(judged);
            scene.Note("stranger", stranger.Ask("two", TimeSpan.FromMilliseconds(200)));
            scene.Stage.WaitForServiceLog(judged, judged == "EXIT" ? 2 : 1);
            using var friend = new DatagramPeer(port, from: "127.0.0.2");
            scene.Note("friend", friend.Ask("three").Contains("three") ? "answered" : "(silent)");
            scene.Stage.WaitForServiceLog("from=127.0.0.2");
            scene.Note("for the stranger", scene.CountOf("from=127.0.0.1"));
            scene.Note("for the friend", scene.CountOf("from=127.0.0.2"));
        },
        """
        stranger: (silent)
        stranger: (silent)
        friend: answered
        for the stranger: START 2, FAIL 2
        for the friend: START 1
        """,
        """
        stranger: (silent)
        stranger: (silent)
        friend: answered
        for the stranger: FAIL 1
        for the friend: START 1
        """);

    [Fact]
    public void A_refused_sender_of_a_built_in_gets_no_answer() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "dgram", "no_access = 127.0.0.3"));
            using var stranger = new DatagramPeer(port, from: "127.0.0.3");
            scene.Note("stranger", stranger.Ask("one", TimeSpan.FromMilliseconds(200)));
            scene.Note("stranger", stranger.Ask("two", TimeSpan.FromMilliseconds(200)));
            using var friend = new DatagramPeer(port);
            scene.Note("friend", friend.Ask("three"));
            scene.NoteServiceLog("START");
        },
        """
        stranger: (silent)
        stranger: (silent)
        friend: three
        log: FAIL: echo-dgram address from=127.0.0.3
        log: START: echo-dgram pid=0 from=127.0.0.1
        """);

    [Fact]
    public void A_refused_sender_is_told_once_for_each_of_its_ports() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "dgram", "no_access = 127.0.0.3") + Stanza.BuiltIn("daytime", scene.NewPort(), "stream"));
            using DatagramPeer one = new(port, from: "127.0.0.3"), other = new(port, from: "127.0.0.3");
            int lines = 0;
            foreach (DatagramPeer peer in (DatagramPeer[])[one, other, one])
            {
                peer.Send("x");
                scene.Stage.WaitForServiceLog("FAIL", ++lines);
                Scene.LetSocketBeEmptied();
                peer.Send("again");
                Scene.LetSocketBeEmptied();
            }

            Peer.Ask(scene.Stage.Ports[1]);
            scene.NoteServiceLog("START");
        },
        """
        log: FAIL: echo-dgram address from=127.0.0.3
        log: FAIL: echo-dgram address from=127.0.0.3
        log: FAIL: echo-dgram address from=127.0.0.3
        log: START: daytime-stream pid=0 from=127.0.0.1
        """);

    [Fact]
    public void What_comes_while_a_server_runs_wakes_the_next_one() => Comparison.Differs(
        "D-006: the original empties the socket when the server has ended",
        scene =>
        {
            int port = scene.NewPort();
            string taken = scene.Stage.Scratch.Write("taken", ""), mayEnd = scene.Stage.Scratch["may-end"];
            string server = scene.Stage.Scratch.Write(
                "server", $"#!/bin/sh\ndd bs=100 count=1 2>/dev/null >>{taken}\nuntil [ -e {mayEnd} ]; do sleep 0.05; done\n");
            File.SetUnixFileMode(server, (UnixFileMode)0x1ed);
            scene.StartLogged(Stanza.Datagram("dgram", port, "server = " + server));
            using var peer = new DatagramPeer(port);
            peer.Send("one ");
            Wait.Until(() => File.ReadAllText(taken) == "one ", () => "the first datagram");
            peer.Send("two ");
            File.WriteAllText(mayEnd, "");
            scene.Stage.WaitForServiceLog("EXIT");
            Wait.For(() => File.ReadAllText(taken).EndsWith("two "), scene.Stage.Subject == Subject.Ours ? Wait.Bound : TimeSpan.FromMilliseconds(500));
            scene.Note("taken", File.ReadAllText(taken).Trim());
        },
        "taken: one",
        "taken: one two");

    [Fact]
    public void A_senders_name_is_looked_up_before_it_is_answered() => Comparison.Same(
        scene =>
        {
            int server = scene.NewPort(), echo = scene.NewPort();
            scene.StartLogged(
                Stanza.Datagram("dgram", server, "server = " + scene.Probe, "server_args = dgram 200", "only_from = localhost")
                + Stanza.BuiltIn("echo", echo, "dgram", "only_from = localhost"));
            using var toServer = new DatagramPeer(server);
            scene.Note("server", WithPid(toServer.Ask("one"), toServer));
            using var toEcho = new DatagramPeer(echo);
            scene.Note("echo", toEcho.Ask("two"));
            Scene.LetSocketBeEmptied();
            using var stranger = new DatagramPeer(echo, from: "127.0.0.2");
            scene.Note("stranger", stranger.Ask("three", TimeSpan.FromMilliseconds(500)));
            scene.Stage.WaitForServiceLog("FAIL: echo-dgram");
            scene.NoteServiceLogSorted("EXIT");
        },
        """
        server: pid <A> 127.0.0.1 own-port one
        echo: two
        stranger: (silent)
        log: EXIT: dgram status=0 pid=<A> duration=<short>(sec)
        log: FAIL: echo-dgram address from=127.0.0.2
        log: START: dgram pid=<A> from=127.0.0.1
        log: START: echo-dgram pid=0 from=127.0.0.1
        """);

    // «1234 127.0.0.1 40000 text» → «pid 1234 own-address text»
    private static string WithPid(string answer, DatagramPeer peer) =>
        answer.Length > 0 && char.IsAsciiDigit(answer[0]) ? "pid " + answer.Replace($" {peer.LocalPort} ", " own-port ") : answer;
}
