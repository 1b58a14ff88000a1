using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>Redirected connections with real clients and servers, many at a time, and when descriptors run out.</summary>
[Collection(Alone.Name)]
public sealed class RedirectTests
{
    [Fact]
    public void Netcat_half_closes_and_gets_its_answer()
    {
        Subjects.OnlyOurs("an end is passed on and the other direction goes on");
        using var stage = new Stage();
        int sum = stage.NewPort(), port = stage.NewPort();
        stage.Start(Stanza.Stream("sum", sum, "server = /usr/bin/sha256sum") + Relay(port, sum));
        string netcat = Originals.Program("netcat-openbsd", "bin/nc.openbsd");
        string large = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i} "));
        string file = stage.Scratch.Write("large", large);
        string answer = Command.Succeed(Originals.Environment(), "sh", "-c", $"{netcat} -N 127.0.0.1 {port} < {file}");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(large))) + "  -\n", answer);
    }

    [Fact]
    public void A_thousand_at_the_same_time_need_no_process_and_leave_no_descriptor()
    {
        Subjects.OnlyOurs("redirected connections need no process");
        using var stage = new Stage();
        int echo = stage.NewPort(), port = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults("cps = 0 0", "instances = UNLIMITED", stage.LogToFile, "log_on_success = EXIT")
            + Stanza.BuiltIn("echo", echo, "stream") + Relay(port, echo));
        Assert.Equal("x", Peer.Ask(port, "x", halfClose: true));
        stage.WaitForServiceLog("EXIT", 2);
        int before = ProcFs.Descriptors(daemon.Pid).Count;
        List<Peer> peers = [.. Enumerable.Range(0, 1000).Select(_ => stage.Keep(Peer.Connect(port)))];
        for (int round = 0; round < 2; round++)
        {
            foreach ((Peer peer, int i) in peers.Select((peer, i) => (peer, i)))
            {
                peer.Send($"{round} {i}\n");
            }

            Assert.All(peers.Select((peer, i) => (peer, i)), pair => Assert.Equal($"{round} {pair.i}", pair.peer.ReadLine()));
        }

        Assert.Empty(ProcFs.Children(daemon.Pid));
        Assert.Equal(before + 3000, ProcFs.Descriptors(daemon.Pid).Count);
        peers.ForEach(peer => peer.Dispose());
        Wait.Until(() => ProcFs.Descriptors(daemon.Pid).Count == before, () => "the descriptors as before");
    }

    [Fact]
    public void Thousands_one_after_the_other_leave_no_trace()
    {
        Subjects.OnlyOurs("the original would take minutes");
        using var stage = new Stage();
        int echo = stage.NewPort(), port = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults("cps = 0 0", "instances = UNLIMITED") + Stanza.BuiltIn("echo", echo, "stream")
            + Relay(port, echo, stage.LogToFile, "log_on_success = EXIT TRAFFIC"));
        string large = new('x', 200_000);
        Assert.Equal(large, Large(port, large));
        stage.WaitForServiceLog("EXIT");
        int before = ProcFs.Descriptors(daemon.Pid).Count;
        string? wrong = null;
        Thread[] clients =
        [
            .. Enumerable.Range(0, 4).Select(client => new Thread(() =>
            {
                for (int i = 0; i < 750 && wrong is null; i++)
                {
                    string sent = i % 50 == 0 ? large : $"{client} {i}";
                    string answer = i % 50 == 0 ? Large(port, large) : Peer.Ask(port, sent, halfClose: true);
                    wrong = answer == sent ? wrong : answer[..Math.Min(answer.Length, 100)];
                }
            })),
        ];
        Array.ForEach(clients, client => client.Start());
        Array.ForEach(clients, client => client.Join());
        Assert.Null(wrong);
        stage.WaitForServiceLog("EXIT", 3001);
        Assert.Equal(60 + 1, stage.ServiceLog.Count(line => line == "TRAFFIC: relay in=200000(bytes) out=200000(bytes)"));

        // Pipes that were in use stay for the next: a few, whatever came.
        Wait.Until(() => ProcFs.DescriptorCount(daemon.Pid) <= before + 8, () => $"few descriptors more than {before}: {ProcFs.DescriptorCount(daemon.Pid)}");
    }

    [Fact]
    public void Without_descriptors_peers_are_let_go_and_it_recovers()
    {
        Subjects.OnlyOurs("running out of descriptors passes");
        using var stage = new Stage();
        int echo = stage.NewPort(), port = stage.NewPort();
        using Stage far = new();
        far.Start(Stanza.Defaults("cps = 0 0") + Stanza.BuiltIn("echo", echo, "stream"));
        Daemon daemon = stage.Start(Stanza.Defaults("cps = 0 0") + Relay(port, echo), wrapper: ["prlimit", "--nofile=40:40"]);
        Assert.Equal("in", Peer.Ask(port, "in", halfClose: true));
        int before = ProcFs.Descriptors(daemon.Pid).Count;
        Peer[] peers = [.. Enumerable.Range(0, 40).Select(_ => Peer.Connect(port))];
        Wait.Until(() => !peers[^1].IsOpen(TimeSpan.FromMilliseconds(10)), () => "a peer without descriptor\n" + daemon.Describe());
        peers[0].Send("still\n");
        Assert.Equal("still", peers[0].ReadLine());

        // No pipe can be had either: more than the small buffer is copied.
        string large = string.Concat(Enumerable.Range(0, 4000).Select(i => $"{i} ")) + "\n";
        peers[0].Send(large);
        Assert.Equal(large.TrimEnd('\n'), peers[0].ReadLine());
        Array.ForEach(peers, peer => peer.Dispose());
        Wait.Until(() => ProcFs.Descriptors(daemon.Pid).Count <= before + 2, () => "the descriptors as before");
        Assert.Equal("back", Peer.Ask(port, "back", halfClose: true));
    }

    private static string Relay(int port, int target, params string[] lines) =>
        Stanza.Stream("relay", port, [$"redirect = 127.0.0.1 {target}", .. lines]);

    // More than the sockets on the way hold must be read while it is sent.
    private static string Large(int port, string text)
    {
        using Peer peer = Peer.Connect(port);
        Thread sender = new(() =>
        {
            peer.Send(text);
            peer.HalfClose();
        });
        sender.Start();
        string answer = peer.ReadToEnd();
        sender.Join();
        return answer;
    }
}
