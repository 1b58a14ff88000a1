using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>The command line and the signals.</summary>
public sealed class OptionParityTests
{
    [Theory]
    [InlineData("stray")]
    [InlineData("-limit")]
    [InlineData("-limit", "many")]
    [InlineData("-syslog")]
    [InlineData("-syslog", "daemon")]
    [InlineData("-cc", "x")]
    [InlineData("-logprocs", "x")]
    public void Wrong_use_says_so_and_exits_1(params string[] options) => Comparison.Same(
        scene => LaunchWith(scene, options),
        """
        exit: 1
        says: Usage: xinetd
        """);

    [Theory]
    [InlineData("-nonsense")]
    public void An_unknown_option_is_wrong_use(string option) => Comparison.Differs(
        "the original starts as if it had not been there",
        scene => LaunchWith(scene, option),
        "it: starts",
        """
        exit: 1
        says: Usage: xinetd
        """);

    [Fact]
    public void An_unknown_facility_is_wrong_use() => Comparison.Differs(
        "D-030: the original takes daemon instead",
        scene =>
        {
            string configuration = scene.Stage.Scratch.Write("conf", Stanza.BuiltIn("daytime", scene.NewPort(), "stream", "disable = yes"));
            CommandResult result = Run(scene, "-f", configuration, "-syslog", "local8");
            scene.Note("says", result.Error.Contains("sage: xinetd") ? "how it is used" : "nothing of it");
        },
        "says: nothing of it",
        "says: how it is used");

    [Theory]
    [InlineData("-limit", "0")]
    [InlineData("-limit", "-1")]
    [InlineData("-logprocs", "0")]
    [InlineData("-cc", "0")]
    public void An_option_of_zero_is_wrong_use(string option, string value) => Comparison.Differs(
        "D-063: nobody means a limit of nothing, or a check at no time",
        scene => LaunchWith(scene, option, value),
        "it: starts",
        """
        exit: 1
        says: Usage: xinetd
        """);

    [Theory]
    [InlineData("-reuse")]
    [InlineData("-shutdownprocs", "5")]
    public void Options_without_effect_are_still_taken(params string[] options) => Comparison.Same(
        scene => LaunchWith(scene, options),
        "it: starts");

    [Fact]
    public void Version_goes_to_standard_error_and_exits_0() => Comparison.Same(
        scene =>
        {
            CommandResult result = Run(scene, "-version");
            scene.Note("exit", result.ExitCode.ToString());
            scene.Note("says", result.Error.Contains("2.3.15") ? "2.3.15" : result.Error);
            scene.Note("standard output", result.Text);
        },
        """
        exit: 0
        says: 2.3.15
        standard output:
        """);

    [Fact]
    public void Without_services_it_ends_and_leaves_no_pidfile() => Comparison.Differs(
        "ours returns to the caller only when it listens, and with 1 when it cannot; the original has said 0 by then",
        scene =>
        {
            string configuration = scene.Stage.Scratch.Write("empty.conf", "defaults\n{\n}\n");
            string log = scene.Stage.Scratch["empty.log"], pidfile = scene.Stage.Scratch["empty.pid"];
            CommandResult result = Run(scene, "-f", configuration, "-pidfile", pidfile, "-filelog", log);
            scene.Note("exit", result.ExitCode.ToString());
            Wait.Until(() => File.Exists(log) && File.ReadAllText(log).Contains("no services. Exiting..."), () => "the end without services");
            scene.Note("level", Regex.Match(File.ReadAllText(log), @"\]: ([A-Z]+): .*no services").Groups[1].Value);
            scene.Note("pidfile", Wait.For(() => !File.Exists(pidfile), Wait.Bound) ? "none" : "left");
        },
        """
        exit: 0
        level: CRITICAL
        pidfile: none
        """,
        """
        exit: 1
        level: CRITICAL
        pidfile: none
        """);

    [Theory]
    [InlineData("-dontfork")]
    [InlineData("-stayalive")]
    public void Without_services_it_stays_when_told_to(string option) => Comparison.Same(
        scene =>
        {
            Daemon daemon = scene.Stage.Start("defaults\n{\n}\n", [option]);
            scene.NoteDaemonLog("Started working", "Started working");
            scene.Note("it", daemon.IsRunning ? "runs" : "ended");
        },
        """
        daemon: NOTICE: Started working: 0 available services
        it: runs
        """);

