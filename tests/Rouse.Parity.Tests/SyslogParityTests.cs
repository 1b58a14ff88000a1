using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>What reaches syslog: priority, ident, pid and text (RFC 3164's form as libc writes it).</summary>
public sealed class SyslogParityTests
{
    [Fact]
    public void Every_facility_and_level_has_the_originals_number() => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            string[] types =
            [
                "daemon", "auth", "authpriv", "user", "mail", "lpr", "news", "uucp", "ftp", "local0", "local1", "local2", "local3", "local4",
                "local5", "local6", "local7", "LOCAL1", "Daemon", "local1 emerg", "local1 alert", "local1 crit", "local1 err", "local1 warning",
                "local1 notice", "local1 info", "local1 debug", "local1 Err", "kern", "cron", "syslog", "local8", "local1 panic", "local1 error",
                "local1 warn",
            ];
            int[] ports = [.. types.Select(_ => scene.NewPort())];
            SyslogListener syslog = scene.Stage.Keep(new SyslogListener(scene.Stage.Scratch));
            scene.Stage.Start(
                string.Concat(types.Zip(ports).Select(pair => Stanza.BuiltIn(
                    "daytime", pair.Second, "stream", $"id = s{pair.Second}", "log_type = SYSLOG " + pair.First, "log_on_success = HOST PID"))),
                wrapper: syslog.Wrapper);
            foreach ((string type, int port) in types.Zip(ports))
            {
                bool served = Peer.Ask(port) != "(refused)";
                Wait.Until(() => !served || syslog.Lines.Any(line => line.Contains($": s{port} ")), () => "a START line in syslog");
                scene.Note(type, served ? syslog.Lines.First(line => line.Contains($": s{port} ")).Split('>')[0] + ">" : "off");
            }

            scene.NoteAll("a line", syslog.Lines.Take(1).Select(line => WithoutTime(line).Replace($"s{ports[0]}", "id")));
        },
        """
        daemon: <30>
        auth: <38>
        authpriv: <86>
        user: <14>
        mail: <22>
        lpr: <54>
        news: <62>
        uucp: <70>
        ftp: <94>
        local0: <134>
        local1: <142>
        local2: <150>
        local3: <158>
        local4: <166>
        local5: <174>
        local6: <182>
        local7: <190>
        LOCAL1: <142>
        Daemon: <30>
        local1 emerg: <136>
        local1 alert: <137>
        local1 crit: <138>
        local1 err: <139>
        local1 warning: <140>
        local1 notice: <141>
        local1 info: <142>
        local1 debug: <143>
        local1 Err: <139>
        kern: off
        cron: off
        syslog: off
        local8: off
        local1 panic: off
        local1 error: off
        local1 warn: off
        a line: <30><time> xinetd[<A>]: START: id pid=0 from=127.0.0.1
        """);

    [Fact]
    public void A_log_daemon_may_take_streams() => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            int port = scene.NewPort();
            SyslogListener syslog = scene.Stage.Keep(new SyslogListener(scene.Stage.Scratch, isStream: true));
            scene.Stage.Start(
                Stanza.BuiltIn("daytime", port, "stream", "log_type = SYSLOG daemon", "log_on_success = HOST", "id = streamed"),
                wrapper: syslog.Wrapper);
            foreach (int time in new[] { 1, 2 })
            {
                _ = Peer.Ask(port);
                Wait.Until(() => syslog.Lines.Count(line => line.Contains(": streamed ")) == time, () => "a START line in the stream");
            }

            scene.NoteAll("a line", syslog.Lines.Where(line => line.Contains(": streamed ")).Select(WithoutTime));
        },
        """
        a line: <30><time> xinetd[<A>]: START: streamed from=127.0.0.1
        a line: <30><time> xinetd[<A>]: START: streamed from=127.0.0.1
        """);

    [Fact]
    public void A_log_daemon_that_does_not_read_holds_up_nobody() => Comparison.Differs(
        "D-058: the original waits for it, and serves nobody meanwhile",
        scene =>
        {
            AsRoot.Needed();
            int port = scene.NewPort();
            SyslogListener syslog = scene.Stage.Keep(new SyslogListener(scene.Stage.Scratch, reads: false));
            scene.Stage.Start(
                Stanza.BuiltIn("daytime", port, "stream", "log_type = SYSLOG daemon", "log_on_success = HOST", "cps = 0 0"), wrapper: syslog.Wrapper);
            int wanted = int.Parse(System.IO.File.ReadAllText("/proc/sys/net/unix/max_dgram_qlen")) + 20;
            int answered = 0;
            Thread asking = new(() =>
            {
                for (int i = 0; i < wanted && Peer.Ask(port).EndsWith("UTC\r\n"); i++)
                {
                    answered++;
                }
            })
            {
                IsBackground = true,
            };
            asking.Start();
            asking.Join(System.TimeSpan.FromSeconds(scene.Stage.Subject == Subject.Ours ? 30 : 2));
            scene.Note("answered", answered == wanted ? "all" : "some");
            syslog.Read();
        },
        "answered: some",
        "answered: all");

    [Fact]
    public void The_daemons_own_lines_go_where_the_option_says() => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            SyslogListener syslog = scene.Stage.Keep(new SyslogListener(scene.Stage.Scratch));
            string configuration = scene.Stage.Scratch.Write("conf", Stanza.BuiltIn("daytime", scene.NewPort(), "stream"));
            string[] line =
            [
                .. syslog.Wrapper, .. Subjects.CommandLine(scene.Stage.Subject),
                "-dontfork", "-f", configuration, "-pidfile", scene.Stage.Scratch["pid"], "-syslog", "local2",
            ];
            using var process = new System.Diagnostics.Process { StartInfo = Command.Describe(line[0], line[1..], null) };
            process.Start();
            try
            {
                Wait.Until(() => syslog.Lines.Any(said => said.Contains("Started working")), () => "the daemon's line in syslog");
            }
            finally
            {
                Signals.Send(process.Id, Signal.Terminate);
                Assert.True(process.WaitForExit(Wait.Bound));
            }

            Wait.Until(() => syslog.Lines.Any(said => said.Contains("Exiting")), () => "the daemon's last line in syslog");
            scene.NoteAll("syslog", syslog.Lines.Where(said => !said.Contains("compiled in") && !said.Contains("Rouse")).Select(WithoutTime));
        },
        """
        syslog: <149><time> xinetd[<A>]: Started working: 1 available service
        syslog: <148><time> xinetd[<A>]: Exiting...
        """);

    private static string WithoutTime(string line) => Regex.Replace(line, @">[A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d ", "><time> ");
}
