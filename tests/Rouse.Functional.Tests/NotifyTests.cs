using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>A service manager that wants to be told what the daemon does: sd_notify(3), units of Type=notify and notify-reload.</summary>
public sealed partial class NotifyTests
{
    public NotifyTests() => Subjects.OnlyOurs("the original says nothing to a service manager");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_unit_of_type_notify_learns_of_the_start_a_reload_and_the_end(bool isAbstract)
    {
        using var stage = new Stage();
        using var manager = new ServiceManagerSocket(isAbstract ? $"@rouse-test-{Guid.NewGuid():N}" : stage.Scratch["notify"]);
        int port = stage.NewPort(), second = stage.NewPort();
        Daemon daemon = stage.Start(Stanza.BuiltIn("daytime", port, "stream"), wrapper: manager.Wrapper);
        manager.WaitFor(told => told == "READY=1 STATUS=Serving 1 service", "READY=1");
        Assert.EndsWith("UTC\r\n", Peer.Ask(port));

        daemon.Reload(Stanza.BuiltIn("daytime", port, "stream") + Stanza.BuiltIn("echo", second, "stream"));
        manager.WaitFor(told => told == "READY=1 STATUS=Serving 2 services", "the end of the reload");
        Assert.Matches(Reloading(), manager.Told[1]);
        Assert.Equal(3, manager.Told.Count);

        Assert.Equal(0, daemon.End(Signal.Terminate));
        manager.WaitFor(told => told == "STOPPING=1 STATUS=Ending", "STOPPING=1");
        Assert.Equal(4, manager.Told.Count);
    }

    /// <summary>A manager that has asked for it passes over one that began before it asked.</summary>
    [Fact]
    public void The_time_of_a_reload_is_that_of_the_kernels_monotonic_clock()
    {
        using var stage = new Stage();
        using var manager = new ServiceManagerSocket(stage.Scratch["notify"]);
        string configuration = Stanza.BuiltIn("daytime", stage.NewPort(), "stream");
        Daemon daemon = stage.Start(configuration, wrapper: manager.Wrapper);
        long before = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        daemon.Reload(configuration);
        manager.WaitFor(told => Reloading().IsMatch(told), "RELOADING=1");
        long after = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        Assert.InRange(long.Parse(Reloading().Match(manager.Told[1]).Groups[1].Value), before, after);
    }

    [Fact]
    public void A_reload_that_is_refused_is_over_too()
    {
        using var stage = new Stage();
        using var manager = new ServiceManagerSocket(stage.Scratch["notify"]);
        Daemon daemon = stage.Start(Stanza.BuiltIn("daytime", stage.NewPort(), "stream"), wrapper: manager.Wrapper);
        stage.Scratch.Write("xinetd.conf", "service broken\n{\n");
        daemon.Signal(Signal.Hangup);
        manager.WaitFor(told => told.StartsWith("READY=1 STATUS=Serving 1 service; the last reload was refused: "), "the refusal");
    }

    [Fact]
    public void The_process_that_becomes_a_daemon_is_named_by_the_one_that_the_manager_knows()
    {
        using var stage = new Stage();
        using var manager = new ServiceManagerSocket(stage.Scratch["notify"]);
        string[] line =
        [
            .. ServiceManagerSocket.WrapperFor(manager.Address, "200000"), .. Subjects.CommandLine(stage.Subject),
            "-f", stage.Scratch.Write("conf", Stanza.BuiltIn("daytime", stage.NewPort(), "stream")),
            "-pidfile", stage.Scratch["pid"], "-filelog", stage.Scratch["log"],
        ];
        Command.Succeed(null, line[0], line[1..]);
        int pid = int.Parse(File.ReadAllText(stage.Scratch["pid"]));
        try
        {
            manager.WaitFor(told => told == $"READY=1 MAINPID={pid} STATUS=Serving 1 service", "READY=1 with MAINPID");
            Assert.StartsWith("READY=1", manager.Told[0]);

            // Its starter was the process that the watchdog was set for.
            manager.WaitFor(told => told == "WATCHDOG=1", "the watchdog", count: 2);
        }
        finally
        {
            Signals.Send(pid, Signal.Terminate);
        }

        manager.WaitFor(told => told == "STOPPING=1 STATUS=Ending", "STOPPING=1");
    }

