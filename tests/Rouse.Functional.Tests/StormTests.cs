using System;
using System.IO;
using System.Linq;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>Many connections, and more than there are descriptors: afterwards everything is as before.</summary>
[Collection(Alone.Name)]
public sealed class StormTests
{
    private static readonly int Connections = Environment.GetEnvironmentVariable("ROUSE_LONG") == "1" ? 100_000 : 10_000;

    [Fact]
    public void Ten_thousand_servers_leave_no_trace()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults(stage.LogToFile, "log_on_success = PID HOST EXIT DURATION", "cps = 0 0")
            + Stanza.Stream("echo", port, "server = " + stage.Probe, "server_args = echo"));
        Storm(port, 500, "x", halfClose: true, expected: "x");
        Settle(daemon);
        (string[] descriptors, int memory) = (Descriptors(daemon), ProcFs.ResidentKiB(daemon.Pid));

        Storm(port, Connections, "x", halfClose: true, expected: "x");

        Settle(daemon);
        Assert.Equal(descriptors, Descriptors(daemon));
        Assert.Equal(0, ProcFs.Zombies(daemon.Pid));
        int growth = ProcFs.ResidentKiB(daemon.Pid) - memory;
        Assert.True(growth < 1024, $"the daemon grew by {growth} KiB");
        stage.WaitForServiceLog("EXIT", Connections + 500);
        Assert.Equal(Connections + 500, stage.ServiceLog.Count(line => line.StartsWith("START")));
    }

    /// <summary>CVE-2003-0211: the original lost memory for each connection that it refused. A million of them: RefusalTests.</summary>
    [Fact]
    public void Ten_thousand_refusals_leave_no_trace()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults(stage.LogToFile, "log_on_failure = HOST", "cps = 0 0", "no_access = 127.0.0.1")
            + Stanza.BuiltIn("daytime", port, "stream"));
        Storm(port, 500, "", halfClose: false, expected: "(closed)");
        (string[] descriptors, int memory) = (Descriptors(daemon), ProcFs.ResidentKiB(daemon.Pid));

        Storm(port, Connections, "", halfClose: false, expected: "(closed)");

        Assert.Equal(descriptors, Descriptors(daemon));
        int growth = ProcFs.ResidentKiB(daemon.Pid) - memory;
        Assert.True(growth < 512, $"the daemon grew by {growth} KiB");
        stage.WaitForServiceLog("FAIL", Connections + 500);
    }

    [Fact]
    public void Without_descriptors_it_sheds_says_so_once_and_recovers()
    {
        Subjects.OnlyOurs("running out of descriptors passes");
        using var stage = new Stage();
        int echo = stage.NewPort(), daytime = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults("cps = 0 0") + Stanza.BuiltIn("echo", echo, "stream") + Stanza.BuiltIn("daytime", daytime, "stream"),
            wrapper: ["prlimit", "--nofile=48:48"]);

        // What the daemon opens with its first connections is not the burst's.
        Assert.EndsWith("UTC\r\n", Peer.Ask(daytime));
        Assert.Equal("in", Peer.Ask(echo, "in", halfClose: true));
        string[] before = Descriptors(daemon);
        for (int burst = 1; burst <= 2; burst++)
        {
            Peer[] peers = [.. Enumerable.Range(0, 120).Select(_ => Peer.Connect(echo))];
            Wait.Until(() => !peers[^1].IsOpen(TimeSpan.FromMilliseconds(10)), () => "the shedding of a peer\n" + daemon.Describe());
            long ticks = ProcFs.ProcessorTicks(daemon.Pid);
            Thread.Sleep(700);
            Assert.True(ProcFs.ProcessorTicks(daemon.Pid) - ticks < 20, "the daemon spins while it has no descriptors");

            // Those that were let in are served meanwhile.
            peers[0].Send("in\n");
            Assert.Equal("in", peers[0].ReadLine());
            Array.ForEach(peers, peer => peer.Dispose());
            Wait.Until(() => Peer.Ask(daytime).EndsWith("UTC\r\n"), () => "an answer after the burst\n" + daemon.Describe());
            Assert.Equal("back", Peer.Ask(echo, "back", halfClose: true));
            Assert.InRange(daemon.CountLog("Too many open files"), 1, burst);
            Wait.Until(() => before.SequenceEqual(Descriptors(daemon)), () => $"the descriptors as before\n{string.Join(' ', before)}\n{string.Join(' ', Descriptors(daemon))}");
        }
    }

    [Fact]
    public void Without_processes_it_sheds_and_recovers()
    {
        AsRoot.Needed();
        Subjects.OnlyOurs("running out of processes passes");
        using var stage = new Stage();
        int hold = stage.NewPort(), daytime = stage.NewPort();

        // Only in a cgroup of its own can root be kept from making processes; where there is none, there is nothing to test.
        string group = $"/sys/fs/cgroup/rouse-test-{Environment.ProcessId}-{hold}";
        if (!TryMakeGroup(group))
        {
            Assert.Skip("no cgroup with a pids controller can be made here");
        }

        try
        {
            Daemon daemon = stage.Start(
                Stanza.Defaults(stage.LogToFile, "log_on_failure = HOST", "log_on_success = EXIT")
                + Stanza.Stream("hold", hold, "server = " + stage.Probe, "server_args = hold", "flags = NORETRY") + Stanza.BuiltIn("daytime", daytime, "stream"));
            File.WriteAllText(group + "/pids.max", "12");
            File.WriteAllText(group + "/cgroup.procs", daemon.Pid.ToString());
            Peer[] peers = [.. Enumerable.Range(0, 20).Select(_ => stage.Keep(Peer.Connect(hold)))];
            stage.WaitForServiceLog("FAIL: hold fork");
            Assert.EndsWith("UTC\r\n", Peer.Ask(daytime));
            Array.ForEach(peers, peer => peer.Dispose());
            Wait.Until(() => ProcFs.Children(daemon.Pid).Count == 0, () => "the servers' end");
            Peer again = stage.Keep(Peer.Connect(hold));
            Assert.StartsWith("held", again.ReadLine());
            again.HalfClose();
            Wait.Until(() => ProcFs.Children(daemon.Pid).Count == 0, () => "the last server's end");
        }
        finally
        {
            stage.Dispose();
            Wait.For(() => File.ReadAllText(group + "/cgroup.procs").Length == 0, TimeSpan.FromSeconds(5));
            Directory.Delete(group);
        }
    }

    private static bool TryMakeGroup(string group)
    {
        try
        {
            Directory.CreateDirectory(group);
            if (File.Exists(group + "/pids.max"))
            {
                return true;
            }

            Directory.Delete(group);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not ours to make.
        }

        return false;
    }

    private static void Storm(int port, int connections, string send, bool halfClose, string expected)
    {
        int left = connections;
        string? wrong = null;
        Thread[] clients =
        [
            .. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                while (wrong is null && Interlocked.Decrement(ref left) >= 0)
                {
                    string answer = Peer.Ask(port, send, halfClose);
                    if (answer != expected)
                    {
                        wrong = answer;
                    }
                }
            })),
        ];
        Array.ForEach(clients, client => client.Start());
        Array.ForEach(clients, client => client.Join());
        Assert.Null(wrong);
    }

    private static void Settle(Daemon daemon) =>
        Wait.Until(() => ProcFs.Children(daemon.Pid).Count == 0, () => "the end of all servers");

    private static string[] Descriptors(Daemon daemon) => [.. ProcFs.Descriptors(daemon.Pid).Values.Select(DescriptorKind).Order()];

    private static string DescriptorKind(string target) => target.Split('[')[0];
}
