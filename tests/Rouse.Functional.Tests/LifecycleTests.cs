using System;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>Starting, staying and ending: daemonising, the pidfile, exit codes, signals.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public void The_parent_returns_when_every_port_listens()
    {
        Subjects.OnlyOurs("who started it may connect at once");
        for (int attempt = 0; attempt < 5; attempt++)
        {
            using var stage = new Stage();
            int port = stage.NewPort();
            int pid = Daemonise(stage, Stanza.BuiltIn("daytime", port, "stream"));
            try
            {
                Assert.EndsWith("UTC\r\n", Peer.Ask(port));
            }
            finally
            {
                End(pid);
            }
        }
    }

    [Fact]
    public void A_daemon_has_its_own_session_and_nothing_on_the_standard_descriptors()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        int pid = Daemonise(stage, Stanza.BuiltIn("daytime", port, "stream"));
        try
        {
            Wait.Until(() => ProcFs.IsListening(port), () => "the listener");
            Assert.All(new[] { 0, 1, 2 }, fd => Assert.Equal("/dev/null", ProcFs.Descriptors(pid)[fd]));
            string[] stat = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
            Assert.NotEqual(Environment.ProcessId.ToString(), stat[3]);
            Assert.Equal("0", stat[4]);
            Assert.Equal("/", new FileInfo($"/proc/{pid}/cwd").LinkTarget);
            Assert.Equal($"{pid}\n", File.ReadAllText(stage.Scratch["xinetd.pid"]));
            Assert.Equal("0022", ProcFs.Status(pid, "Umask"));
        }
        finally
        {
            End(pid);
        }

        Assert.False(File.Exists(stage.Scratch["xinetd.pid"]));
    }

    /// <summary>Neither the terminal that it was started from nor a port that is closed later stays open through the runtime's own thread.</summary>
    [Fact]
    public void No_thread_but_the_daemons_own_has_descriptors()
    {
        Subjects.OnlyOurs("the original has one thread");
        using var stage = new Stage();
        int port = stage.NewPort();
        int pid = Daemonise(stage, Stanza.BuiltIn("daytime", port, "stream"));
        try
        {
            string[] others = [.. Directory.GetDirectories($"/proc/{pid}/task").Where(task => Path.GetFileName(task) != $"{pid}")];
            Assert.NotEmpty(others);
            Assert.All(others, task => Assert.Empty(Directory.EnumerateFileSystemEntries(task + "/fd")));
            Assert.NotEmpty(ProcFs.Descriptors(pid));
        }
        finally
        {
            End(pid);
        }
    }

    /// <summary>CVE-2001-1322: the original passed the umask that it was started with, often 0, on to its servers.</summary>
    [Theory]
    [InlineData("0000", "0022")]
    [InlineData("0077", "0077")]
    [InlineData("0002", "0022")]
    public void The_umask_is_the_inherited_one_or_022(string inherited, string expected)
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.BuiltIn("daytime", port, "stream"), wrapper: ["sh", "-c", $"umask {inherited}; exec \"$@\"", "sh"]);
        Assert.Equal(expected, ProcFs.Status(daemon.Pid, "Umask"));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(daemon.PidPath));
    }

    [Fact]
    public void A_pidfile_of_another_is_replaced_not_followed()
    {
        using var stage = new Stage();
        string victim = stage.Scratch.Write("victim", "precious\n");
        File.CreateSymbolicLink(stage.Scratch["xinetd.pid"], victim);
        Daemon daemon = stage.Start(Stanza.BuiltIn("daytime", stage.NewPort(), "stream"));
        Assert.Equal("precious\n", File.ReadAllText(victim));
        Assert.Equal($"{daemon.Pid}\n", File.ReadAllText(daemon.PidPath));
        Assert.Null(new FileInfo(daemon.PidPath).LinkTarget);
    }

    [Theory]
    [InlineData("-nonsense")]
    [InlineData("-limit", "-3")]
    [InlineData("-limit", "0x10")]
    [InlineData("-f")]
    [InlineData("-pidfile")]
    public void Wrong_options_exit_with_1_and_start_nothing(params string[] options)
    {
        Subjects.OnlyOurs("what it does not know it does not ignore");
        using var stage = new Stage();
        int port = stage.NewPort();
        Daemon daemon = stage.Launch(Stanza.BuiltIn("daytime", port, "stream"), options);
        Assert.Equal(1, daemon.ExitCode());
        Assert.False(File.Exists(daemon.PidPath));
        Wait.Until(() => daemon.Printed.Contains(options[0]), () => "the option in: " + daemon.Printed);
    }

    [Fact]
    public void Without_services_the_start_fails_with_1_and_a_reason()
    {
        Subjects.OnlyOurs("the caller learns how the start went");
        using var stage = new Stage();
        string log = stage.Scratch["log"];
        CommandResult result = Run(stage, "-f", stage.Scratch.Write("conf", Stanza.Defaults()), "-pidfile", stage.Scratch["pid"], "-filelog", log);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no services. Exiting...", File.ReadAllText(log));
        Assert.False(File.Exists(stage.Scratch["pid"]));
    }

    [Theory]
    [InlineData((int)Signal.Terminate)]
    [InlineData((int)Signal.Quit)]
    public void Ending_closes_every_port_at_once_and_leaves_no_file(int signal)
    {
        using var stage = new Stage();
        int tcp = stage.NewPort(), udp = stage.NewPort();
        Daemon daemon = stage.Start(Stanza.BuiltIn("echo", tcp, "stream") + Stanza.BuiltIn("echo", udp, "dgram"));
        Assert.Equal(0, daemon.End((Signal)signal));
        Assert.False(ProcFs.IsListening(tcp));
        Assert.False(ProcFs.IsListening(udp));
        Assert.False(File.Exists(daemon.PidPath));
        Assert.Equal(1, daemon.CountLog("Exiting..."));
    }

    [Fact]
    public void A_signal_during_the_start_is_heeded()
    {
        for (int delay = 0; delay <= 20; delay += 4)
        {
            using var stage = new Stage();
            Daemon daemon = stage.Launch(Stanza.BuiltIn("daytime", stage.NewPort(), "stream"));
            System.Threading.Thread.Sleep(delay);
            daemon.Signal(Signal.Terminate);
            daemon.ExitCode();
        }
    }

    [Fact]
    public void The_daemon_serves_while_its_log_cannot_grow()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        stage.Start(
            Stanza.BuiltIn("daytime", port, "stream", "log_type = FILE /dev/full", "log_on_success = HOST PID", "log_on_failure = HOST"));
        Assert.All(Enumerable.Range(0, 20), _ => Assert.EndsWith("UTC\r\n", Peer.Ask(port)));
    }

    private static int Daemonise(Stage stage, string configuration)
    {
        CommandResult result = Run(
            stage, "-f", stage.Scratch.Write("conf", configuration), "-pidfile", stage.Scratch["xinetd.pid"], "-filelog", stage.Scratch["log"]);
        Assert.True(result.ExitCode == 0, $"exit {result.ExitCode}: {result.Text}{result.Error}");
        Wait.Until(() => File.Exists(stage.Scratch["xinetd.pid"]) && File.ReadAllText(stage.Scratch["xinetd.pid"]).EndsWith('\n'), () => "the pidfile");
        return int.Parse(File.ReadAllText(stage.Scratch["xinetd.pid"]));
    }

    private static void End(int pid)
    {
        long? started = ProcFs.StartTime(pid);
        Signals.Send(pid, Signal.Terminate);
        if (!Wait.For(() => !ProcFs.Lives(pid), Wait.Bound) && ProcFs.StartTime(pid) == started)
        {
            Signals.Send(pid, Signal.Kill);
            Assert.Fail("the daemon does not heed SIGTERM");
        }
    }

    private static CommandResult Run(Stage stage, params string[] options)
    {
        string[] line = [.. Subjects.CommandLine(stage.Subject), .. options];
        return Command.Run(line[0], line[1..]);
    }
}