    [Fact]
    public void The_watchdog_hears_of_the_loop_twice_in_its_time_and_nothing_while_it_stands_still()
    {
        using var stage = new Stage();
        using var manager = new ServiceManagerSocket(stage.Scratch["notify"]);
        Daemon daemon = stage.Start(
            Stanza.BuiltIn("daytime", stage.NewPort(), "stream"), wrapper: ServiceManagerSocket.WrapperFor(manager.Address, "200000"));
        manager.WaitFor(told => told == "WATCHDOG=1", "the watchdog", count: 5);
        daemon.Signal(Signal.Stop);
        Wait.Until(() => ProcFs.Status(daemon.Pid, "State").StartsWith('T'), () => "the daemon standing still");
        System.Threading.Thread.Sleep(50);
        int before = manager.Told.Count;
        System.Threading.Thread.Sleep(400);
        Assert.Equal(before, manager.Told.Count);
        daemon.Signal(Signal.Continue);
        manager.WaitFor(told => told == "WATCHDOG=1", "the watchdog, again", count: before + 1);
    }

    [Fact]
    public void A_server_sees_nothing_of_it()
    {
        using var stage = new Stage();
        using var manager = new ServiceManagerSocket(stage.Scratch["notify"]);
        int port = stage.NewPort();
        stage.Start(
            Stanza.Stream("probe", port, $"server = {stage.Probe}", "server_args = world"), wrapper: ServiceManagerSocket.WrapperFor(manager.Address, "60000000"));
        World world = World.Parse(Peer.Ask(port));
        Assert.NotNull(world.Env("PATH"));
        Assert.All(
            new[] { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" },
            name => Assert.Null(world.Env(name)));
    }

    [Fact]
    public void A_manager_that_is_killed_costs_one_line_and_one_that_comes_back_is_told_again()
    {
        using var stage = new Stage();
        string address = stage.Scratch["notify"];
        using Process first = Process.Start(Command.Describe(
            "python3",
            ["-c", "import socket,sys,time\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint('bound', flush=True)\ntime.sleep(600)", address],
            null))!;
        Assert.Equal("bound", first.StandardOutput.ReadLine());
        int port = stage.NewPort();
        string configuration = Stanza.BuiltIn("daytime", port, "stream");
        Daemon daemon = stage.Start(configuration, wrapper: ServiceManagerSocket.WrapperFor(address, "100000"));
        first.Kill();
        first.WaitForExit();
        Assert.True(File.Exists(address));
        daemon.WaitForLog("cannot be told what the daemon does: Connection refused; the services run all the same");
        daemon.Reload(configuration);
        File.Delete(address);
        daemon.Reload(configuration);
        Assert.EndsWith("UTC\r\n", Peer.Ask(port));
        Assert.Equal(1, daemon.CountLog("cannot be told what the daemon does"));
        using var second = new ServiceManagerSocket(address);
        second.WaitFor(told => told == "WATCHDOG=1", "the watchdog at the new socket");
    }

    [Fact]
    public void A_manager_that_does_not_read_holds_up_nothing_and_gets_all_that_counts_when_it_does()
    {
        using var stage = new Stage();
        using var manager = new ServiceManagerSocket(stage.Scratch["notify"], reads: false);
        int port = stage.NewPort();
        string configuration = Stanza.BuiltIn("daytime", port, "stream");

        // The kernel keeps so few datagrams that this many reloads fill the queue.
        Daemon daemon = stage.Start(configuration, wrapper: ServiceManagerSocket.WrapperFor(manager.Address, "20000"));
        daemon.WaitForLog("cannot be told what the daemon does: Resource temporarily unavailable");
        daemon.Reload(configuration + Stanza.BuiltIn("echo", stage.NewPort(), "stream"));
        Assert.EndsWith("UTC\r\n", Peer.Ask(port));
        manager.Read();
        manager.WaitFor(told => told == "READY=1 STATUS=Serving 2 services", "the end of the reload");
        Assert.Matches(Reloading(), manager.Told.Last(told => told.StartsWith("RELOADING")));
    }

    [Theory]
    [InlineData("vsock:2:1234", "Address family not supported by protocol")]
    [InlineData("relative", "Address family not supported by protocol")]
    [InlineData("/nowhere/at/all", "No such file or directory")]
    public void A_socket_that_cannot_be_had_is_told_and_the_daemon_serves(string address, string why)
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        Daemon daemon = stage.Start(Stanza.BuiltIn("daytime", port, "stream"), wrapper: ServiceManagerSocket.WrapperFor(address));
        daemon.WaitForLog($"WARNING: the service manager at {address} (NOTIFY_SOCKET) cannot be told what the daemon does: {why}");
        Assert.EndsWith("UTC\r\n", Peer.Ask(port));
    }

