using System;
using System.Diagnostics;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>inetd --resolve where names are hard to come by.</summary>
public sealed class InetdResolveTests
{
    [Fact]
    public void A_name_server_that_does_not_answer_holds_up_only_who_is_told_names()
    {
        using Scratch scratch = new();
        RuleFolder etc = new(scratch);
        etc.Write("nsswitch.conf", "hosts: files dns\n");
        etc.Write("resolv.conf", NameServer.ResolverFile(timeoutSeconds: 3));
        using InetdDaemon daemon = new(
            Inetd.OursAsInetutils,
            scratch,
            $"2001 stream tcp nowait root {scratch.ProbePath} p world\ndaytime stream tcp nowait root internal\n",
            ["--resolve"],
            etc.Wrapper);
        daemon.WaitForPort(2001);
        using NameServer silent = new(daemon.Pid, silent: true);
        using Peer waiting = daemon.Within(() => Peer.Connect(2001, from: "127.0.9.1"));
        Stopwatch since = Stopwatch.StartNew();
        for (int i = 0; i < 20; i++)
        {
            Assert.EndsWith("\r\n", daemon.Ask(13));
        }

        Assert.True(waiting.IsOpen(TimeSpan.Zero), $"served after {since.Elapsed}, before the name server's time was over");
        World world = World.Parse(waiting.ReadToEnd());
        Assert.Equal(("127.0.9.1", "127.0.9.1", "localhost"), (world.Env("TCPREMOTEIP"), world.Env("TCPREMOTEHOST"), world.Env("TCPLOCALHOST")));
    }
}
