using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

[Collection(Alone.Name)]
public sealed class ReloadTests
{
    [Fact]
    public void Two_hundred_reloads_refuse_and_reset_nobody()
    {
        using var stage = new Stage();
        int spawned = stage.NewPort(), builtIn = stage.NewPort(), comes = stage.NewPort();
        string kept = Stanza.Defaults("cps = 0 0")
            + Stanza.Stream("line", spawned, "server = " + stage.Probe, "server_args = line") + Stanza.BuiltIn("echo", builtIn, "stream");
        string[] texts = [kept, kept.Replace("cps = 0 0", "cps = 100000 1") + Stanza.BuiltIn("daytime", comes, "stream")];
        Daemon daemon = stage.Start(texts[0]);
        var outcomes = new ConcurrentDictionary<string, int>();
        using var stop = new CancellationTokenSource();
        Thread[] clients =
        [
            Client(() => Peer.Ask(spawned, "hello\n") == "line: hello\n" ? "served" : "spawned: " + Peer.Ask(spawned, "hello\n")),
            Client(() => Peer.Ask(builtIn, "hello", halfClose: true) is var answer && answer == "hello" ? "served" : "built-in: " + answer),
        ];
        Thread Client(Func<string> ask)
        {
            var thread = new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                {
                    outcomes.AddOrUpdate(ask(), 1, (_, count) => count + 1);
                }
            });
            thread.Start();
            return thread;
        }

        try
        {
            for (int i = 1; i <= 200; i++)
            {
                stage.Scratch.Write("xinetd.conf", texts[i % 2]);
                daemon.Signal(Signal.Hangup);
                Thread.Sleep(15);
                daemon.WaitForLog("Reconfigured", i);
            }
        }
        finally
        {
            stop.Cancel();
            Array.ForEach(clients, client => client.Join());
        }

        Assert.Equal(["served"], outcomes.Keys);
        Assert.True(outcomes["served"] > 100, $"only {outcomes["served"]} connections were made beside the reloads");
        Assert.Equal(0, ProcFs.Zombies(daemon.Pid));
        TestContext.Current.TestOutputHelper?.WriteLine($"{outcomes["served"]} connections");
    }

    [Fact]
    public void Reloads_leak_nothing()
    {
        Subjects.OnlyOurs("the log of a service that is dropped is closed");
        using var stage = new Stage();
        int one = stage.NewPort(), two = stage.NewPort(), moving = stage.NewPort(), udp = stage.NewPort();
        string Text(int i) =>
            Stanza.Defaults(stage.LogToFile, "log_on_success = HOST")
            + Stanza.BuiltIn("daytime", one, "stream")
            + Stanza.BuiltIn("echo", moving, "stream", $"bind = 127.0.0.{1 + (i % 2)}")
            + (i % 2 == 0 ? Stanza.BuiltIn("time", two, "stream", $"log_type = FILE {stage.Scratch["other.log"]}") + Stanza.BuiltIn("echo", udp, "dgram") : "");
        Daemon daemon = stage.Start(Text(0));
        string[] Descriptors()
        {
            // Who is answered now knows that the turn of the reload is over: it opens its watch of the rules anew after the last line.
            Assert.EndsWith("UTC\r\n", Peer.Ask(one));
            return [.. ProcFs.Descriptors(daemon.Pid).Values.Select(target => target.Split('[')[0]).Order()];
        }

        for (int i = 1; i <= 4; i++)
        {
            daemon.Reload(Text(i));
        }

        string[] before = Descriptors();
        for (int i = 1; i <= 40; i++)
        {
            daemon.Reload(Text(i));
        }

        string[] after = Descriptors();
        Assert.True(before.SequenceEqual(after), $"before: {string.Join(' ', before)}\nafter: {string.Join(' ', after)}");
    }

    [Fact]
    public void Sessions_outlive_reloads_that_change_their_service()
    {
        using var stage = new Stage();
        int hold = stage.NewPort(), echo = stage.NewPort();
        string Text(int nice) =>
            Stanza.Stream("hold", hold, "server = " + stage.Probe, "server_args = hold", $"nice = {nice}") + Stanza.BuiltIn("echo", echo, "stream", $"instances = {10 + nice}");
        Daemon daemon = stage.Start(Text(0));
        Peer held = stage.Keep(Peer.Connect(hold)), echoing = stage.Keep(Peer.Connect(echo));
        int server = int.Parse(held.ReadLine().Split(' ')[1]);
        for (int nice = 1; nice <= 3; nice++)
        {
            daemon.Reload(Text(nice));
            echoing.Send("still\n");
            Assert.Equal("still", echoing.ReadLine());
            Assert.True(ProcFs.Lives(server));
        }

        held.HalfClose();
        Assert.Equal("(closed)", held.ReadToEnd());
    }

    [Theory]
    [InlineData("a file without end", "service cut\n{\n    type = INTERNAL UNLISTED\n")]
    [InlineData("a value in the defaults", "defaults\n{\n    instances = many\n}\n")]
    [InlineData("a top level that is none", "this is no configuration\n")]
    public void A_broken_reload_changes_nothing_that_runs(string what, string broken)
    {
        Subjects.OnlyOurs("a broken file changes nothing");
        using var stage = new Stage();
        int port = stage.NewPort(), hold = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.BuiltIn("daytime", port, "stream") + Stanza.Stream("hold", hold, "server = " + stage.Probe, "server_args = hold"));
        Peer held = stage.Keep(Peer.Connect(hold));
        held.ReadLine();
        int lines = daemon.Log.Count;
        stage.Scratch.Write("xinetd.conf", broken);
        daemon.Signal(Signal.Hangup);
        Wait.Until(() => daemon.Log.Skip(lines).Any(line => line.StartsWith("ERROR") || line.StartsWith("CRITICAL")), () => what + "\n" + daemon.Describe());
        Thread.Sleep(100);
        Assert.EndsWith("UTC\r\n", Peer.Ask(port));
        Assert.True(held.IsOpen(TimeSpan.FromMilliseconds(50)));
        Assert.Equal(0, daemon.CountLog("deactivated"));
    }

    [Fact]
    public void A_reload_takes_no_longer_with_many_sessions()
    {
        Subjects.OnlyOurs("a reload never waits for a server");
        using var stage = new Stage();
        int stubborn = stage.NewPort(), daytime = stage.NewPort();
        string rest = Stanza.BuiltIn("daytime", daytime, "stream");
        string all = Stanza.Stream("stubborn", stubborn, "server = " + stage.Probe, "server_args = stubborn") + rest;
        Daemon daemon = stage.Start(all);

        // The best of three: a busy machine may take a while once, a daemon that waits takes its while each time.
        TimeSpan best = TimeSpan.MaxValue;
        for (int attempt = 0; attempt < 3 && best >= TimeSpan.FromSeconds(2); attempt++)
        {
            daemon.Reload(all);
            for (int i = 0; i < 10; i++)
            {
                stage.Keep(Peer.Connect(stubborn)).ReadLine();
            }

            var clock = Stopwatch.StartNew();
            daemon.Reload(rest);
            Assert.EndsWith("UTC\r\n", Peer.Ask(daytime));
            best = clock.Elapsed < best ? clock.Elapsed : best;
            Wait.Until(() => ProcFs.Children(daemon.Pid).Count == 0, () => "the end of servers that ignore SIGTERM");
        }

        Assert.True(best < TimeSpan.FromSeconds(2), $"the daemon was deaf for {best.TotalSeconds:0.0} s");
    }
}
