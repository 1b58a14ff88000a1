using System;
using System.Linq;
using Rouse.Server.Logging;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Logging;

/// <summary>The daemon's own log while many of its lines are written at once.</summary>
public sealed class GatheredLinesTests
{
    private const string Path = "/daemon";

    private readonly FakeSystem _system = new();
    private readonly DaemonLog _log;

    public GatheredLinesTests()
    {
        _log = new DaemonLog(_system, new LogClock(_system), "xinetd", 1);
        _log.ToFile(_system.OpenAppend(Path).Fd);
    }

    [Fact]
    public void Lines_come_in_their_order_and_with_few_calls()
    {
        int before = _system.WriteCount;
        _log.Gather();
        for (int i = 0; i < 1000; i++)
        {
            _log.Notice($"line {i}");
        }

        _log.WriteGathered();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"line {i}"), Texts());
        Assert.InRange(_system.WriteCount - before, 1, 20);
        _log.Notice("at once");
        Assert.Equal("at once", Texts()[^1]);
    }

    [Fact]
    public void What_a_full_disk_does_not_take_is_counted_and_told_where_it_is_missing()
    {
        _log.Notice("first");
        int line = _system.Logs[Path].Length;
        _log.Gather();
        _system.DiskRoom = (2 * line) + 5;
        foreach (string text in new[] { "kept1", "kept2", "torn3", "lost4" })
        {
            _log.Notice(text);
        }

        _log.WriteGathered();
        _system.DiskRoom = long.MaxValue;
        _log.Notice("again");
        string[] texts = Texts();
        Assert.Equal(["first", "kept1", "kept2"], texts[..3]);
        Assert.Equal(["2 lines of this log were lost", "again"], texts[^2..]);
    }

    [Fact]
    public void A_disk_that_becomes_full_while_lines_are_gathered_loses_none_uncounted()
    {
        _log.Gather();
        _system.DiskRoom = 10_000;
        for (int i = 0; i < 1000; i++)
        {
            _log.Notice($"line {i:D4}");
        }

        _log.WriteGathered();
        int kept = Texts().Count(text => text.Length == "line 0000".Length);
        _system.DiskRoom = long.MaxValue;
        _log.Notice("again");
        Assert.Equal($"{1000 - kept} lines of this log were lost", Texts()[^2]);
    }

    [Fact]
    public void A_reload_tells_everything_before_it_is_over()
    {
        Given.World world = Given.Running(Given.External(2000, "a"), Given.External(2001, "b"));
        world.Reload(Given.Configuration(Given.External(2000, "a"), Given.External(2002, "c")));
        Assert.Contains("readjusting service a", world.DaemonLog);
        Assert.Contains("service b deactivated", world.DaemonLog);
        Assert.Contains("Reconfigured: new=1 old=1 dropped=1 (services)", world.DaemonLog);
        Assert.True(
            world.DaemonLog.IndexOf("readjusting service a", StringComparison.Ordinal) < world.DaemonLog.IndexOf("Reconfigured:", StringComparison.Ordinal));
    }

    // What follows "NOTICE: " or "WARNING: " in each whole line.
    private string[] Texts() =>
    [
        .. _system.Logs[Path].ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Contains("]: "))
            .Select(line => line[(line.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]),
    ];
}
