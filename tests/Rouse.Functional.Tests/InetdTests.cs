using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>The inetd personality on the built executable: its options, its pid file, becoming a daemon, ending.</summary>
public sealed class InetdTests
{
    private static string Program => Path.Combine(Repository.Bin, "inetd");

    [Theory]
    [InlineData(1, "-x", "unknown option -x")]
    [InlineData(1, "--nonsense", "unknown option --nonsense")]
    [InlineData(1, "-R", "option -R needs a value")]
    [InlineData(1, "-Rmany", "-R many: bad value for service invocation rate")]
    [InlineData(1, "-qx", "option -q needs a number, not 'x'")]
    [InlineData(1, "--dialect=vms", "--dialect knows debian, openbsd, inetutils, freebsd and netbsd, not 'vms'")]
    [InlineData(1, "--debug=yes", "option --debug takes no value")]
    [InlineData(2, "-p", "-p is not clear")]
    [InlineData(1, "--resolve=yes", "option --resolve takes no value")]
    public void Wrong_use_is_told_and_starts_nothing(int status, string option, string told)
    {
        CommandResult result = Command.Run(Program, option);
        Assert.Equal(status, result.ExitCode);
        Assert.Contains($"inetd: {told}", result.Error);
    }

    [Fact]
    public void An_unknown_option_of_inetutils_has_its_exit_status() =>
        Assert.Equal(64, Command.Run(Program, "--dialect", "inetutils", "-x").ExitCode);

    [Fact]
    public void More_than_one_file_is_for_inetutils() =>
        Assert.Contains("more than one argument specified", Command.Run(Program, "/nowhere/a", "/nowhere/b").Error);

    [Fact]
    public void Help_and_version()
    {
        CommandResult help = Command.Run(Program, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.StartsWith("Usage: inetd [option...] [FILE]", help.Text);
        Assert.StartsWith("inetd (Rouse) ", Command.Run(Program, "-V").Text);
    }

    [Fact]
    public void A_file_that_is_not_there_starts_nothing()
    {
        CommandResult result = Command.Run(Program, "--control", "none", "--pidfile=", "-i", "/nowhere/inetd.conf");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("cannot read '/nowhere/inetd.conf'", result.Error);
    }

    [Fact]
    public void It_becomes_a_daemon_that_listens_when_the_command_returns_and_takes_its_pid_file_along()
    {
        using Scratch scratch = new();
        int port = Ports.Free();
        scratch.Write("inetd.conf", $"{port} stream tcp4 nowait {System.Environment.UserName} /bin/echo echo served\n");
        Command.Succeed(null, Program, "--control", "none", $"--pidfile={scratch["pid"]}", scratch["inetd.conf"]);
        int pid = int.Parse(File.ReadAllText(scratch["pid"]));
        try
        {
            Assert.Equal("served\n", Peer.Ask(port));
        }
        finally
        {
            Signals.Send(pid, Signal.Terminate);
        }

        Wait.Until(() => !ProcFs.Lives(pid) && !File.Exists(scratch["pid"]), () => "the end of inetd, and of its pid file");
    }

    [Fact]
    public void Broken_lines_cost_only_themselves_at_the_start_and_nothing_at_a_reload()
    {
        using Scratch scratch = new();
        using InetdDaemon daemon = new(
            Inetd.OursAsDebian, scratch, $"2001 stream tcp4 nowait root {scratch.ProbePath} p world\n2002 stream\n2003 stream tcp4 nowait root {scratch.ProbePath} p world\n");
        daemon.WaitForPort(2003);
        Assert.Equal($"{daemon.Pid}", daemon.PidFile);
        daemon.WaitForLog("inetd.conf:2:1: error: the line ends before its protocol");
        Assert.StartsWith("fd 0", daemon.Ask(2001));

        daemon.Reload(scratch, $"2001 stream tcp4 nowait nosuchuser {scratch.ProbePath} p world\n2004 stream tcp4 nowait root {scratch.ProbePath} p world\n");
        daemon.WaitForPort(2004);
        Assert.StartsWith("fd 0", daemon.Ask(2001));
        daemon.WaitForClosed(2003);
        Assert.Equal("(refused)", daemon.Ask(2003));
    }

    [Fact]
    public void NetBSDs_keys_and_values_are_served_and_what_is_off_is_not()
    {
        using Scratch scratch = new();
        string keys = $"user = root, wait = no, exec = {scratch.ProbePath}, args = p world";
        string configuration =
            $"2001 on protocol = tcp4, # a comment\n  {keys}; 2002 off protocol = tcp4, {keys};\n"
            + $"2003 on bind = 127.0.0.1, protocol = tcp, ip_max = 2, {keys} 'two words' '';\n";
        using InetdDaemon daemon = new(Inetd.OursAsDebian, scratch, configuration, ["--dialect", "netbsd"]);
        daemon.WaitForPort(2003);
        Assert.Equal(["p", "world"], World.Parse(daemon.Ask(2001)).Argv);
        Assert.Equal("(refused)", daemon.Ask(2002));
        Assert.Equal(["p", "world", "two words", ""], World.Parse(daemon.Ask(2003)).Argv);
        Assert.StartsWith("fd 0", daemon.Ask(2003));
        Assert.Equal("(closed)", daemon.Ask(2003));

        // The rest of such a file cannot be known: nothing changes.
        daemon.Reload(scratch, $"2004 stream tcp4 nowait root {scratch.ProbePath} p world\n2001 on protocol = tcp4 {keys}\n");
        daemon.WaitForLog("inetd.conf:2:");
        Assert.StartsWith("fd 0", daemon.Ask(2001));
        Assert.False(daemon.Listens(2004));
    }

    [Fact]
    public void One_address_has_so_many_connections_a_minute()
    {
        using Scratch scratch = new();
        using InetdDaemon daemon = new(
            Inetd.OursAsDebian, scratch, $"2001 stream tcp4 nowait/0/2 root {scratch.ProbePath} p world\n", ["-R", "0"]);
        daemon.WaitForPort(2001);
        Assert.Equal(
            ["served", "served", "(closed)"],
            Enumerable.Range(0, 3).Select(_ => daemon.Ask(2001) is var answer && answer.StartsWith("fd 0") ? "served" : answer));
    }
}
