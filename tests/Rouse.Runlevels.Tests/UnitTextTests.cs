using System;
using System.Collections.Generic;
using Rouse.Runlevels.Scripts;
using Rouse.Tools.Services.Adopt;

namespace Rouse.Runlevels.Tests;

/// <summary>What systemd is told of an init script.</summary>
public sealed class UnitTextTests
{
    [Theory]
    [InlineData("$network", "After=network-online.target\nWants=network-online.target\n")]
    [InlineData("$named", "After=nss-lookup.target\n")]
    [InlineData("$portmap", "After=rpcbind.target\n")]
    [InlineData("$remote_fs", "After=remote-fs.target\n")]
    [InlineData("$time", "After=time-sync.target\n")]
    [InlineData("$backup", "After=backup.target\n")]
    [InlineData("other.sh", "After=other.service\n")]
    public void Needs_become_units(string need, string lines) => Assert.Contains(lines, Text(Lsb(need)));

    [Theory]
    [InlineData("$local_fs")]
    [InlineData("$syslog")]
    [InlineData("me")]
    public void What_is_always_there_is_not_waited_for(string need) => Assert.DoesNotContain("After=", Text(Lsb(need)));

    [Fact]
    public void A_need_that_cannot_be_a_unit_is_left_out_and_named()
    {
        string text = UnitText.Of("me", "/etc/init.d/me", Lsb("a/b\e"), new ScriptHints(), out List<string> left);
        Assert.Equal(["a/b\e"], left);
        Assert.DoesNotContain("a/b", text);
    }

    [Fact]
    public void Levels_become_targets_and_no_level_no_install_section()
    {
        Assert.EndsWith("\n[Install]\nWantedBy=multi-user.target graphical.target\n", Text(new ScriptHeader { Levels = new Levels(0x3c) }));
        Assert.EndsWith("WantedBy=rescue.target\n", Text(new ScriptHeader { Levels = Levels.Of(1) }));
        Assert.DoesNotContain("[Install]", Text(new ScriptHeader { Levels = Levels.None }));
    }

    [Fact]
    public void Texts_of_others_stay_in_their_line()
    {
        string text = Text(new ScriptHeader { Description = "100%\nExecStart=/bin/evil \\" });
        Assert.Contains("\nDescription=100%% ExecStart=/bin/evil \n".Replace(" \n", "\n", StringComparison.Ordinal), text.Replace(" \n", "\n", StringComparison.Ordinal));
        Assert.False(UnitText.IsUnitName("a b"));
        Assert.False(UnitText.IsUnitName("a/../b"));
        Assert.False(UnitText.IsUnitName("%h"));
    }

    private static ScriptHeader Lsb(string need) => new() { Lsb = new LsbBlock { RequiredStart = [need] }, Levels = Levels.Of(3) };

    private static string Text(ScriptHeader header) => UnitText.Of("me", "/etc/init.d/me", header, new ScriptHints(), out _);
}