    [Fact]
    public void Inetd_tells_as_well_and_keeps_it_from_its_servers_even_with_their_whole_environment()
    {
        using Scratch scratch = new();
        using var manager = new ServiceManagerSocket(scratch["notify"]);
        string configuration = $"2001 stream tcp4 nowait root {scratch.ProbePath} p world\n";
        using InetdDaemon daemon = new(Inetd.OursAsDebian, scratch, configuration, ["-E"], ServiceManagerSocket.WrapperFor(manager.Address, "100000"));
        daemon.WaitForPort(2001);
        manager.WaitFor(told => told == "READY=1 STATUS=Serving 1 service", "READY=1");
        World world = World.Parse(daemon.Ask(2001));
        Assert.Equal("yes", world.Env("KEPT"));
        Assert.All(new[] { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS" }, name => Assert.Null(world.Env(name)));
        daemon.Reload(scratch, configuration + $"2002 stream tcp4 nowait root {scratch.ProbePath} p world\n");
        manager.WaitFor(told => told == "READY=1 STATUS=Serving 2 services", "the end of the reload");
        manager.WaitFor(told => told == "WATCHDOG=1", "the watchdog", count: 2);
        Assert.Equal(0, daemon.End(Signal.Terminate));
        manager.WaitFor(told => told.StartsWith("STOPPING=1"), "STOPPING=1");
    }

    /// <summary>The unit that make install brings, with its programs where they would be.</summary>
    [Fact]
    public void The_unit_is_one_that_systemd_understands()
    {
        const string Verifier = "/usr/bin/systemd-analyze";
        if (!File.Exists(Verifier))
        {
            Assert.Skip("no systemd-analyze here");
        }

        using Scratch scratch = new();
        scratch.NewFolder("sbin");
        scratch.NewFolder("bin");
        scratch.CopyOfProgram("/bin/true", "sbin/roused");
        scratch.CopyOfProgram("/bin/true", "bin/rouse");
        string template = File.ReadAllText(Path.Combine(Repository.Root, "systemd", "roused.service.in"));
        Assert.Contains("\nType=notify\n", template);
        string unit = scratch.Write("roused.service", template.Replace("@PREFIX@", scratch.Folder));
        CommandResult result = Command.Run(Verifier, "verify", "--man=no", unit);
        Assert.Equal((0, ""), (result.ExitCode, result.Text + result.Error));
    }

    [GeneratedRegex(@"^RELOADING=1 MONOTONIC_USEC=(\d+) STATUS=Reading the configuration$")]
    private static partial Regex Reloading();
}
