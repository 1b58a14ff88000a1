using System;
using System.Text;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Logging;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Logging;

public sealed class LogTests
{
    [Fact]
    public void Neither_month_nor_day_of_a_stamp_is_padded_and_the_time_is()
    {
        FakeSystem system = new();
        LogClock clock = new(system);
        clock.Read(new DateTimeOffset(2027, 3, 5, 4, 7, 9, TimeSpan.Zero).ToUnixTimeSeconds());
        Assert.Equal("27/3/5@04:07:09", Encoding.ASCII.GetString(clock.Stamp));
        Assert.Equal("Mar  5 04:07:09", Encoding.ASCII.GetString(clock.SyslogStamp));
    }

    [Theory]
    [InlineData(LogOnSuccess.None, "")]
    [InlineData(LogOnSuccess.Host, "START: a from=10.0.0.1")]
    [InlineData(LogOnSuccess.Pid, "START: a pid=5")]
    [InlineData(LogOnSuccess.Duration, "START: a|EXIT: a duration=2(sec)")]
    [InlineData(LogOnSuccess.Exit, "START: a|EXIT: a status=1")]
    [InlineData(LogOnSuccess.Exit | LogOnSuccess.Pid | LogOnSuccess.Host, "START: a pid=5 from=10.0.0.1|EXIT: a status=1 pid=5")]
    public void Lines_hold_exactly_what_was_asked_for(LogOnSuccess words, string expected)
    {
        FakeSystem system = new();
        LogClock clock = new(system);
        FileSink sink = new(system, clock, "a", Given.LogFile("/log", 0, 0), (_, _) => { });
        ServiceLog log = new(Given.External(1, "a") with { LogOnSuccess = words }, sink, clock);
        log.Start(5, Given.PeerAt(10, 0, 0, 1), 0);
        log.Exit(new ChildExit(5, 1, -1), 2, 0);
        sink.Flush();
        string[] lines = system.Logs["/log"].ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, string.Join('|', Array.ConvertAll(lines, line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..])));
    }

    [Fact]
    public void A_file_over_its_soft_limit_is_told_once_and_over_its_hard_limit_written_no_more()
    {
        FakeSystem system = new();
        LogClock clock = new(system);
        clock.Read(0);
        System.Collections.Generic.List<string> told = [];
        FileSink sink = new(system, clock, "a", Given.LogFile("/log", 100, 200), (level, text) => told.Add($"{level}: {text}"));
        for (int i = 0; i < 50; i++)
        {
            sink.Write("0123456789"u8);
            sink.Flush();
        }

        Assert.Equal(2, told.Count);
        Assert.StartsWith("Alert: Size of a log exceeded soft limit", told[0], StringComparison.Ordinal);
        Assert.Equal("Error: Size of a log exceeded hard limit", told[1]);
        Assert.InRange(system.Logs["/log"].Length, 200, 240);
        Assert.True(sink.Lost > 40);
    }

    [Fact]
    public void Control_bytes_in_a_name_cannot_break_a_line()
    {
        Span<byte> buffer = stackalloc byte[64];
        LogLine line = new(buffer);
        line.Append("a\nb\x1b[0m\u00e9");
        Assert.Equal("a?b?[0m\u00e9", Encoding.Latin1.GetString(line.Bytes));
    }

    [Fact]
    public void A_line_too_long_is_cut_not_overrun()
    {
        Span<byte> buffer = stackalloc byte[8];
        LogLine line = new(buffer);
        line.Append("0123456789"u8);
        line.Append(12345);
        line.Append((byte)'x');
        Assert.Equal("01234567", Encoding.ASCII.GetString(line.Bytes));
    }

    [Fact]
    public void The_daemons_lines_look_as_the_originals()
    {
        FakeSystem system = new();
        LogClock clock = new(system);
        DaemonLog log = new(system, clock, "xinetd", 42);
        log.ToFile(system.OpenAppend("/log").Fd);
        log.Notice("Started working: 3 available services");
        log.Debug("not wanted");
        Assert.Matches(@"^\d\d/\d+/\d+@\d\d:\d\d:\d\d xinetd\[42\]: NOTICE: Started working: 3 available services\n$", system.Logs["/log"].ToString());
    }

    [Fact]
    public void A_service_whose_log_cannot_be_opened_is_not_started_and_the_others_are()
    {
        Given.World world = Given.Running(
            Given.External(2001, "blind") with { LogType = Given.LogFile("/nowhere/log") }, Given.External(2002, "seeing"));
        Assert.Contains("Service blind failed to start and is deactivated.", world.DaemonLog);
        Assert.False(world.Connect(2001));
        Assert.True(world.Connect(2002));
    }
}
