using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>Copies of one parked server.</summary>
public sealed class WarmSharedTests
{
    [Fact]
    public void Every_connection_gets_a_copy_that_is_a_server_of_its_own()
    {
        using WarmStage warm = new();
        int port = Start(warm, "world", "server = " + warm.Stage.Probe, "server_args = world", "user = nobody");
        HashSet<string> numbers = [];
        for (int i = 0; i < 20; i++)
        {
            World world = World.Parse(Peer.Ask(port));
            Assert.True(numbers.Add(world["pid"]), "two copies have the same number");
            Assert.Equal(("own", "0 1 2", "65534 65534 65534"), (world["session"], world.Descriptors, world["uid"]));
            Assert.StartsWith("127.0.0.1 ", world["peer"]);
            warm.Stage.WaitForServiceLog($"START: world pid={world["pid"]} from=127.0.0.1");
            warm.Stage.WaitForServiceLog($"EXIT: world status=0 pid={world["pid"]}");
        }

        Assert.Equal(20, warm.Number("world", "hits"));
        Wait.Until(() => ProcFs.Children(warm.Daemon.Pid).Count == 1, () => "the template alone");
    }

    [Fact]
    public void A_copy_has_the_page_of_code_and_not_the_one_that_messages_come_to()
    {
        using WarmStage warm = new();
        int port = Start(warm, "hold", "server = " + warm.Stage.Probe, "server_args = hold");
        int template = Assert.Single(warm.Processes("hold"));
        string[] parked = File.ReadAllLines($"/proc/{template}/maps");
        int code = Array.FindIndex(parked, line => line.Contains(" r-xp 00000000 00:00 0 ", StringComparison.Ordinal) && !line.Contains('['));
        Assert.True(code >= 0, string.Join('\n', parked));
        string end = parked[code].Split('-', ' ')[1];
        Assert.StartsWith(end + "-", parked[code + 1]);
        Assert.Contains(" rw-p 00000000 00:00 0 ", parked[code + 1]);
        using Peer first = Peer.Connect(port);
        Assert.StartsWith("held ", first.ReadLine());
        int copy = Assert.Single(warm.Processes("hold"), pid => pid != template);
        string[] maps = File.ReadAllLines($"/proc/{copy}/maps");
        Assert.Contains(parked[code], maps);
        Assert.DoesNotContain(maps, line => line.StartsWith(end, StringComparison.Ordinal) && line.Contains(" rw-p ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_limit_of_instances_counts_copies()
    {
        using WarmStage warm = new();
        int port = Start(warm, "hold", "server = " + warm.Stage.Probe, "server_args = hold", "instances = 2");
        using Peer first = Peer.Connect(port);
        using Peer second = Peer.Connect(port);
        Assert.StartsWith("held ", first.ReadLine());
        Assert.StartsWith("held ", second.ReadLine());
        Assert.Equal("(closed)", Peer.Ask(port));
        first.HalfClose();
        Assert.Equal("(closed)", first.ReadToEnd());
        warm.Stage.WaitForServiceLog("EXIT: hold");
        using Peer third = Peer.Connect(port);
        Assert.StartsWith("held ", third.ReadLine());
        Assert.Equal(3, warm.Number("hold", "hits"));
    }

    [Fact]
    public void A_copy_that_ends_by_a_fault_ends_the_sharing_and_the_next_one_is_started_anew()
    {
        using WarmStage warm = new();
        if (!File.Exists("/usr/bin/perl"))
        {
            Assert.Skip("there is no /usr/bin/perl");
        }

        string script = warm.Script("faulty", "#!/usr/bin/perl\n$_ = <STDIN>; print \"$$ $_\"; kill 11, $$ if /crash/;\n");
        int port = Start(warm, "faulty", "server = " + script);
        int template = Assert.Single(warm.Processes("faulty"));
        Assert.NotEqual(Answer(port, "a"), Answer(port, "b"));
        Assert.Equal(template, Assert.Single(warm.Processes("faulty")));
        Answer(port, "crash");
        warm.Daemon.WaitForLog("ended by signal 11");
        Wait.Until(() => !ProcFs.Lives(template), () => "the end of the template");
        Answer(port, "meanwhile");
        warm.WaitForParked("faulty");
        Assert.NotEqual(template, Assert.Single(warm.Processes("faulty")));
        long hits = warm.Number("faulty", "hits");
        Answer(port, "again");
        Assert.Equal(hits + 1, warm.Number("faulty", "hits"));
    }

    [Fact]
    public void A_shell_and_a_server_with_a_file_open_are_not_shared()
    {
        using WarmStage warm = new();
        string shell = warm.Script("shell", "#!/bin/sh\nread x; echo $$\n");
        string open = warm.Script("open", "#!/usr/bin/perl\nopen my $f, '<', '/etc/hostname' or 1; open $f, '<', $0; $_ = <STDIN>; print \"ok\\n\";\n");
        int first = warm.Stage.NewPort();
        int second = warm.Stage.NewPort();
        warm.Start(
            Stanza.Stream("shell", first, "server = " + shell, "start = warm shared")
            + Stanza.Stream("open", second, "server = " + open, "start = warm shared"));
        warm.Daemon.WaitForLog("shell: no server can be started beforehand: it is a shell");
        Assert.NotEqual(Peer.Ask(first, "x\n"), Peer.Ask(first, "x\n"));
        if (File.Exists("/usr/bin/perl"))
        {
            warm.Daemon.WaitForLog("open: no server can be started beforehand: it keeps a file open");
            Assert.Equal("ok\n", Peer.Ask(second, "x\n"));
        }
    }

    [Fact]
    public void A_killed_template_costs_no_connection_and_is_started_again()
    {
        using WarmStage warm = new();
        string program = warm.Scratch.CopyOfProbe("copied");
        int port = Start(warm, "copied", "server = " + program, "server_args = line");
        for (int i = 0; i < 20; i++)
        {
            foreach (int template in warm.Processes("copied"))
            {
                Signals.Send(template, Signal.Kill);
            }

            Assert.Equal($"line: {i}\n", Peer.Ask(port, $"{i}\n"));
        }

        Wait.Until(() => warm.Number("copied", "parked") == 1, TimeSpan.FromSeconds(60), () => $"a new template: {warm.Warm("copied")}");
        Assert.Equal("line: x\n", Peer.Ask(port, "x\n"));
    }

    private static string Answer(int port, string word) => Peer.Ask(port, word + "\n").Split(' ').First();

    private static int Start(WarmStage warm, string name, params string[] lines)
    {
        int port = warm.Stage.NewPort();
        warm.Start(Stanza.Stream(name, port, ["start = warm shared", .. lines]));
        warm.WaitForParked(name);
        return port;
    }
}
