using System;
using System.Linq;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>The rules of tcp_wrappers while they are changed, and while what they ask is not answered.</summary>
public sealed class WrapperTests
{
    [Fact]
    public void Under_load_every_change_of_the_rules_holds_for_the_next_connection()
    {
        AsRoot.Needed();
        using Stage stage = new();
        RuleFolder rules = new(stage.Scratch, "# nobody yet\n", "# nobody yet\n");
        int port = stage.NewPort();
        stage.Start(Stanza.BuiltIn("daytime", port, "stream", "instances = UNLIMITED", "cps = 0 0"), wrapper: rules.Wrapper);
        using CancellationTokenSource end = new();
        Thread[] load = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() => Press(port, end.Token)) { IsBackground = true })];
        Array.ForEach(load, thread => thread.Start());
        try
        {
            for (int i = 0; i < 200; i++)
            {
                bool isShut = i % 2 == 0;
                rules.Deny = isShut ? $"# version {i}\ndaytime: ALL\n" : $"# version {i}\n";
                Assert.Equal(!isShut, Peer.Ask(port).EndsWith("UTC\r\n"));
            }
        }
        finally
        {
            end.Cancel();
            Array.ForEach(load, thread => thread.Join());
        }
    }

    [Fact]
    public void Rules_that_appear_later_are_noticed_without_a_reload()
    {
        AsRoot.Needed();
        using Stage stage = new();
        RuleFolder rules = new(stage.Scratch);
        int port = stage.NewPort();
        stage.Start(Stanza.BuiltIn("daytime", port, "stream"), wrapper: rules.Wrapper);
        for (int i = 0; i < 5; i++)
        {
            Assert.EndsWith("UTC\r\n", Peer.Ask(port));
            rules.Deny = "daytime: ALL\n";

            // The kernel tells the daemon; it hears of it in its next turn at the latest.
            Wait.Until(() => !Peer.Ask(port).EndsWith("UTC\r\n"), () => "the refusal of a new rule");
            rules.Deny = "";
        }
    }

    [Fact]
    public void A_command_that_takes_its_time_holds_up_nobody_else()
    {
        Subjects.OnlyOurs("services that the daemon answers beside waiting connections");
        AsRoot.Needed();
        using Stage stage = new();
        RuleFolder rules = new(stage.Scratch, $"probe: ALL: spawn (touch {stage.Scratch["begun"]}; while [ ! -e {stage.Scratch["go"]} ]; do sleep 0.05; done)\n");
        int slow = stage.NewPort(), quick = stage.NewPort();
        stage.Start(
            Stanza.Stream("slow", slow, "server = " + stage.Probe) + Stanza.BuiltIn("daytime", quick, "stream", "cps = 0 0"), wrapper: rules.Wrapper);
        using Peer peer = Peer.Connect(slow);
        Wait.Until(() => System.IO.File.Exists(stage.Scratch["begun"]), () => "the command");
        for (int i = 0; i < 50; i++)
        {
            Assert.EndsWith("UTC\r\n", Peer.Ask(quick));
        }

        Assert.True(peer.IsOpen(TimeSpan.FromMilliseconds(50)));
        stage.Scratch.Write("go", "");
        Assert.Contains("argv", peer.ReadToEnd());
    }

    private static void Press(int port, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            _ = Peer.Ask(port);
        }
    }
}
