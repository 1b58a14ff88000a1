using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>Log files: where lines go, how they begin, what bounds them.</summary>
public sealed class LogParityTests
{
    [Fact]
    public void Lines_begin_with_the_originals_time_and_ident() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream"));
            Peer.Ask(port);
            scene.Stage.WaitForServiceLog("START");
            string service = File.ReadLines(scene.Stage.ServiceLogPath).First();
            scene.Note("service log", Regex.Replace(service, @"^\d\d/\d{1,2}/\d{1,2}@\d\d:\d\d:\d\d: ", "<time>: "));
            string own = File.ReadLines(scene.Daemon.LogPath).Last();
            scene.Note("own log", Regex.Replace(own, @"^\d\d/\d{1,2}/\d{1,2}@\d\d:\d\d:\d\d ", "<time> "));
        },
        """
        service log: <time>: START: daytime-stream pid=0 from=127.0.0.1
        own log: <time> xinetd[<A>]: NOTICE: Started working: 1 available service
        """);

    [Fact]
    public void A_log_file_is_made_readable_for_all_and_appended_to() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            string existing = scene.Stage.Scratch.Write("existing.log", "before\n");
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = HOST")
                + Stanza.BuiltIn("daytime", port, "stream")
                + Stanza.BuiltIn("daytime", scene.NewPort(), "stream", "id = other", $"log_type = FILE {existing}"));
            Peer.Ask(port);
            Peer.Ask(scene.Stage.Ports[1]);
            scene.NoteServiceLog("START");
            scene.Note("mode", File.GetUnixFileMode(scene.Stage.ServiceLogPath).ToString());
            Wait.Until(() => File.ReadAllLines(existing).Length == 2, () => "the second log's line");
            scene.Note("existing", File.ReadLines(existing).First());
        },
        """
        log: START: daytime-stream from=127.0.0.1
        mode: OtherRead, GroupRead, UserWrite, UserRead
        existing: before
        """);

    [Fact]
    public void A_service_with_its_own_log_leaves_the_common_one_alone() => Comparison.Same(
        scene =>
        {
            int common = scene.NewPort(), own = scene.NewPort();
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = HOST")
                + Stanza.BuiltIn("daytime", common, "stream", "id = common")
                + Stanza.BuiltIn("daytime", own, "stream", "id = own", $"log_type = FILE {scene.Stage.Scratch["own.log"]}"));
            Peer.Ask(own);
            Peer.Ask(common);
            scene.NoteServiceLog("START");
            Wait.Until(() => new FileInfo(scene.Stage.Scratch["own.log"]).Length > 0, () => "the own log's line");
            scene.NoteAll("own", File.ReadLines(scene.Stage.Scratch["own.log"]).Select(line => line[(line.IndexOf(": ") + 2)..]));
        },
        """
        log: START: common from=127.0.0.1
        own: START: own from=127.0.0.1
        """);

    [Fact]
    public void What_is_inherited_of_log_on_success_can_be_changed() => Comparison.Same(
        scene =>
        {
            int plus = scene.NewPort(), minus = scene.NewPort(), only = scene.NewPort();
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = HOST")
                + Stanza.BuiltIn("daytime", plus, "stream", "id = plus", "log_on_success += PID")
                + Stanza.BuiltIn("daytime", minus, "stream", "id = minus", "log_on_success -= HOST")
                + Stanza.BuiltIn("daytime", only, "stream", "id = only", "log_on_success = PID"));
            Peer.Ask(plus);
            Peer.Ask(minus);
            Peer.Ask(only);
            scene.NoteServiceLog("only");
        },
        """
        log: START: plus pid=0 from=127.0.0.1
        log: START: only pid=0
        """);

    [Fact]
    public void Defaults_gather_what_several_lines_ask_for() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = HOST", "log_on_success = PID") + Stanza.BuiltIn("daytime", port, "stream"));
            Peer.Ask(port);
            scene.NoteServiceLog("START");
        },
        """
        log: START: daytime-stream pid=0 from=127.0.0.1
        """);

    [Fact]
    public void A_log_over_its_hard_limit_takes_no_more() => Comparison.Differs(
        "ours says it once; the original adds a line of garbage for each line that it does not write",
        scene =>
        {
            int port = scene.NewPort(), marker = scene.NewPort();
            string small = scene.Stage.Scratch["small.log"];
            scene.Start(
                Stanza.Defaults(scene.LogToFile)
                + Stanza.BuiltIn("daytime", port, "stream", "id = small", $"log_type = FILE {small} 300 500", "log_on_success = HOST", "cps = 0 0")
                + Stanza.BuiltIn("daytime", marker, "stream", "id = marker", "log_on_success = HOST"));
            for (int i = 0; i < 40; i++)
            {
                Peer.Ask(port);
            }

            Peer.Ask(marker);
            scene.Stage.WaitForServiceLog("marker");
            long size = new FileInfo(small).Length;
            scene.Note("size", size is > 300 and <= 600 ? "about the limit" : size.ToString());
            scene.Daemon.WaitForLog("exceeded hard limit");
            scene.NoteAll("daemon", scene.Daemon.Log.Where(line => line.Contains("exceeded hard limit")));
            scene.Note("garbage", scene.Daemon.CountLog("Error in small log") > 0 ? "yes" : "no");
        },
        """
        size: about the limit
        daemon: ERROR: Size of small log exceeded hard limit
        garbage: yes
        """,
        """
        size: about the limit
        daemon: ERROR: Size of small log exceeded hard limit
        garbage: no
        """);

    [Fact]
    public void The_soft_limit_of_a_log_is_told() => Comparison.Differs(
        "D-059: the manual says so, and the original never does it",
        scene =>
        {
            int port = scene.NewPort(), marker = scene.NewPort();
            scene.Start(
                Stanza.Defaults(scene.LogToFile)
                + Stanza.BuiltIn("daytime", port, "stream", "id = small", $"log_type = FILE {scene.Stage.Scratch["small.log"]} 300", "log_on_success = HOST")
                + Stanza.BuiltIn("daytime", marker, "stream", "id = marker", "log_on_success = HOST"));
            for (int i = 0; i < 10; i++)
            {
                Peer.Ask(port);
            }

            Peer.Ask(marker);
            scene.Stage.WaitForServiceLog("marker");
            scene.NoteAll("daemon", scene.Daemon.Log.Where(line => line.Contains("limit")).Select(line => Regex.Replace(line, @"\d+ bytes\)", "<n> bytes)")));
        },
        "",
        "daemon: ALERT: Size of small log exceeded soft limit (<dir>/small.log, <n> bytes); nothing is written beyond 5420 bytes");

    // The line that goes over the limit is still written.
    [Theory]
    [InlineData("300 300", 300)]
    [InlineData("300 500", 500)]
    [InlineData("1K 1K", 1024)]
    [InlineData("0 0", 0)]
    [InlineData("0", 0)]
    public void A_hard_limit_is_met_by_the_line_that_goes_over_it(string limits, int limit) => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort(), marker = scene.NewPort();
            string small = scene.Stage.Scratch["small.log"];
            scene.Start(
                Stanza.Defaults(scene.LogToFile)
                + Stanza.BuiltIn("daytime", port, "stream", "id = small", $"log_type = FILE {small} {limits}", "log_on_success = HOST", "cps = 0 0")
                + Stanza.BuiltIn("daytime", marker, "stream", "id = marker", "log_on_success = HOST"));
            for (int i = 0; i < 30; i++)
            {
                Peer.Ask(port);
            }

            Peer.Ask(marker);
            scene.Stage.WaitForServiceLog("marker");
            int line = File.ReadLines(small).First().Length + 1;
            long size = new FileInfo(small).Length;
            scene.Note("size", size == 30 * line ? "every line" : size > limit && size - line <= limit ? "one line over" : $"{size}");
        },
        limit == 0 ? "size: every line" : "size: one line over");

    [Fact]
    public void A_log_that_cannot_be_opened_stops_its_service_only() => Comparison.Same(
        scene =>
        {
            int broken = scene.NewPort(), whole = scene.NewPort();
            scene.Start(
                Stanza.BuiltIn("time", broken, "stream", "id = broken", "log_type = FILE /nonexistent/folder/log", "log_on_success = HOST")
                + Stanza.BuiltIn("daytime", whole, "stream", "id = whole"));
            scene.Note("broken", Peer.CanConnect(broken) ? "served" : "(refused)");
            scene.Note("whole", Peer.CanConnect(whole) ? "served" : "(refused)");
            scene.NoteAll("daemon", scene.Daemon.Log.Where(line => line.Contains("deactivated")));
        },
        """
        broken: (refused)
        whole: served
        daemon: ERROR: Service broken failed to start and is deactivated.
        """);
}