    [Fact]
    public void The_pidfile_holds_the_pid_and_goes_at_the_end() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream"));
            string path = scene.Daemon.PidPath;
            scene.Note("content", File.ReadAllText(path) == $"{scene.Daemon.Pid}\n" ? "pid and line end" : File.ReadAllText(path));
            scene.Note("mode", File.GetUnixFileMode(path).ToString());
            scene.Note("exit", scene.Daemon.End(Signal.Terminate).ToString());
            scene.Note("pidfile", File.Exists(path) ? "left" : "gone");
            scene.NoteDaemonLog("Exiting", "Exiting");
        },
        """
        content: pid and line end
        mode: OtherRead, GroupRead, UserWrite, UserRead
        exit: 0
        pidfile: gone
        daemon: WARNING: Exiting...
        """);

    [Fact]
    public void A_pidfile_that_cannot_be_written_is_told_and_the_services_run() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(Stanza.BuiltIn("daytime", port, "stream"), "-pidfile", scene.Stage.Scratch["missing/pid"]);
            scene.Note("it", Peer.CanConnect(port) ? "serves" : "does not serve");
            scene.Note("told", scene.Daemon.CountLog("No such file or directory") > 0 ? "yes" : "no");
            scene.Note("exit", scene.Daemon.End(Signal.Terminate).ToString());
        },
        """
        it: serves
        told: yes
        exit: 0
        """);

    [Fact]
    public void Sigterm_leaves_servers_alone() => Comparison.Differs(
        "what ours answers itself ends with it; the original's forked children do not heed its signal",
        scene => End(scene, Signal.Terminate),
        """
        exit: 0
        server: runs on
        internal session: runs on
        pidfile: gone
        daemon: WARNING: Exiting...
        """,
        """
        exit: 0
        server: runs on
        internal session: ended
        pidfile: gone
        daemon: WARNING: Exiting...
        """);

    [Fact]
    public void Sigquit_ends_and_leaves_servers_alone() => Comparison.Same(
        scene =>
        {
            int external = scene.NewPort();
            scene.StartLogged(Stanza.Stream("hold", external, "server = " + scene.Probe, "server_args = hold"));
            using Peer peer = Peer.Connect(external);
            peer.ReadLine();
            scene.Note("exit", scene.Daemon.End(Signal.Quit).ToString());
            scene.Note("server", peer.IsOpen(System.TimeSpan.FromMilliseconds(300)) ? "runs on" : "ended");
            scene.Note("pidfile", File.Exists(scene.Daemon.PidPath) ? "left" : "gone");
            scene.NoteDaemonLog("Exiting", "Exiting");
        },
        """
        exit: 0
        server: runs on
        pidfile: gone
        daemon: WARNING: Exiting...
        """);

    [Theory]
    [InlineData((int)Signal.Pipe)]
    [InlineData((int)Signal.TerminalStop)]
    [InlineData(18)]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(14)]
    [InlineData(28)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(26)]
    [InlineData(27)]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public void Other_signals_are_ignored(int number) => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "stream"));
            scene.Daemon.Signal((Signal)number);
            System.Threading.Thread.Sleep(30);
            scene.Ask("after", port, "still here", halfClose: true);
        },
        "after: still here");

    [Fact]
    public void Debug_mode_shows_the_services_and_what_the_daemon_does() => Comparison.Differs(
        "D-064: the original's lines name its functions",
        scene =>
        {
            int port = scene.NewPort();
            Scratch scratch = scene.Stage.Scratch;
            string configuration = scratch.Write("conf", Stanza.BuiltIn("daytime", port, "stream", "instances = 7"));
            string daemon = string.Join(
                ' ', [.. Subjects.CommandLine(scene.Stage.Subject), "-d", "-dontfork", "-f", configuration, "-pidfile", scratch["pid"]]);

            // The original writes to its terminal, and does not start without one.
            string script = scratch.Write(
                "debug",
                $"{daemon} & pid=$!\n"
                + $"for i in $(seq 300); do (exec 3<>/dev/tcp/127.0.0.1/{port} && read -t 20 answer <&3) 2>/dev/null && break; sleep 0.1; done\n"
                + "kill $pid; wait $pid\n");
            CommandResult result = Command.Run("script", "-qec", $"bash {script}", "/dev/null");
            string[] lines = [.. result.Text.Split('\n').Select(line => line.TrimEnd('\r'))];
            scene.NoteAll("service", lines.Where(line => Regex.IsMatch(line, "Service configuration|id = |Instances = |socket_type = ")).Select(line => line.Trim()));
            scene.NoteAll(
                "daemon",
                lines.Where(line => Regex.IsMatch(line, "Started working|Exiting"))
                    .Select(line => Regex.Replace(line, @"^\d\d/\d\d/\d\d@\d\d:\d\d:\d\d( xinetd\[\d+\])?: ", "<time> "))
                    .Select(line => Regex.Replace(line, @": \d+ \{", ": <pid> {")));
        },
        """
        service: Service configuration: daytime
        service: id = daytime-stream
        service: socket_type = stream
        service: Instances = 7
        daemon: <time> NOTICE: <pid> {main} Started working: 1 available service
        daemon: <time> WARNING: <pid> {quit_program} Exiting...
        """,
        """
        service: Service configuration: daytime
        service: id = daytime-stream
        service: socket_type = stream
        service: Instances = 7
        daemon: <time> NOTICE: Started working: 1 available service
        daemon: <time> WARNING: Exiting...
        """);

    [Fact]
    public void Sigint_ends_it() => Comparison.Differs(
        "the original ignores it; ours can be ended from the terminal that it runs in",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream"));
            scene.Daemon.Signal(Signal.Interrupt);
            bool ended = Wait.For(() => !scene.Daemon.IsRunning, scene.Stage.Subject == Subject.Ours ? Wait.Bound : System.TimeSpan.FromSeconds(0.5));
            scene.Note("it", ended ? $"ends with {scene.Daemon.ExitCode()}" : "runs on");
            scene.Note("pidfile", File.Exists(scene.Daemon.PidPath) ? "there" : "gone");
        },
        """
        it: runs on
        pidfile: there
        """,
        """
        it: ends with 0
        pidfile: gone
        """);

    // SIGFPE and SIGSEGV: the runtime takes the first one for a fault of its own, which does not come back; the next one ends it.
    [Theory]
    [InlineData(8)]
    [InlineData(11)]
    public void Signals_of_faults_end_it_when_they_are_sent_from_outside(int number) => Comparison.Differs(
        "D-116: the original passes over them",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream"));
            bool ended = false;
            for (int i = 0; i < 30 && !ended; i++)
            {
                Signals.Send(scene.Daemon.Pid, (Signal)number);
                ended = Wait.For(() => !scene.Daemon.IsRunning, System.TimeSpan.FromMilliseconds(scene.Stage.Subject == Subject.Ours ? 300 : 20));
            }

            scene.Note("it", ended ? "ended" : Peer.CanConnect(port) ? "serves on" : "does not serve");
        },
        "it: serves on",
        "it: ended");

    private static void End(Scene scene, Signal signal)
    {
        int external = scene.NewPort(), echo = scene.NewPort();
        scene.StartLogged(
            Stanza.Stream("hold", external, "server = " + scene.Probe, "server_args = hold") + Stanza.BuiltIn("echo", echo, "stream"));
        using Peer held = Peer.Connect(external), echoing = Peer.Connect(echo);
        held.ReadLine();
        echoing.Send("x");
        echoing.Read(1);
        scene.Note("exit", scene.Daemon.End(signal).ToString());
        scene.Note("server", held.IsOpen(System.TimeSpan.FromMilliseconds(300)) ? "runs on" : "ended");
        scene.Note("internal session", echoing.IsOpen(System.TimeSpan.FromSeconds(2)) ? "runs on" : "ended");
        scene.Note("pidfile", File.Exists(scene.Daemon.PidPath) ? "left" : "gone");
        scene.NoteDaemonLog("Exiting", "Exiting");
    }

    private static void LaunchWith(Scene scene, params string[] options)
    {
        Daemon daemon = scene.Stage.Launch(Stanza.BuiltIn("daytime", scene.NewPort(), "stream"), options);
        Wait.Until(() => !daemon.IsRunning || daemon.CountLog("Started working") > 0, daemon.Describe);
        if (daemon.IsRunning)
        {
            scene.Note("it", "starts");
            return;
        }

        scene.Note("exit", daemon.ExitCode().ToString());
        Wait.For(() => daemon.Printed.Contains("Usage: xinetd"), Wait.Bound);
        scene.Note("says", daemon.Printed.Contains("Usage: xinetd") ? "Usage: xinetd" : daemon.Printed);
    }

    private static CommandResult Run(Scene scene, params string[] options)
    {
        string[] line = [.. Subjects.CommandLine(scene.Stage.Subject), .. options];
        return Command.Run(line[0], line[1..]);
    }
}
