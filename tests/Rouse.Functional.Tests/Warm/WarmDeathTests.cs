using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>Parked servers and daemons that are killed at any moment.</summary>
[Collection(Alone.Name)]
public sealed class WarmDeathTests
{
    private const int Connections = 10_000;
    private const int Daemons = 100;

    [Fact]
    public void No_client_notices_that_parked_servers_are_killed_at_random()
    {
        using WarmStage warm = new();
        string program = warm.Scratch.CopyOfProbe("answers");
        int port = warm.Stage.NewPort();
        warm.Start(Stanza.Stream("answers", port, "server = " + program, "server_args = line", "start = warm 4"));
        warm.WaitForParked("answers", 4);

        // A server with a connection is killed with it, whoever started it: only those without one are chosen. One may get its connection in
        // that very moment, and then serves it or is gone before it has it. Ours are told from those that serve by the sockets that they hold.
        using CancellationTokenSource done = new();
        int killed = 0;
        Thread killer = new(() => killed = KillParked(warm.Daemon.Pid, done.Token));
        killer.Start();
        ConcurrentBag<string> wrong = [];
        int next = 0;
        Thread[] clients = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = Interlocked.Increment(ref next); i <= Connections; i = Interlocked.Increment(ref next))
            {
                string answer = Peer.Ask(port, $"{i}\n");
                if (answer != $"line: {i}\n")
                {
                    wrong.Add($"{i}: {answer}");
                }
            }
        }))];
        Array.ForEach(clients, client => client.Start());
        Array.ForEach(clients, client => client.Join());
        done.Cancel();
        killer.Join();

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Take(10)) + warm.Daemon.Describe());
        Assert.True(killed > 50, $"only {killed} parked servers were killed");
        Assert.True(warm.Number("answers", "hits") > 50, $"{warm.Warm("answers")}");
        Wait.Until(() => ProcFs.Zombies(warm.Daemon.Pid) == 0, () => "no zombie");
    }

    [Fact]
    public void A_daemon_killed_in_the_middle_of_parking_leaves_no_process()
    {
        using WarmStage warm = new();
        string python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "/usr/bin/perl";
        string mark = warm.Scratch.Write("mark", "import json, http.server, sys\nsys.stdin.readline()\n");
        string probe = warm.Scratch.CopyOfProbe("parked-one");
        string configuration =
            Stanza.Stream("slow", warm.Stage.NewPort(), "server = " + python, "server_args = " + mark, "start = warm 3")
            + Stanza.Stream("fast", warm.Stage.NewPort(), "server = " + probe, "server_args = line", "user = nobody", "start = warm 3");
        Random random = new(42);
        for (int i = 0; i < Daemons; i++)
        {
            using Daemon daemon = Daemon.Launch(Subjects.Current, warm.Scratch, configuration);
            Wait.Until(() => daemon.Log.Count > 0 || !daemon.IsRunning, () => "the daemon's first line");
            Thread.SpinWait(random.Next(2_000_000));
            Assert.Equal(128 + 9, daemon.End(Signal.Kill));
            File.Delete(daemon.LogPath);
            Wait.Until(
                () => !Living(mark).Concat(Living(probe)).Any(), () => $"the end of {string.Join(' ', Living(mark).Concat(Living(probe)))} of daemon {i}");
        }
    }

    private static int KillParked(int daemon, CancellationToken done)
    {
        Random random = new(7);
        int killed = 0;
        while (!done.IsCancellationRequested)
        {
            foreach (int pid in Children(daemon).Where(pid => random.Next(4) == 0 && IsParked(pid)))
            {
                // Stopped, it cannot get its connection between the look and the kill. One that has it by now goes on.
                Signals.Send(pid, Signal.Stop);
                bool hasNone = StopsWithoutConnection(pid);
                Signals.Send(pid, hasNone ? Signal.Kill : Signal.Continue);
                killed += hasNone ? 1 : 0;
            }

            Thread.Sleep(random.Next(3));
        }

        return killed;
    }

    // In recvmsg(2), x86-64's call 47, on descriptor 0: a server of ours reads by other calls.
    private static bool IsParked(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/syscall").StartsWith("47 0x0 ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Parked, its three descriptors lead to the pair; with a connection there is one more, until that is on all three.
    private static bool StopsWithoutConnection(int pid)
    {
        try
        {
            string state = "";
            for (int tries = 0; tries < 1000 && state != "T"; tries++)
            {
                string stat = File.ReadAllText($"/proc/{pid}/stat");
                state = stat[(stat.LastIndexOf(')') + 2)..][..1];
            }

            return state == "T" && IsParked(pid) && Directory.GetFiles($"/proc/{pid}/fd").Length == 3;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Of the thread that starts servers; all of /proc would be too slow.
    private static IEnumerable<int> Children(int pid)
    {
        foreach (string task in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            string[] children;
            try
            {
                children = File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
            catch (IOException)
            {
                continue;
            }

            foreach (string child in children)
            {
                yield return int.Parse(child);
            }
        }
    }

    private static IEnumerable<int> Living(string argument)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int pid) && ProcFs.Lives(pid) && CommandLine(pid).Contains(argument, StringComparison.Ordinal))
            {
                yield return pid;
            }
        }
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
