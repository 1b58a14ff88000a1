using System;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>What was started beforehand is never older than what the next connection must find.</summary>
public sealed class WarmChangeTests
{
    [Fact]
    public void An_edit_of_the_script_counts_for_the_next_connection()
    {
        using WarmStage warm = new();
        int port = Start(warm, "says", out string script, "read x; echo one");
        Assert.Equal("one\n", Peer.Ask(port, "x\n"));
        for (int i = 2; i <= 4; i++)
        {
            warm.WaitForParked("says");
            File.WriteAllText(script, $"#!/bin/sh\nread x; echo {i}\n");
            Assert.Equal($"{i}\n", Peer.Ask(port, "x\n"));
        }
    }

    [Fact]
    public void A_script_put_in_the_place_of_the_old_one_counts_for_the_next_connection()
    {
        using WarmStage warm = new();
        int port = Start(warm, "says", out string script, "read x; echo one");
        warm.Script("new", "#!/bin/sh\nread x; echo two\n");
        File.Move(warm.Scratch["new"], script, overwrite: true);
        Assert.Equal("two\n", Peer.Ask(port, "x\n"));
    }

    [Fact]
    public void A_file_that_the_start_reads_counts_and_so_does_one_that_it_has_missed()
    {
        using WarmStage warm = new();
        string folder = warm.Scratch.NewFolder("conf");
        string first = warm.Scratch.Write("conf/first", "greeting=hello");
        int port = Start(warm, "says", out _, $". {first}; test -r {folder}/second && . {folder}/second; read x; echo $greeting");
        Assert.Equal("hello\n", Peer.Ask(port, "x\n"));
        warm.WaitForParked("says");
        warm.Scratch.Write("conf/first", "greeting=salve");
        Assert.Equal("salve\n", Peer.Ask(port, "x\n"));
        warm.WaitForParked("says");
        warm.Scratch.Write("conf/second", "greeting=ave");
        Assert.Equal("ave\n", Peer.Ask(port, "x\n"));
        warm.WaitForParked("says");
        File.Delete(Path.Combine(folder, "second"));
        Assert.Equal("salve\n", Peer.Ask(port, "x\n"));
    }

    [Fact]
    public void A_module_that_python_imports_counts_for_the_next_connection()
    {
        if (!File.Exists("/usr/bin/python3"))
        {
            Assert.Skip("there is no /usr/bin/python3");
        }

        using WarmStage warm = new();
        string folder = warm.Scratch.NewFolder("py");
        warm.Scratch.Write("py/answer.py", "text = 'one'\n");
        string main = warm.Scratch.Write("py/main.py", "import json, sys, answer\nsys.stdin.readline()\nprint(answer.text)\n");
        int port = warm.Stage.NewPort();
        warm.Start(Stanza.Stream("py", port, "server = /usr/bin/python3", "server_args = -B " + main, "start = warm 1"));
        warm.WaitForParked("py");
        Assert.Equal("one\n", Peer.Ask(port, "x\n"));
        warm.WaitForParked("py");
        warm.Scratch.Write("py/answer.py", "text = 'fifteen'\n");
        Assert.Equal("fifteen\n", Peer.Ask(port, "x\n"));
        warm.WaitForParked("py");
        warm.Scratch.Write("py/json.py", "import sys\nsys.stdin.readline()\nraise SystemExit(print('shadowed'))\n");
        Assert.Equal("shadowed\n", Peer.Ask(port, "x\n"));
        Assert.True(Directory.Exists(folder));
    }

    [Fact]
    public void A_reload_with_another_definition_counts_and_one_without_keeps_what_is_parked()
    {
        using WarmStage warm = new();
        int port = Start(warm, "says", out string script, "read x; echo $WORD", "env = WORD=one");
        int parked = Assert.Single(warm.Processes("says"));
        string configuration = File.ReadAllText(warm.Daemon.ConfigurationPath);
        warm.Daemon.Reload(configuration);
        Assert.Equal(parked, Assert.Single(warm.Processes("says")));
        Assert.Equal("one\n", Peer.Ask(port, "x\n"));

        warm.WaitForParked("says");
        warm.Daemon.Reload(configuration.Replace("WORD=one", "WORD=two", StringComparison.Ordinal));
        Assert.Equal("two\n", Peer.Ask(port, "x\n"));
        warm.WaitForParked("says");

        // A service that goes takes what is parked with it.
        int[] left = [.. warm.Processes("says")];
        warm.Daemon.Reload(Stanza.BuiltIn("daytime", warm.Stage.NewPort(), "stream"));
        Wait.Until(() => !left.Any(ProcFs.Lives), () => $"the end of what was parked for {script}");
    }

