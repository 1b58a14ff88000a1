using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>The built-in services, asked by the clients that people have, and many at a time.</summary>
public sealed class BuiltInTests
{
    [Fact]
    public void Netcat_and_curl_use_all_of_them_over_tcp()
    {
        using var stage = new Stage();
        Dictionary<string, int> ports = Start(stage, "stream");
        string netcat = Originals.Program("netcat-openbsd", "bin/nc.openbsd");

        Assert.Equal("hello\n", Ask(netcat, "hello\n", "-N", ports["echo"]));
        Assert.Equal("", Ask(netcat, "hello\n", "-N", ports["discard"]));
        Assert.Matches(@"^\d\d [A-Z]{3} \d{4} \d\d:\d\d:\d\d UTC\r\n$", Ask(netcat, "", "-N", ports["daytime"]));
        Assert.Equal(4, Ask(netcat, "", "-N", ports["time"]).Length);
        Assert.Matches(
            @"^\d\d [A-Z]{3} \d{4} \d\d:\d\d:\d\d UTC\r\n$",
            Command.Succeed(null, "curl", "-sS", "--max-time", "10", $"telnet://127.0.0.1:{ports["daytime"]}"));
        Assert.Equal(7400, Command.Succeed(null, "sh", "-c", $"{netcat} 127.0.0.1 {ports["chargen"]} </dev/null | head -c 7400").Length);
    }

    [Fact]
    public void Netcat_uses_all_of_them_over_udp()
    {
        using var stage = new Stage();
        Dictionary<string, int> ports = Start(stage, "dgram");
        string netcat = Originals.Program("netcat-openbsd", "bin/nc.openbsd");

        Assert.Equal("hello\n", Ask(netcat, "hello\n", "-uw1", ports["echo"]));
        Assert.Equal("", Ask(netcat, "hello\n", "-uw1", ports["discard"]));
        Assert.Matches(@"^\d\d [A-Z]{3} \d{4} \d\d:\d\d:\d\d UTC\r\n$", Ask(netcat, "x", "-uw1", ports["daytime"]));
        Assert.Equal(4, Ask(netcat, "x", "-uw1", ports["time"]).Length);
        Assert.Equal(1024, Ask(netcat, "x", "-uw1", ports["chargen"]).Length);
    }

    [Fact]
    public void Many_sessions_are_answered_without_a_process()
    {
        Subjects.OnlyOurs("built-in services need no process");
        using var stage = new Stage();
        int port = stage.NewPort();
        Daemon daemon = stage.Start(Stanza.BuiltIn("echo", port, "stream", "cps = 0 0"));
        List<Peer> peers = [.. Enumerable.Range(0, 200).Select(_ => stage.Keep(Peer.Connect(port)))];
        for (int round = 0; round < 3; round++)
        {
            foreach ((Peer peer, int i) in peers.Select((peer, i) => (peer, i)))
            {
                peer.Send($"{round} {i}\n");
            }

            Assert.All(peers.Select((peer, i) => (peer, i)), pair => Assert.Equal($"{round} {pair.i}", pair.peer.ReadLine()));
        }

        Assert.Empty(ProcFs.Children(daemon.Pid));
    }

    [Fact]
    public void Instances_and_per_source_count_the_sessions_that_live()
    {
        Subjects.OnlyOurs("instances apply to built-in stream services");
        using var stage = new Stage();
        int port = stage.NewPort();
        stage.Start(
            Stanza.Defaults(stage.LogToFile, "log_on_success = HOST EXIT", "log_on_failure = HOST")
            + Stanza.BuiltIn("echo", port, "stream", "instances = 3", "per_source = 2"));
        Peer first = stage.Keep(Peer.Connect(port)), second = stage.Keep(Peer.Connect(port));
        Assert.Equal("x", Echo(first) + (Echo(second) == "x" ? "" : "?"));
        Assert.Equal("(closed)", Peer.Ask(port));
        Peer third = stage.Keep(Peer.Connect(port, from: "127.0.0.2"));
        Assert.Equal("x", Echo(third));
        Assert.Equal("(closed)", Peer.Ask(port, from: "127.0.0.3"));
        stage.WaitForServiceLog("FAIL", 2);
        Assert.Equal(
            ["FAIL: echo-stream per_source_limit from=127.0.0.1", "FAIL: echo-stream service_limit from=127.0.0.3"],
            stage.ServiceLog.Where(line => line.StartsWith("FAIL")));

        first.HalfClose();
        Assert.Equal("(closed)", first.ReadToEnd());
        Assert.Equal("x", Echo(stage.Keep(Peer.Connect(port, from: "127.0.0.3"))));
    }

    [Fact]
    public void Every_datagram_of_a_burst_is_answered()
    {
        Subjects.OnlyOurs("no datagram is thrown away");
        using var stage = new Stage();
        int port = stage.NewPort();
        stage.Start(Stanza.BuiltIn("echo", port, "dgram", "cps = 0 0"));
        DatagramPeer[] peers = [.. Enumerable.Range(1, 4).Select(i => stage.Keep(new DatagramPeer(port, from: $"127.0.0.{i}")))];
        string[] texts = [.. Enumerable.Range(0, 30).Select(i => $"datagram {i}")];
        foreach (DatagramPeer peer in peers)
        {
            Assert.Equal(texts, peer.AskMany(texts, Wait.Bound));
        }
    }

