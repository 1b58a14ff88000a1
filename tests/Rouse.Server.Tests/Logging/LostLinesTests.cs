using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Rouse.Linux;
using Rouse.Server.Logging;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Logging;

/// <summary>A log that cannot be written loses lines, counts them, and says so where they are missing.</summary>
public sealed class LostLinesTests
{
    private readonly FakeSystem _system = new();
    private readonly LogClock _clock;
    private readonly List<string> _told = [];

    public LostLinesTests()
    {
        _clock = new LogClock(_system);
        _clock.Read(0);
    }

    [Fact]
    public void A_full_disk_loses_lines_tells_it_once_and_says_how_many_are_missing()
    {
        FileSink sink = Sink();
        _system.DiskRoom = 0;
        for (int i = 0; i < 10; i++)
        {
            WriteAndFlush(sink, "lost");
        }

        Assert.Equal(["Error: write( /log ) failed: No space left on device; lines of this log are lost until it can be written again"], _told);
        Assert.Equal(10, sink.Lost);
        _system.DiskRoom = long.MaxValue;
        WriteAndFlush(sink, "kept");
        WriteAndFlush(sink, "kept too");
        Assert.Equal(["10 lines of this log were lost", "kept", "kept too"], Lines("/log"));
        Assert.Equal("Warning: /log can be written again; 10 lines of this log were lost", _told[1]);
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public void A_line_that_the_disk_takes_half_of_is_lost_and_the_next_one_begins_anew()
    {
        FileSink sink = Sink();
        WriteAndFlush(sink, "whole");
        _system.DiskRoom = _clock.Stamp.Length + ": torn in".Length;
        WriteAndFlush(sink, "torn into two");
        WriteAndFlush(sink, "lost");
        Assert.Equal(2, sink.Lost);
        _system.DiskRoom = long.MaxValue;
        WriteAndFlush(sink, "kept");
        Assert.Equal(["whole", "torn in", "2 lines of this log were lost", "kept"], Lines("/log"));
    }

    [Fact]
    public void Of_a_turns_lines_those_that_the_disk_took_are_not_lost()
    {
        FileSink sink = Sink();
        int line = _clock.Stamp.Length + ": one\n".Length;
        _system.DiskRoom = 2 * line;
        foreach (string text in new[] { "one", "two", "thr", "fou" })
        {
            sink.Write(Encoding.ASCII.GetBytes(text));
        }

        sink.Flush();
        Assert.Equal(2, sink.Lost);
        _system.DiskRoom = long.MaxValue;
        WriteAndFlush(sink, "fiv");
        Assert.Equal(["one", "two", "2 lines of this log were lost", "fiv"], Lines("/log"));
    }

    [Fact]
    public void Room_for_the_notice_alone_is_no_reason_to_tell_it_again()
    {
        FileSink sink = Sink();
        _system.DiskRoom = 0;
        WriteAndFlush(sink, "lost");
        _system.DiskRoom = _clock.Stamp.Length + ": 1 line of this log was lost\n".Length;
        WriteAndFlush(sink, "lost too");
        _system.DiskRoom = long.MaxValue;
        WriteAndFlush(sink, "kept");
        Assert.Equal(["1 line of this log was lost", "1 line of this log was lost", "kept"], Lines("/log"));
        Assert.Equal(2, sink.Lost);
    }

    [Fact]
    public void A_log_over_its_hard_limit_says_in_the_next_file_what_is_missing()
    {
        FileSink sink = Sink(softLimit: 30, hardLimit: 60);
        for (int i = 0; i < 10; i++)
        {
            WriteAndFlush(sink, "0123456789");
        }

        _system.Logs.Remove("/log");
        sink.Reopen();
        WriteAndFlush(sink, "after");
        Assert.Equal([$"{sink.Lost} lines of this log were lost", "after"], Lines("/log"));
    }

    [Fact]
    public void What_a_full_disk_did_not_take_does_not_count_for_the_limits()
    {
        FileSink sink = Sink(softLimit: 300, hardLimit: 400);
        WriteAndFlush(sink, "first");
        _system.DiskRoom = 5;
        for (int i = 0; i < 100; i++)
        {
            WriteAndFlush(sink, "lost");
        }

        _system.DiskRoom = long.MaxValue;
        WriteAndFlush(sink, "kept");
        Assert.Equal("100 lines of this log were lost", Lines("/log")[^2]);
        Assert.Equal("kept", Lines("/log")[^1]);
        Assert.DoesNotContain(_told, line => line.Contains("limit", StringComparison.Ordinal));

        // The limits are the file's own, as it grows.
        while (_system.Logs["/log"].Length <= 300)
        {
            Assert.DoesNotContain(_told, line => line.Contains("limit", StringComparison.Ordinal));
            WriteAndFlush(sink, "more");
        }

        Assert.Equal($"Alert: Size of a log exceeded soft limit (/log, {_system.Logs["/log"].Length} bytes); nothing is written beyond 400 bytes", _told[^1]);
        for (int i = 0; i < 10; i++)
        {
            WriteAndFlush(sink, "too much");
        }

        Assert.Equal("Error: Size of a log exceeded hard limit", _told[^1]);
        Assert.InRange(_system.Logs["/log"].Length, 400, 450);
    }

    /// <summary>Lines of one turn are written with one call: near its limits, too, a log on a full disk must not take them for written.</summary>
    [Fact]
    public void Lines_that_are_only_gathered_do_not_reach_a_limit_on_a_full_disk()
    {
        FileSink sink = Sink(softLimit: 100, hardLimit: 200);
        _system.DiskRoom = 0;
        for (int i = 0; i < 50; i++)
        {
            sink.Write("lost"u8);
        }

        sink.Flush();
        _system.DiskRoom = long.MaxValue;
        WriteAndFlush(sink, "kept");
        Assert.Equal(["50 lines of this log were lost", "kept"], Lines("/log"));
        Assert.DoesNotContain(_told, line => line.Contains("limit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Errno.EAGAIN)]
    [InlineData(Errno.ENOBUFS)]
    [InlineData(Errno.ECONNREFUSED)]
    public void A_syslog_that_takes_nothing_loses_lines_and_says_how_many(Errno error)
    {
        _system.SyslogOpenError = Errno.None;
        SyslogSink sink = new(Connection(), 24, 6);
        _system.SyslogSendError = error;
        for (int i = 0; i < 3; i++)
        {
            sink.Write("lost"u8);
            _system.Advance(1001);
        }

        Assert.Equal(3, sink.Lost);
        _system.SyslogSendError = Errno.None;
        sink.Write("kept"u8);
        Assert.Equal(["3 lines of this log were lost", "kept"], SyslogTexts());
        Assert.All(_system.Syslog, line => Assert.StartsWith("<30>", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_syslog_that_comes_late_is_found_within_a_second()
    {
        SyslogSink sink = new(Connection(), 24, 6);
        sink.Write("lost"u8);
        _system.SyslogOpenError = Errno.None;
        sink.Write("lost"u8);
        _system.Advance(1001);
        sink.Write("kept"u8);
        Assert.Equal(["2 lines of this log were lost", "kept"], SyslogTexts());
    }

    [Fact]
    public void On_a_stream_each_line_ends_with_a_zero_and_one_that_was_cut_ends_the_connection()
    {
        _system.SyslogOpenError = Errno.None;
        _system.SyslogIsStream = true;
        SyslogSink sink = new(Connection(), 24, 6);
        sink.Write("first"u8);
        _system.SyslogRoom = 5;
        sink.Write("cut"u8);
        Assert.Equal(1, sink.Lost);
        _system.SyslogRoom = int.MaxValue;
        int opened = _system.OpenCount;
        sink.Write("kept"u8);
        Assert.Equal(opened + 1, _system.OpenCount);
        Assert.Equal(3, _system.Syslog.Count);
        Assert.All(_system.Syslog, line => Assert.EndsWith("\0", line, StringComparison.Ordinal));
        Assert.EndsWith("1 line of this log was lost\0", _system.Syslog[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_daemons_own_lines_are_counted_too_for_each_place()
    {
        DaemonLog log = new(_system, _clock, "xinetd", 1);
        log.ToFile(_system.OpenAppend("/own").Fd);
        log.ToSyslog(Connection(), 24);
        _system.DiskRoom = 30;
        log.Error("torn");
        log.Error("lost");
        _system.DiskRoom = long.MaxValue;
        _system.SyslogOpenError = Errno.None;
        _system.Advance(1001);
        log.Notice("kept");
        string[] own = _system.Logs["/own"].ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, own.Length);
        Assert.EndsWith("WARNING: 2 lines of this log were lost", own[1], StringComparison.Ordinal);
        Assert.EndsWith("NOTICE: kept", own[2], StringComparison.Ordinal);
        Assert.Equal(["2 lines of this log were lost", "kept"], SyslogTexts());
        Assert.StartsWith("<28>", _system.Syslog[0], StringComparison.Ordinal);
    }

    private static void WriteAndFlush(FileSink sink, string line)
    {
        sink.Write(Encoding.ASCII.GetBytes(line));
        sink.Flush();
    }

    private FileSink Sink(long softLimit = 0, long hardLimit = 0) =>
        new(_system, _clock, "a", Given.LogFile("/log", softLimit, hardLimit), (level, text) => _told.Add($"{level}: {text}"));

    private SyslogConnection Connection() => new(_system, _clock, "xinetd", 1);

    private string[] Lines(string path) =>
    [
        .. _system.Logs[path].ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]),
    ];

    private string[] SyslogTexts() => [.. _system.Syslog.Select(line => line[(line.IndexOf("]: ", StringComparison.Ordinal) + 3)..])];
}