    [Fact]
    public void What_is_parked_ends_with_the_daemon()
    {
        using WarmStage warm = new();
        Start(warm, "says", out _, "read x; echo one");
        int parked = Assert.Single(warm.Processes("says"));
        Assert.Equal(0, warm.Daemon.End(Signal.Terminate));
        Wait.Until(() => !ProcFs.Lives(parked), () => "the end of the parked server");
    }

    [Fact]
    public void Auto_parks_when_somebody_has_come_and_gives_up_when_nobody_does()
    {
        using WarmStage warm = new();
        string script = warm.Script("says", "#!/bin/sh\nread x; echo one\n");
        int port = warm.Stage.NewPort();
        warm.Start(Stanza.Stream("says", port, "server = " + script, "start = warm auto", "idle_timeout = 2"));
        Assert.Empty(warm.Processes("says"));
        Assert.Equal("sleeping", warm.Warm("says").GetProperty("state").GetString());
        Assert.Equal("one\n", Peer.Ask(port, "x\n"));
        warm.WaitForParked("says");
        int parked = warm.Processes("says")[0];
        Wait.Until(() => warm.Number("says", "parked") == 0, () => "the end of the idle time");
        Wait.Until(() => !ProcFs.Lives(parked), () => "the end of the parked server");
        Assert.True(warm.Number("says", "lastSlept") > 0);
        Assert.Equal("one\n", Peer.Ask(port, "x\n"));
    }

    [Fact]
    public void Access_rules_and_limits_are_asked_before_a_parked_server_is_reached()
    {
        using WarmStage warm = new();
        int port = Start(warm, "says", out _, "read x; echo one", "no_access = 127.0.0.9", "instances = 1", "banner_fail = /dev/null");
        int parked = Assert.Single(warm.Processes("says"));
        Assert.Equal("(closed)", Peer.Ask(port, "", from: "127.0.0.9"));
        Assert.Equal(parked, Assert.Single(warm.Processes("says")));
        Assert.Equal(0, warm.Number("says", "hits"));
        using Peer first = Peer.Connect(port);
        Wait.Until(() => warm.Number("says", "hits") == 1, () => "the first connection's server");
        Assert.Equal("(closed)", Peer.Ask(port, ""));
        first.Send("x\n");
        Assert.Equal("one\n", first.ReadToEnd());
        warm.Stage.WaitForServiceLog($"START: says pid={parked} from=127.0.0.1");
        warm.Stage.WaitForServiceLog($"EXIT: says status=0 pid={parked}");
    }

    [Theory]
    [InlineData("exit 0", "it ends without using its connection (status 0)")]
    [InlineData("exec <&- >&- 2>&-; read x", "it closes its connection unused")]
    public void A_server_that_cannot_be_parked_is_served_cold_and_that_is_told_once(string script, string why)
    {
        using WarmStage warm = new();
        string file = warm.Script("odd", "#!/bin/sh\n" + script + "\n");
        int port = warm.Stage.NewPort();
        warm.Start(Stanza.Stream("odd", port, "server = " + file, "start = warm 1"));
        warm.Daemon.WaitForLog(why);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("(closed)", Peer.Ask(port));
        }

        Assert.Equal(1, warm.Daemon.CountLog("no server can be started beforehand"));
        Assert.Equal("off", warm.Warm("odd").GetProperty("state").GetString());
        Assert.Equal(3, warm.Number("odd", "misses"));
    }

    [Fact]
    public void A_start_up_that_takes_too_long_is_ended_and_after_three_the_service_is_served_cold()
    {
        using WarmStage warm = new();
        if (!File.Exists("/usr/bin/perl"))
        {
            Assert.Skip("there is no /usr/bin/perl");
        }

        string script = warm.Script("slow", "#!/usr/bin/perl\nsleep 1000 unless -e '" + warm.Scratch["ready"] + "'; $_ = <STDIN>; print \"quick\\n\";\n");
        int port = warm.Stage.NewPort();
        warm.Start(Stanza.Stream("slow", port, "server = " + script, "start = warm 1", "start_timeout = 1"));
        warm.Daemon.WaitForLog("no server can be started beforehand: it did not come to its connection in time");
        Wait.Until(() => warm.Processes("slow").Count == 0, () => "no process is left");

        // It has looked for a file, and when that comes it is tried anew.
        warm.Scratch.Write("ready", "");
        warm.WaitForParked("slow");
        Assert.Equal("quick\n", Peer.Ask(port, "x\n"));
        Assert.Equal(1, warm.Number("slow", "hits"));
    }

    private static int Start(WarmStage warm, string name, out string script, string text, params string[] lines)
    {
        script = warm.Script(name, "#!/bin/sh\n" + text + "\n");
        int port = warm.Stage.NewPort();
        warm.Start(Stanza.Stream(name, port, ["server = " + script, "start = warm 1", .. lines]));
        warm.WaitForParked(name);
        return port;
    }
}
