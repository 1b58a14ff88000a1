using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>Waiting for names and users, with real name servers and identification servers that hang.</summary>
[Collection(Alone.Name)]
public sealed class NamesTests
{
    private const int Requests = 300;
    private const int Hanging = 32;
    private const int MostLookUps = 16;
    private const int HangSeconds = 10;

    // Far from what a request takes on a busy machine, and farther from what it would take behind a single look-up that hangs.
    private static readonly TimeSpan Tolerable = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_dead_name_server_delays_only_the_connections_that_need_it()
    {
        NetworkNamespace.Needed();
        Subjects.OnlyOurs("a dead name server delays nobody else");
        using var stage = new Stage();
        int named = stage.NewPort(), daytime = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults(stage.LogToFile, "log_on_failure = HOST", "cps = 0 0")
            + Stanza.BuiltIn("echo", named, "stream", "only_from = friend.example")
            + Stanza.BuiltIn("daytime", daytime, "stream"),
            wrapper: NetworkNamespace.WrapperWithNames(
                stage.Scratch.Write("hosts", "192.0.2.7 friend.example\n"),
                stage.Scratch.Write("resolv.conf", NameServer.ResolverFile(HangSeconds))));
        stage.Keep(new NameServer(daemon.Pid, silent: true));

        TimeSpan[] before = Measure(daemon, daytime);
        int idle = Threads(daemon);
        Peer[] hanging =
        [
            .. NetworkNamespace.Within(
                daemon.Pid, () => Enumerable.Range(1, Hanging).Select(i => Peer.Connect(named, from: $"127.0.9.{i}")).ToArray()),
        ];
        Array.ForEach(hanging, peer => stage.Keep(peer));
        Wait.Until(
            () => Threads(daemon) >= idle + MostLookUps, () => $"{MostLookUps} look-ups at work, not {Threads(daemon)} threads\n{daemon.Describe()}");
        TimeSpan[] during = Measure(daemon, daytime);

        TestContext.Current.TestOutputHelper?.WriteLine($"p99 {P99(before)} without, {P99(during)} with {Hanging} hanging look-ups");
        Assert.True(during[^1] < Tolerable, $"a request took {during[^1]} while look-ups hang (before: {before[^1]})");
        Assert.InRange(Threads(daemon), idle, idle + MostLookUps + 2);
        Assert.Contains(hanging, peer => peer.IsOpen(TimeSpan.Zero));

        // In the end each of them has its answer: no name, no entry.
        Wait.Until(
            () => stage.ServiceLog.Count(line => line.Contains("FAIL: echo-stream address from=127.0.9.")) == Hanging,
            TimeSpan.FromSeconds(90),
            () => $"{Hanging} refusals\n{string.Join('\n', stage.ServiceLog)}");

        // Nor does the end of the daemon wait for a name server.
        stage.Keep(NetworkNamespace.Within(daemon.Pid, () => Peer.Connect(named, from: "127.0.10.1")));
        Assert.EndsWith("UTC\r\n", NetworkNamespace.Within(daemon.Pid, () => Peer.Ask(daytime)));
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, daemon.End(Signal.Terminate));
        Assert.True(clock.Elapsed < Tolerable, $"the daemon took {clock.Elapsed} to end");
    }

    [Fact]
    public void Silent_identification_servers_delay_only_their_own_connections()
    {
        NetworkNamespace.Needed();
        Subjects.OnlyOurs("identification holds up nobody else");
        using var stage = new Stage();
        int asking = stage.NewPort(), only = stage.NewPort(), daytime = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults(stage.LogToFile, "log_on_success = HOST USERID", "cps = 0 0")
            + Stanza.BuiltIn("echo", asking, "stream")
            + Stanza.BuiltIn("echo", only, "stream", "id = only", "flags = IDONLY")
            + Stanza.BuiltIn("daytime", daytime, "stream"),
            wrapper: NetworkNamespace.Wrapper);
        var ident = stage.Keep(new IdentServer(daemon.Pid) { Reply = _ => null });
        Peer[] silent =
        [
            .. NetworkNamespace.Within(daemon.Pid, () => Enumerable.Range(0, Hanging).Select(_ => Peer.Connect(asking)).ToArray()),
        ];
        Array.ForEach(silent, peer => stage.Keep(peer));
        Wait.Until(() => ident.Held == Hanging, () => $"{Hanging} questions, not {ident.Held}\n{daemon.Describe()}");

        TimeSpan[] during = Measure(daemon, daytime);
        Assert.True(during[^1] < Tolerable, $"a request took {during[^1]} while identification servers keep silent");

        ident.Reply = ports => $"{ports}:USERID:UNIX:joe\r\n";
        Assert.Equal("hello", NetworkNamespace.Within(daemon.Pid, () => Peer.Ask(only, "hello", halfClose: true)));
        stage.WaitForServiceLog("USERID: only UNIX:joe");
        Assert.All(silent, peer => Assert.True(peer.IsOpen(TimeSpan.Zero), "a connection was closed while its user was asked for"));
        Assert.Equal(0, daemon.End(Signal.Terminate));
    }

    private static TimeSpan[] Measure(Daemon daemon, int port) => NetworkNamespace.Within(daemon.Pid, () =>
    {
        var times = new TimeSpan[Requests];
        for (int i = 0; i < Requests; i++)
        {
            var clock = Stopwatch.StartNew();
            Assert.EndsWith("UTC\r\n", Peer.Ask(port));
            times[i] = clock.Elapsed;
        }

        Array.Sort(times);
        return times;
    });

    private static TimeSpan P99(TimeSpan[] sorted) => sorted[sorted.Length * 99 / 100];

    private static int Threads(Daemon daemon) => Directory.GetDirectories($"/proc/{daemon.Pid}/task").Length;
}
