using System.Collections.Generic;
using System.Text;
using Rouse.Runlevels.Scripts;

namespace Rouse.Runlevels.Tests;

/// <summary>The comments of init scripts.</summary>
public sealed class HeaderTests
{
    private readonly List<HeaderFault> _faults = [];

    [Fact]
    public void Levels_priorities_and_a_description_over_two_lines()
    {
        ScriptHeader header = Read("#!/bin/sh\n#\n# chkconfig: 2345 10 90\n# description: Brings up \\\n#   the network\necho # chkconfig: 3 1 1\n");
        Assert.Equal(("2345", 10, 90), (header.Levels.ToString(), header.Start, header.Stop));
        Assert.Equal("Brings up the network", header.Description);
        Assert.True(header.IsSupported);
        Assert.Null(header.Lsb);
        Assert.Empty(_faults);
    }

    [Fact]
    public void A_dash_is_no_level_and_is_supported()
    {
        ScriptHeader header = Read("# chkconfig: - 60 20\n");
        Assert.True(header.IsSupported);
        Assert.Equal(Levels.None, header.Levels);
    }

    [Fact]
    public void The_header_may_stand_anywhere_and_be_set_in()
    {
        Assert.True(Read("set -e\nstart() { :; }\n   # chkconfig: 35 1 2\n").IsSupported);
        Assert.True(Read("#chkconfig:\t35\t1\t2").IsSupported);
        Assert.False(Read("x # chkconfig: 35 1 2\n").IsSupported);
    }

    [Theory]
    [InlineData("# chkconfig: 2345 100 90", 1, 14, "priorities are numbers of 0 to 99")]
    [InlineData("\n# chkconfig: 2345 10", 2, 14, "is not understood")]
    [InlineData("# chkconfig: 789 10 10", 1, 14, "is not understood")]
    [InlineData("# chkconfig: 35 -1 10", 1, 14, "priorities are numbers of 0 to 99")]
    [InlineData("# chkconfig:", 1, 13, "is not understood")]
    public void A_bad_line_says_where_and_what_and_the_script_is_not_supported(string text, int line, int column, string words)
    {
        Assert.False(Read(text).IsSupported);
        HeaderFault fault = Assert.Single(_faults);
        Assert.Equal((line, column), (fault.Line, fault.Column));
        Assert.Contains(words, fault.Text);
    }

    [Fact]
    public void An_lsb_block_gives_names_levels_and_a_description()
    {
        ScriptHeader header = Read(
            "### BEGIN INIT INFO\n# Provides:   httpd  www\n# Required-Start: $local_fs $network\n# Should-Start: named\n# Required-Stop: $network\n"
            + "# Default-Start: 3 5\n# Default-Stop: 0 1 2 6\n# Short-Description: serves\n# Description: A server\n#  of pages\n# X-Other: y\n"
            + "### END INIT INFO\n");
        Assert.True(header.IsSupported);
        Assert.Equal("35", header.Levels.ToString());
        Assert.Equal(["httpd", "www"], header.Lsb!.Provides);
        Assert.Equal(["$local_fs", "$network"], header.Lsb.RequiredStart);
        Assert.Equal(["named"], header.Lsb.ShouldStart);
        Assert.Equal("A server of pages", header.Description);
        Assert.Equal("serves", header.Lsb.ShortDescription);
        Assert.Empty(_faults);
    }

    [Fact]
    public void A_chkconfig_line_gives_an_lsb_script_its_numbers_but_not_its_levels()
    {
        ScriptHeader header = Read("### BEGIN INIT INFO\n# Default-Start: 5\n### END INIT INFO\n# chkconfig: 345 20 80\n");
        Assert.Equal(("5", 20, 80), (header.Levels.ToString(), header.Start, header.Stop));
        header = Read("# chkconfig: 345 20 80\n### BEGIN INIT INFO\n# Default-Start: 5\n### END INIT INFO\n");
        Assert.Equal(("5", 20, 80), (header.Levels.ToString(), header.Start, header.Stop));
    }

    [Fact]
    public void An_lsb_block_without_levels_from_anywhere_is_not_supported() =>
        Assert.False(Read("### BEGIN INIT INFO\n# Provides: a\n### END INIT INFO\n").IsSupported);

    [Fact]
    public void A_block_that_does_not_end_and_one_that_does_not_begin_are_told()
    {
        Read("### BEGIN INIT INFO\n# Default-Start: 3\n");
        Assert.Contains("has no '### END INIT INFO'", Assert.Single(_faults).Text);
        _faults.Clear();
        Read("x\n### END INIT INFO\n");
        Assert.Equal(2, Assert.Single(_faults).Line);
    }

    [Fact]
    public void Debians_level_of_the_boot_itself_is_told_and_passed_over()
    {
        ScriptHeader header = Read("### BEGIN INIT INFO\n# Default-Start: S 3\n### END INIT INFO\n");
        Assert.Equal("3", header.Levels.ToString());
        Assert.Contains("'S' is no runlevel", Assert.Single(_faults).Text);
    }

    [Fact]
    public void Descriptions_by_language_and_what_ntsysv_hides()
    {
        ScriptHeader header = Read("# hide: true\n# description(de): Netz \\\n# werk\n# description: net\n");
        Assert.True(header.IsHidden);
        Assert.Equal("Netz werk", header.Descriptions["de"]);
        Assert.Equal("net", header.Description);
    }

    [Fact]
    public void What_is_no_text_harms_nothing()
    {
        byte[] noise = new byte[4096];
        for (int seed = 0; seed < 200; seed++)
        {
            new System.Random(seed).NextBytes(noise);
            Encoding.ASCII.GetBytes("\n# chkconfig: 3").CopyTo(noise, seed);
            HeaderReader.Read("/noise", noise, new ScriptHeader(), _faults);
        }
    }

    private ScriptHeader Read(string text) => HeaderReader.Read("/etc/init.d/x", Encoding.Latin1.GetBytes(text), new ScriptHeader(), _faults);
}
