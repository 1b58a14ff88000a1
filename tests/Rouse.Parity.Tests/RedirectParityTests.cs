using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>Connections that are passed on to another server.</summary>
public sealed class RedirectParityTests
{
    private const string Log = "log_on_success = HOST EXIT TRAFFIC";
    private const string Sum = "/usr/bin/sha256sum";

    [Fact]
    public void Redirect_passes_bytes_both_ways_and_counts_them() => Comparison.Same(
        scene =>
        {
            int target = scene.NewPort(), port = scene.NewPort();
            scene.Start(
                Stanza.Stream("line", target, "server = " + scene.Probe, "server_args = line")
                + Stanza.Stream("relay", port, $"redirect = 127.0.0.1 {target}", scene.LogToFile, Log));
            using (Peer peer = Peer.Connect(port))
            {
                peer.Send("hello\n");
                scene.Note("answer", peer.ReadToEnd());
            }

            scene.NoteServiceLog("EXIT");
        },
        """
        answer: line: hello\n
        log: START: relay from=127.0.0.1
        log: TRAFFIC: relay in=6(bytes) out=12(bytes)
        log: EXIT: relay status=0
        """);

    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("::1", "::1")]
    public void A_target_is_a_name_or_an_address_of_either_family(string target, string listens) => Comparison.Same(
        scene =>
        {
            int line = scene.NewPort(), port = scene.NewPort();
            string family = listens.Contains(':') ? "flags = IPv6" : "flags = IPv4";
            scene.Start(
                Stanza.Stream("line", line, "server = " + scene.Probe, "server_args = line", "bind = " + listens, family)
                + Stanza.Stream("relay", port, $"redirect = {target} {line}", scene.LogToFile, Log));
            using (Peer peer = Peer.Connect(port))
            {
                peer.Send("hello\n");
                scene.Note("answer", peer.ReadToEnd());
            }

            scene.NoteServiceLog("EXIT");
        },
        """
        answer: line: hello\n
        log: START: relay from=127.0.0.1
        log: TRAFFIC: relay in=6(bytes) out=12(bytes)
        log: EXIT: relay status=0
        """);

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("::1", "::1")]
    public void A_target_that_refuses_is_told_in_the_daemons_log(string target, string told) => Comparison.Same(
        scene =>
        {
            int nobody = scene.NewPort(), port = scene.NewPort();
            scene.Start(Stanza.Stream("relay", port, $"redirect = {target} {nobody}", scene.LogToFile, Log));
            scene.Ask("answer", port);
            scene.NoteServiceLog("EXIT");
            scene.NoteDaemonLog("can't", "can't connect");
        },
        $$"""
        answer: (closed)
        log: START: relay from=127.0.0.1
        log: EXIT: relay status=0
        daemon: ERROR: can't connect to remote host {{told}}: Connection refused (errno = 111)
        """);

    [Fact]
    public void Each_client_has_a_connection_of_its_own() => Comparison.Same(
        scene =>
        {
            int echo = scene.NewPort(), port = scene.NewPort();
            scene.Start(
                Stanza.Stream("target", echo, "server = " + scene.Probe, "server_args = echo")
                + Stanza.Stream("relay", port, $"redirect = 127.0.0.1 {echo}", scene.LogToFile, Log));
            using (Peer first = Peer.Connect(port), second = Peer.Connect(port))
            {
                first.Send("one\n");
                second.Send("two\n");
                scene.Note("second", second.ReadLine());
                scene.Note("first", first.ReadLine());
                first.Send("three\n");
                scene.Note("first", first.ReadLine());
            }

            scene.NoteServiceLogSorted("EXIT", 2);
        },
        """
        second: two
        first: one
        first: three
        log: EXIT: relay status=0
        log: EXIT: relay status=0
        log: START: relay from=127.0.0.1
        log: START: relay from=127.0.0.1
        log: TRAFFIC: relay in=10(bytes) out=10(bytes)
        log: TRAFFIC: relay in=4(bytes) out=4(bytes)
        """);

    [Fact]
    public void Large_transfers_arrive_byte_for_byte_both_ways() => Comparison.Same(
        scene =>
        {
            int down = scene.NewPort(), up = scene.NewPort(), relayDown = scene.NewPort(), relayUp = scene.NewPort();
            byte[] bytes = new byte[20_000_000];
            new Random(1).NextBytes(bytes);
            string file = scene.Stage.Scratch["large"];
            File.WriteAllBytes(file, bytes);
            string script = Executable(scene, "up", $"#!/bin/sh\nhead -c {bytes.Length} | {Sum}\n");
            scene.Start(
                Stanza.Stream("down", down, "server = /bin/cat", "server_args = " + file)
                + Stanza.Stream("up", up, "server = " + script)
                + Stanza.Stream("relay-down", relayDown, $"redirect = 127.0.0.1 {down}", scene.LogToFile, Log)
                + Stanza.Stream("relay-up", relayUp, $"redirect = 127.0.0.1 {up}", scene.LogToFile, Log));
            string wanted = Convert.ToHexStringLower(SHA256.HashData(bytes));
            string got = Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(Peer.Ask(relayDown))));
            scene.Note("down", got == wanted ? "whole" : got);
            using (Peer peer = Peer.Connect(relayUp))
            {
                peer.Send(Encoding.Latin1.GetString(bytes));
                got = peer.ReadToEnd();
            }

            scene.Note("up", got.StartsWith(wanted, StringComparison.Ordinal) ? "whole" : got);
            scene.NoteServiceLogSorted("EXIT", 2);
        },
        """
        down: whole
        up: whole
        log: EXIT: relay-down status=0
        log: EXIT: relay-up status=0
        log: START: relay-down from=127.0.0.1
        log: START: relay-up from=127.0.0.1
        log: TRAFFIC: relay-down in=0(bytes) out=20000000(bytes)
        log: TRAFFIC: relay-up in=20000000(bytes) out=68(bytes)
        """);

    [Fact]
    public void A_redirected_connection_has_a_pid_only_where_a_process_passes_it_on() => Comparison.Differs(
        "D-034: Rouse passes redirected connections on itself",
        scene =>
        {
            int line = scene.NewPort(), port = scene.NewPort();
            scene.Start(
                Stanza.Stream("line", line, "server = " + scene.Probe, "server_args = line")
                + Stanza.Stream("relay", port, $"redirect = 127.0.0.1 {line}", scene.LogToFile, "log_on_success = PID HOST EXIT DURATION"));
            using Peer peer = Peer.Connect(port);
            peer.Send("hello\n");
            peer.ReadToEnd();
            peer.Dispose();
            scene.NoteServiceLog("EXIT");
        },
        """
        log: START: relay pid=<A> from=127.0.0.1
        log: EXIT: relay status=0 pid=<A> duration=<short>(sec)
        """,
        """
        log: START: relay pid=0 from=127.0.0.1
        log: EXIT: relay status=0 pid=0 duration=<short>(sec)
        """);

    [Fact]
    public void A_client_that_half_closes_gets_its_answer() => Comparison.Differs(
        "D-036: an end is passed on, and the other direction goes on",
        scene =>
        {
            int sum = scene.NewPort(), port = scene.NewPort();
            scene.Start(
                Stanza.Stream("sum", sum, "server = " + Sum)
                + Stanza.Stream("relay", port, $"redirect = 127.0.0.1 {sum}", scene.LogToFile, Log));
            scene.Ask("answer", port, "hello\n", halfClose: true);
            scene.NoteServiceLogSorted("EXIT"); // The original writes START in another process than the others.
        },
        """
        answer: (closed)
        log: EXIT: relay status=0
        log: START: relay from=127.0.0.1
        log: TRAFFIC: relay in=6(bytes) out=0(bytes)
        """,
        """
        answer: 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  -\n
        log: EXIT: relay status=0
        log: START: relay from=127.0.0.1
        log: TRAFFIC: relay in=6(bytes) out=68(bytes)
        """);

    [Fact]
    public void A_target_that_resets_resets_its_client() => Comparison.Differs(
        "D-036: a connection that broke does not look like one that has ended",
        scene =>
        {
            int port = scene.NewPort();
            using TcpListener target = new(IPAddress.Loopback, 0);
            target.Start();
            string redirect = $"redirect = 127.0.0.1 {((IPEndPoint)target.LocalEndpoint).Port}";
            scene.Start(Stanza.Stream("relay", port, redirect, scene.LogToFile, Log));
            using Peer peer = Peer.Connect(port);
            using (Socket connection = Accept(target))
            {
                peer.Send("x");
                connection.Receive(new byte[1]);
                connection.Send("half an ans"u8);
                scene.Note("answer", peer.Read(11));
                connection.LingerState = new LingerOption(true, 0);
            }

            scene.Note("then", peer.ReadToEnd());
            scene.NoteServiceLogSorted("EXIT"); // The original writes START in another process than the others.
        },
        """
        answer: half an ans
        then: (closed)
        log: EXIT: relay status=0
        log: START: relay from=127.0.0.1
        log: TRAFFIC: relay in=1(bytes) out=11(bytes)
        """,
        """
        answer: half an ans
        then: (reset)
        log: EXIT: relay status=0
        log: START: relay from=127.0.0.1
        log: TRAFFIC: relay in=1(bytes) out=11(bytes)
        """);

    [Fact]
    public void A_redirected_connection_lives_through_a_reload_that_keeps_its_service() => Comparison.Same(
        scene =>
        {
            int echo = scene.NewPort(), other = scene.NewPort(), port = scene.NewPort();
            string Configuration(int target) =>
                Stanza.Stream("target", echo, "server = " + scene.Probe, "server_args = echo")
                + Stanza.Stream("line", other, "server = " + scene.Probe, "server_args = line")
                + Stanza.Stream("relay", port, $"redirect = 127.0.0.1 {target}", scene.LogToFile, Log);
            scene.Start(Configuration(echo));
            using Peer before = Peer.Connect(port);
            before.Send("one\n");
            scene.Note("before", before.ReadLine());
            scene.Daemon.Reload(Configuration(other));
            before.Send("two\n");
            scene.Note("before", before.ReadLine());
            scene.Ask("after", port, "three\n");
        },
        """
        before: one
        before: two
        after: line: three\n
        """);

    [Fact]
    public void The_end_of_its_service_and_of_the_daemon_end_it() => Comparison.Differs(
        "D-036: a connection that was cut does not look like one that has ended",
        scene =>
        {
            int echo = scene.NewPort(), port = scene.NewPort(), second = scene.NewPort();
            string target = Stanza.Stream("target", echo, "server = " + scene.Probe, "server_args = echo");
            string relay = Stanza.Stream("relay", port, $"redirect = 127.0.0.1 {echo}");
            string kept = Stanza.Stream("kept", second, $"redirect = 127.0.0.1 {echo}");
            scene.Start(target + relay + kept);
            using Peer first = Peer.Connect(port), other = Peer.Connect(second);
            first.Send("one\n");
            other.Send("two\n");
            scene.Note("first", first.ReadLine());
            scene.Note("other", other.ReadLine());
            scene.Daemon.Reload(target + kept);
            scene.Note("first", first.ReadToEnd());
            other.Send("three\n");
            scene.Note("other", other.ReadLine());
            scene.Daemon.End(Signal.Terminate);
            scene.Note("other", other.ReadToEnd());
        },
        """
        first: one
        other: two
        first: (closed)
        other: three
        other: (closed)
        """,
        """
        first: one
        other: two
        first: (reset)
        other: three
        other: (reset)
        """);

    [Fact]
    public void Instances_and_the_limit_of_servers_count_them() => Comparison.Same(
        scene =>
        {
            int echo = scene.NewPort(), port = scene.NewPort();
            using TcpListener target = new(IPAddress.Loopback, 0);
            target.Start();
            string redirect = $"redirect = 127.0.0.1 {((IPEndPoint)target.LocalEndpoint).Port}";
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = EXIT", "log_on_failure = HOST")
                + Stanza.Stream("one", echo, redirect, "instances = 1") + Stanza.Stream("relay", port, redirect),
                "-limit", "2");
            using Peer first = Peer.Connect(echo);
            Accept(target).Dispose();
            using Peer held = Peer.Connect(port);
            using Socket heldTarget = Accept(target);
            first.ReadToEnd();
            first.Dispose();
            scene.Stage.WaitForServiceLog("EXIT: one");
            using Peer again = Peer.Connect(echo);
            using Socket againTarget = Accept(target);
            scene.Ask("one too many for the service", echo);
            scene.Ask("one too many for the daemon", port);
            scene.Stage.WaitForServiceLog("FAIL", 2);
            scene.NoteAll("log", scene.Stage.ServiceLog.Where(line => line.StartsWith("FAIL")));
        },
        """
        one too many for the service: (closed)
        one too many for the daemon: (closed)
        log: FAIL: one service_limit from=127.0.0.1
        log: FAIL: relay process_limit from=127.0.0.1
        """);

    // A connection that does not come must not stop the run.
    private static Socket Accept(TcpListener target)
    {
        Assert.True(target.Server.Poll(Wait.Bound, SelectMode.SelectRead), "nobody connects to the target");
        return target.AcceptSocket();
    }

    private static string Executable(Scene scene, string name, string text)
    {
        string path = scene.Stage.Scratch.Write(name, text);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        return path;
    }
}
