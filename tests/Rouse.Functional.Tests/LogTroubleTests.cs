using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>
/// A log that cannot be written holds up nobody and ends nothing. What it lost is counted, and told in its place when it can be written.
/// </summary>
public sealed class LogTroubleTests
{
    private const string Served = "UTC\r\n";

    [Fact]
    public void A_full_disk_loses_lines_and_says_so_when_there_is_room_again()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        int port = stage.NewPort();
        string disk = stage.Scratch.NewFolder("disk");

        // Two pages: each log fills one with a little more than sixty lines.
        Daemon daemon = stage.Start(
            Clock(port, $"log_type = FILE {disk}/services", "log_on_success = HOST PID"),
            wrapper: ["unshare", "-m", "--propagation", "private", "sh", "-c", $"mount -t tmpfs -o size=8k none {disk} && exec \"$@\"", "sh"]);
        string log = $"/proc/{daemon.Pid}/root{disk}/services";
        Ask(port, 300);
        daemon.WaitForLog("No space left on device; lines of this log are lost");
        Assert.Equal(1, daemon.CountLog("No space left on device"));
        Assert.InRange(new FileInfo(log).Length, 4096, 8192);

        using (FileStream stream = new(log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(0);
        }

        Ask(port, 2);

        // Written at the end of the turn that has answered.
        Wait.Until(() => Texts(log).Count() == 3, () => string.Join('\n', Texts(log)));
        string[] lines = [.. Texts(log)];
        Assert.Matches(@"^\d+ lines of this log were lost$", lines[0]);
        int lost = int.Parse(lines[0].Split(' ')[0]);
        Assert.InRange(lost, 300 - (8192 / 50), 300 - (4096 / 70));
        Assert.All(lines[1..], line => Assert.StartsWith("START: ", line));
        daemon.WaitForLog($"can be written again; {lost} lines of this log were lost");
    }

    [Fact]
    public void The_daemons_own_log_may_be_on_the_full_disk_too()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        int port = stage.NewPort();
        string disk = stage.Scratch.NewFolder("disk");
        string configuration = stage.Scratch.Write("conf", Clock(port));
        string[] line =
        [
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount -t tmpfs -o size=4k none {disk} && exec \"$@\"", "sh",
            .. Subjects.CommandLine(Subject.Ours), "-dontfork", "-f", configuration, "-pidfile", stage.Scratch["pid"], "-filelog", $"{disk}/own",
        ];
        using var process = new System.Diagnostics.Process { StartInfo = Command.Describe(line[0], line[1..], null) };
        process.Start();
        try
        {
            string own = $"/proc/{process.Id}/root{disk}/own";
            Wait.Until(() => Peer.CanConnect(port), () => "the port");
            Wait.Until(
                () =>
                {
                    Signals.Send(process.Id, Signal.Hangup);
                    Ask(port, 1);
                    return new FileInfo(own).Length == 4096;
                },
                () => "the full log");
            using (FileStream stream = new(own, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                stream.SetLength(0);
            }

            Signals.Send(process.Id, Signal.Hangup);
            Wait.Until(() => Texts(own).Any(text => text.Contains("Reconfigured")), () => "lines of the next reload");
            Assert.Matches(@"WARNING: \d+ lines? of this log (was|were) lost$", Texts(own).First());
        }
        finally
        {
            Signals.Send(process.Id, Signal.Terminate);
            Assert.True(process.WaitForExit(Wait.Bound));
        }
    }

    [Fact]
    public void A_limit_on_the_size_of_files_does_not_end_it()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        Daemon daemon = stage.Start(
            Clock(port, stage.LogToFile, "log_on_success = HOST PID"), wrapper: ["sh", "-c", "ulimit -f 8; exec \"$@\"", "sh"]);
        Ask(port, 300);
        daemon.WaitForLog("File too large; lines of this log are lost");
        Assert.True(daemon.IsRunning);
    }

    [Fact]
    public void A_syslog_that_does_not_read_holds_up_nobody_and_learns_what_it_missed()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        int port = stage.NewPort(), other = stage.NewPort();
        SyslogListener syslog = stage.Keep(new SyslogListener(stage.Scratch, reads: false));
        stage.Start(
            Clock(port, "log_type = SYSLOG local0 info", "log_on_success = HOST PID") + Clock(other, "id = other", "log_on_success ="),
            wrapper: syslog.Wrapper);
        int queue = int.Parse(File.ReadAllText("/proc/sys/net/unix/max_dgram_qlen"));
        Ask(port, queue + 50);

        // Another service's answer belongs to a later turn: the line of the last one has been sent, or lost, by then.
        Assert.EndsWith(Served, Peer.Ask(other));
        syslog.Read();
        Wait.Until(() => syslog.Lines.Count > queue, () => "what was in the queue");
        int kept = syslog.Lines.Count;
        Ask(port, 1);
        Wait.Until(() => syslog.Lines.Count == kept + 2, () => string.Join('\n', syslog.Lines.Skip(kept)));
        Assert.EndsWith($" {queue + 50 - kept} lines of this log were lost", syslog.Lines[kept]);
        Assert.StartsWith("<134>", syslog.Lines[kept]);
        Assert.Contains("START: ", syslog.Lines[kept + 1]);
    }

    [Fact]
    public void A_log_daemon_may_go_and_come_back()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        int port = stage.NewPort();
        SyslogListener syslog = stage.Keep(new SyslogListener(stage.Scratch));
        stage.Start(Clock(port, "log_type = SYSLOG local0 info", "log_on_success = HOST PID"), wrapper: syslog.Wrapper);
        Ask(port, 1);
        Wait.Until(() => syslog.Lines.Count == 1, () => "the first line");
        syslog.GoAway();
        Ask(port, 5);
        syslog.ComeBack();

        // It is tried again at most once a second.
        Wait.Until(
            () =>
            {
                Ask(port, 1);
                return Wait.For(() => syslog.Lines.Count > 1, TimeSpan.FromMilliseconds(200));
            },
            () => "a line after the log daemon came back");
        Wait.Until(() => syslog.Lines.Count >= 3, () => string.Join('\n', syslog.Lines));
        Assert.Matches(@" ([5-9]|\d\d) lines of this log were lost$", syslog.Lines[1]);
        Assert.Contains("START: ", syslog.Lines[2]);
    }

    private static string Clock(int port, params string[] lines) => Stanza.BuiltIn("daytime", port, "stream", ["cps = 0 0", .. lines]);

    private static void Ask(int port, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Assert.EndsWith(Served, Peer.Ask(port));
        }
    }

    private static IEnumerable<string> Texts(string path) => File.ReadAllText(path, Encoding.Latin1)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line[(line.IndexOf(": ") + 2)..]);
}
