using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>Where the machine does not permit what parking needs, everything is served as ever.</summary>
public sealed class WarmDenialTests
{
    [Fact]
    public void Where_nobody_may_trace_every_service_is_served_cold_and_that_is_told_once()
    {
        using WarmStage warm = new();
        string deny = Compile(warm, "deny");
        int first = warm.Stage.NewPort();
        int second = warm.Stage.NewPort();
        warm.Start(
            Stanza.Stream("first", first, "server = " + warm.Stage.Probe, "server_args = line", "start = warm 2")
                + Stanza.Stream("second", second, "server = " + warm.Stage.Probe, "server_args = line", "start = warm shared"),
            [deny]);
        warm.Daemon.WaitForLog("start = warm is not possible here");
        foreach (int port in new[] { first, second, first, second })
        {
            Assert.Equal("line: hello\n", Peer.Ask(port, "hello\n"));
        }

        Assert.Equal(1, warm.Daemon.CountLog("start = warm is not possible here"));
        Assert.Equal("off", warm.Warm("first").GetProperty("state").GetString());
        Assert.Contains("ptrace", warm.Warm("second").GetProperty("reason").GetString());
        Assert.Equal((0L, 2L), (warm.Number("first", "hits"), warm.Number("first", "misses")));
    }

    [Fact]
    public void Without_the_capability_servers_of_another_user_are_served_cold_and_those_of_the_daemons_are_warm()
    {
        AsRoot.Needed();
        using WarmStage warm = new();
        int own = warm.Stage.NewPort();
        int other = warm.Stage.NewPort();
        string[] lines = ["server = " + warm.Stage.Probe, "server_args = line", "start = warm 1"];
        warm.Start(
            Stanza.Stream("own", own, lines) + Stanza.Stream("other", other, [.. lines, "user = nobody"]),
            ["setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"]);
        warm.WaitForParked("own");
        warm.Daemon.WaitForLog("cannot be traced without CAP_SYS_PTRACE");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("line: hello\n", Peer.Ask(own, "hello\n"));
            Assert.Equal("line: hello\n", Peer.Ask(other, "hello\n"));
            warm.WaitForParked("own");
        }

        Assert.Equal((3L, 0L), (warm.Number("own", "hits"), warm.Number("other", "hits")));
        Assert.Equal(1, warm.Daemon.CountLog("cannot be traced without CAP_SYS_PTRACE"));
    }

    [Fact]
    public void Without_a_warm_service_the_daemon_holds_nothing_more()
    {
        using WarmStage warm = new();
        int port = warm.Stage.NewPort();
        string plain = Stanza.Stream("plain", port, "server = " + warm.Stage.Probe, "server_args = line");
        warm.Start(plain);
        Assert.Equal("line: x\n", Peer.Ask(port, "x\n"));
        int threads = Directory.GetDirectories($"/proc/{warm.Daemon.Pid}/task").Length;
        int descriptors = ProcFs.DescriptorCount(warm.Daemon.Pid);

        // With one there is a thread and what is parked; without it again, nothing of it is left.
        string defaults = File.ReadAllText(warm.Daemon.ConfigurationPath);
        warm.Daemon.Reload(defaults.Replace("server_args = line", "server_args = line\n    start = warm 2"));
        warm.WaitForParked("plain", 2);
        Assert.True(Directory.GetDirectories($"/proc/{warm.Daemon.Pid}/task").Length > threads);
        warm.Daemon.Reload(defaults);
        Wait.Until(
            () => Directory.GetDirectories($"/proc/{warm.Daemon.Pid}/task").Length == threads
                && ProcFs.DescriptorCount(warm.Daemon.Pid) == descriptors && ProcFs.Children(warm.Daemon.Pid).Count == 0,
            () => $"{threads} threads, {descriptors} descriptors, no child; now {Directory.GetDirectories($"/proc/{warm.Daemon.Pid}/task").Length}, "
                + string.Join(' ', ProcFs.Descriptors(warm.Daemon.Pid).Select(fd => $"{fd.Key}:{fd.Value}")));
    }

    private static string Compile(WarmStage warm, string name)
    {
        string program = warm.Scratch[name];
        Command.Succeed(null, "gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, Path.Combine(Repository.Fixtures, name + ".c"));
        return program;
    }
}
