using System;
using System.IO;
using Rouse.Linux;
using Rouse.Runlevels.Changes;

namespace Rouse.Runlevels.Tests;

/// <summary>Many services turned in one change.</summary>
public sealed class SwitchPlanTests : IDisposable
{
    private const string Off = "service a\n{\n\tdisable = yes\n}\n";
    private readonly HostTree _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Services_that_need_each_other_are_ordered_as_they_are_after_the_change()
    {
        _host.LsbScript("a", "3 5").LsbScript("b", "3 5", "a").LsbScript("c", "3 5", "b");
        Assert.Equal("", Turn(Levels.Usual, new("a", false, true), new("b", false, true), new("c", false, true)));
        Assert.Equal(["S50a", "S51b", "S52c"], _host.Links(3));
    }

    [Fact]
    public void Who_needs_two_that_are_turned_on_is_renumbered_once()
    {
        _host.LsbScript("a", "3 5").LsbScript("b", "3 5", "a").LsbScript("c", "3 5", "b");
        _host.Link(3, "S50c", "../init.d/c");
        Assert.Equal("", Turn(Levels.Of(3), new("a", false, true), new("b", false, true)));
        Assert.Equal(["S50a", "S51b", "S52c"], _host.Links(3));
    }

    [Fact]
    public void What_goes_off_moves_nobody_and_no_loop_keeps_it()
    {
        _host.LsbScript("a", "3 5", "b").LsbScript("b", "3 5", "a");
        _host.Link(3, "S50a", "../init.d/a").Link(3, "S51b", "../init.d/b");
        Assert.Contains("go round in a loop", Turn(Levels.Usual, new("a", false, true), new("b", false, true)));
        Assert.Equal("", Turn(Levels.Of(3), new ServiceSwitch("a", false, false)));
        Assert.Equal(["K49a", "S51b"], _host.Links(3));
    }

    [Fact]
    public void One_fault_keeps_all_of_it_from_happening()
    {
        _host.Script("good", "chkconfig: 345 10 90").Xinetd("fine", Off).Xinetd("with.dot", Off);
        string before = _host.Snapshot();
        Assert.Contains("with.dot: the super-server passes over", Turn(Levels.Usual, new("good", false, true), new("fine", true, true), new("with.dot", true, true)));
        Assert.Contains("no such init script any more", Turn(Levels.Usual, new("good", false, true), new("gone", false, true)));
        Assert.Contains("/etc/xinetd.d/gone: there is no such file any more", Turn(Levels.Usual, new("good", false, true), new("gone", true, true)));
        Assert.Equal(before, _host.Snapshot());
    }

    [Fact]
    public void Two_names_of_one_file_are_turned_together()
    {
        _host.Xinetd("a", Off);
        File.CreateSymbolicLink(_host.At("etc/xinetd.d/b"), "a");
        Assert.Contains("are one file", Turn(Levels.Usual, new("a", true, true), new("b", true, false)), StringComparison.Ordinal);
        Assert.Equal("", Turn(Levels.Usual, new("a", true, true), new("b", true, true)));
        Assert.Equal(Off.Replace("yes", "no", StringComparison.Ordinal), File.ReadAllText(_host.At("etc/xinetd.d/a")));
        Assert.Equal("a", new FileInfo(_host.At("etc/xinetd.d/b")).LinkTarget);
    }

    [Fact]
    public void On_and_off_again_leaves_the_tree_as_it_was()
    {
        _host.Script("x", "chkconfig: 345 10 90").LsbScript("y", "3 5", "x").Xinetd("z", Off);
        Turn(Levels.All, new("x", false, false), new("y", false, false), new("z", true, false));
        string before = _host.Snapshot();
        Turn(Levels.Usual, new("x", false, true), new("y", false, true), new("z", true, true));
        Assert.NotEqual(before, _host.Snapshot());
        Turn(Levels.Usual, new("x", false, false), new("y", false, false), new("z", true, false));
        Assert.Equal(before, _host.Snapshot());
    }

    private string Turn(Levels levels, params ServiceSwitch[] switches)
    {
        SwitchPlan? plan = null;
        ChangeOutcome outcome = Transaction.Make(_host.Open, () =>
        {
            plan = new SwitchPlan(_host.Open, new Catalogue(_host.Open));
            plan.Turn(switches, levels);
            return plan.Steps;
        });
        Assert.Equal(Errno.None, outcome.Error);
        return plan!.Fault;
    }
}
