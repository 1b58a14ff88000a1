using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>
/// What Puppet and Salt make of chkconfig: each test asks as one of them does and takes the answer apart by the same rule. Both look at
/// exit statuses; Salt reads columns too.
/// </summary>
public sealed class ServiceManagementTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly ServiceTree _tree;

    public ServiceManagementTests()
    {
        Subjects.OnlyOurs("chkconfig is a tool of ours");
        _tree = new ServiceTree(_scratch);
        _tree.Script("lamp", "#!/bin/sh\n# chkconfig: 2345 20 80\n# description: Lights a lamp\n");
        _tree.Script("early", "#!/bin/sh\n# chkconfig: 0123456 1 99\n# description: On everywhere\n");
        _tree.Script("plain", "#!/bin/sh\nexit 0\n");
        _tree.Xinetd("rsync", "service rsync\n{\n\tdisable = yes\n}\n");

        // The level that a question without one is about.
        Directory.CreateDirectory(_tree.At("systemd/system"));
        File.CreateSymbolicLink(_tree.At("systemd/system/default.target"), "/usr/lib/systemd/system/multi-user.target");
    }

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("lamp")]
    [InlineData("rsync")]
    public void Puppet_enables_with_add_and_on_and_asks_by_the_status(string name)
    {
        Assert.False(PuppetSaysEnabled(name));
        AssertQuiet("--add", name);
        AssertQuiet(name, "on");
        Assert.True(PuppetSaysEnabled(name));
        string before = _tree.Snapshot();
        AssertQuiet("--add", name);
        AssertQuiet(name, "on");
        Assert.Equal(before, _tree.Snapshot());
    }

    [Theory]
    [InlineData("lamp")]
    [InlineData("rsync")]
    public void Puppet_disables_in_all_levels_and_keeps_the_service_managed(string name)
    {
        AssertQuiet("--add", name);
        AssertQuiet(name, "on");
        AssertQuiet("--level", "0123456", name, "off");
        Assert.False(PuppetSaysEnabled(name));
        Assert.Equal(0, _tree.Chkconfig("--list", name).ExitCode);
        string before = _tree.Snapshot();
        AssertQuiet("--level", "0123456", name, "off");
        Assert.Equal(before, _tree.Snapshot());
    }

    [Fact]
    public void Puppet_disables_the_levels_that_off_alone_leaves_on()
    {
        AssertQuiet("--add", "early");
        AssertQuiet("early", "off");
        Assert.Equal("early          \t0:on\t1:on\t2:off\t3:off\t4:off\t5:off\t6:on\n", _tree.Succeed("--list", "early"));
        AssertQuiet("--level", "0123456", "early", "off");
        Assert.Equal("early          \t0:off\t1:off\t2:off\t3:off\t4:off\t5:off\t6:off\n", _tree.Succeed("--list", "early"));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("absent")]
    public void Puppet_is_told_by_the_status_of_what_cannot_be_enabled(string name)
    {
        string before = _tree.Snapshot();
        Assert.False(PuppetSaysEnabled(name));
        CommandResult add = _tree.Chkconfig("--add", name);
        Assert.NotEqual(0, add.ExitCode);
        Assert.Contains(name, add.Error);
        Assert.NotEqual(0, _tree.Chkconfig(name, "on").ExitCode);
        Assert.Equal(before, _tree.Snapshot());
    }

    [Fact]
    public void Salt_adds_what_the_list_refuses_and_turns_it_on()
    {
        Assert.NotEqual(0, _tree.Chkconfig("--list", "lamp").ExitCode);
        AssertQuiet("--add", "lamp");
        Assert.Equal(0, _tree.Chkconfig("--list", "lamp").ExitCode);
        AssertQuiet("lamp", "on");
        Assert.True(SaltSaysEnabled("lamp", 3));
        Assert.False(SaltSaysEnabled("lamp", 0));
        AssertQuiet("lamp", "off");
        Assert.False(SaltSaysEnabled("lamp", 3));
    }

    [Fact]
    public void Salt_reads_an_xinetd_service_from_two_columns()
    {
        Assert.False(SaltSaysEnabled("rsync", 3));
        AssertQuiet("rsync", "on");
        Assert.True(SaltSaysEnabled("rsync", 3));
        AssertQuiet("rsync", "off");
        Assert.False(SaltSaysEnabled("rsync", 3));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("absent")]
    public void Salt_takes_no_service_for_one_that_is_enabled(string name)
    {
        Assert.False(SaltSaysEnabled(name, 3));
        Assert.NotEqual(0, _tree.Chkconfig("--add", name).ExitCode);
    }

    [Fact]
    public void The_whole_list_comes_apart_at_white_space()
    {
        _tree.Script("xinetd", "#!/bin/sh\n# chkconfig: 345 56 50\n");
        _tree.Script("a-name-of-more-than-fifteen-columns", "#!/bin/sh\n# chkconfig: 35 20 80\n");
        foreach (string name in (string[])["lamp", "xinetd", "a-name-of-more-than-fifteen-columns"])
        {
            AssertQuiet("--add", name);
        }

        // Rows of a service and seven levels; the heading; rows of a name with a colon and one word.
        string[][] rows = [.. _tree.Succeed("--list").Split('\n').Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        int heading = Array.FindIndex(rows, row => string.Join(' ', row) == "xinetd based services:");
        Dictionary<string, string> levels = rows[..heading].Where(row => row.Length == 8)
            .ToDictionary(row => row[0], row => new string([.. row[1..].Where(word => word[1..] == ":on").Select(word => word[0])]));
        Assert.Equal(
            new Dictionary<string, string> { ["a-name-of-more-than-fifteen-columns"] = "35", ["lamp"] = "2345", ["xinetd"] = "345" }, levels);
        Assert.Equal(["rsync: off"], rows[(heading + 1)..].Where(row => row.Length > 0).Select(row => string.Join(' ', row)));
    }

    private bool PuppetSaysEnabled(string name) => _tree.Chkconfig(name).ExitCode == 0;

    // The first line's first word is the name; then the level's word, or for two words "on".
    private bool SaltSaysEnabled(string name, int level)
    {
        CommandResult list = _tree.Chkconfig("--list", name);
        if (list.ExitCode != 0)
        {
            return false;
        }

        string[] columns = list.Text.Split('\n')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(name, columns[0].Trim(':'));
        return columns.Length > 3 ? columns.Contains($"{level}:on") : columns[1] == "on";
    }

    private void AssertQuiet(params string[] arguments)
    {
        CommandResult result = _tree.Chkconfig(arguments);
        Assert.Equal(("", "", 0), (result.Text, result.Error, result.ExitCode));
    }
}