    [Fact]
    public void A_datagram_from_another_built_in_service_is_not_answered()
    {
        AsRoot.Needed();
        Subjects.OnlyOurs("two super-servers cannot be made to answer each other for ever");
        using var stage = new Stage();
        int port = stage.NewPort();
        stage.Start(Stanza.BuiltIn("echo", port, "dgram"));
        foreach (int from in new[] { 7, 13, 17, 19, 37 })
        {
            using var looping = new DatagramPeer(port, from: "127.0.0.77", fromPort: from);
            Assert.Equal("(silent)", looping.Ask("loop", TimeSpan.FromMilliseconds(100)));
        }

        using var peer = new DatagramPeer(port, from: "127.0.0.77");
        Assert.Equal("answer", peer.Ask("answer"));
    }

    [Fact]
    public void A_peer_that_does_not_read_holds_up_nobody()
    {
        using var stage = new Stage();
        int chargen = stage.NewPort(), daytime = stage.NewPort(), echo = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.BuiltIn("chargen", chargen, "stream") + Stanza.BuiltIn("daytime", daytime, "stream") + Stanza.BuiltIn("echo", echo, "stream"));
        stage.Keep(Peer.Connect(chargen));
        stage.Keep(Peer.Connect(chargen)).HalfClose();
        Peer slow = stage.Keep(Peer.Connect(echo));
        slow.SendWithoutWaiting(new string('x', 4_000_000));
        System.Threading.Thread.Sleep(200);

        for (int i = 0; i < 20; i++)
        {
            Assert.EndsWith("UTC\r\n", Peer.Ask(daytime));
        }

        // Waiting for a peer costs no processor time.
        long before = ProcFs.ProcessorTicks(daemon.Pid);
        System.Threading.Thread.Sleep(500);
        Assert.True(ProcFs.ProcessorTicks(daemon.Pid) - before < 10, "the daemon spins while a peer does not read");
    }

    [Fact]
    public void Megabytes_come_back_from_echo_as_they_were()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        stage.Start(Stanza.BuiltIn("echo", port, "stream"));
        Peer peer = stage.Keep(Peer.Connect(port));
        string text = string.Concat(Enumerable.Range(0, 700_000).Select(i => $"{i:x} "));
        var sender = new System.Threading.Thread(() =>
        {
            peer.Send(text);
            peer.HalfClose();
        });
        sender.Start();
        string back = peer.ReadToEnd();
        sender.Join();
        Assert.Equal(text.Length, back.Length);
        Assert.True(text == back, "the bytes came back changed");
    }

    [Fact]
    public void Lines_to_tcpmux_that_never_end_hold_up_nobody()
    {
        Subjects.OnlyOurs("its lines must come in one piece");
        using var stage = new Stage();
        int port = stage.NewPort(), servers = stage.NewPort();
        stage.Start(
            Stanza.BuiltIn("tcpmux", port, "stream", "cps = 0 0")
            + Stanza.Entry(
                "service behind",
                ["type = TCPMUX UNLISTED", "socket_type = stream", "wait = no", "user = root", "server = " + stage.Probe, "server_args = line"])
            + Stanza.BuiltIn("servers", servers, "stream"));
        for (int i = 0; i < 200; i++)
        {
            stage.Keep(Peer.Connect(port)).Send("beh");
        }

        Assert.Equal("line: hello\n", Peer.Ask(port, "BEHIND\r\nhello\n"));
        Wait.Until(() => Peer.Ask(servers) == "(closed)", () => Peer.Ask(servers));
        Peer stays = stage.Keep(Peer.Connect(port));
        stays.Send("behind\r\n");
        Wait.Until(() => Peer.Ask(servers).Contains("  behind  127.0.0.1  "), () => Peer.Ask(servers));
        Assert.Matches(@"^\d+  behind  127\.0\.0\.1  \d\d/\d+/\d+@\d\d:\d\d:\d\d\r\n$", Peer.Ask(servers));
    }

    [Fact]
    public void The_lists_of_services_and_servers_are_for_those_who_may_see_them()
    {
        Subjects.OnlyOurs("it has neither service");
        using var stage = new Stage();
        int services = stage.NewPort(), echo = stage.NewPort();
        stage.Start(
            Stanza.BuiltIn("services", services, "stream", "only_from = 127.0.0.1") + Stanza.BuiltIn("echo", echo, "dgram"));
        Assert.Equal($"services-stream  {services}/tcp  listening\r\necho-dgram  {echo}/udp  listening\r\n", Peer.Ask(services));
        Assert.Equal("(closed)", Peer.Ask(services, from: "127.0.0.2"));
    }

    private static Dictionary<string, int> Start(Stage stage, string socketType)
    {
        Dictionary<string, int> ports = new[] { "echo", "discard", "daytime", "time", "chargen" }.ToDictionary(name => name, _ => stage.NewPort());
        stage.Start(string.Concat(ports.Select(pair => Stanza.BuiltIn(pair.Key, pair.Value, socketType))));
        return ports;
    }

    private static string Ask(string netcat, string input, string option, int port) =>
        Command.RunWithInput(input, netcat, option, "127.0.0.1", port.ToString()).Text;

    private static string Echo(Peer peer)
    {
        peer.Send("x");
        return peer.Read(1);
    }
}
