using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>What reaches syslog: priority, ident, pid and text (RFC 3164's form as libc writes it).</summary>
public sealed class SyslogParityTests
{
    [Theory]
    [InlineData("SYSLOG daemon", 30)]
    [InlineData("SYSLOG local3 warning", 156)]
    [InlineData("SYSLOG auth notice", 37)]
    [InlineData("SYSLOG local7 debug", 191)]
    public void A_services_lines_have_the_facility_and_level_of_its_log_type(string logType, int priority) => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            int port = scene.NewPort();
            SyslogListener syslog = scene.Stage.Keep(new SyslogListener(scene.Stage.Scratch));
            scene.Stage.Start(
                Stanza.BuiltIn("daytime", port, "stream", "log_type = " + logType, "log_on_success = HOST PID", "log_on_failure = HOST"),
                wrapper: syslog.Wrapper);
            Peer.Ask(port);
            Wait.Until(() => syslog.Lines.Any(line => line.Contains("START")), () => "a START line in syslog");
            scene.NoteAll("syslog", syslog.Lines.Where(line => line.Contains("START")).Select(WithoutTime));
        },
        $"syslog: <{priority}><time> xinetd[<A>]: START: daytime-stream pid=0 from=127.0.0.1");

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
