using System;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>chkconfig on the machine's own tree, which in these tests is a private one: what rules the host matters there.</summary>
public sealed class ChkconfigHostTests : IDisposable
{
    private const string Sysv = "#!/bin/sh\n# chkconfig: 345 13 87\n";

    private readonly Scratch _scratch = new();
    private readonly RuleFolder _etc;

    public ChkconfigHostTests()
    {
        AsRoot.Needed();
        _etc = new RuleFolder(_scratch);
        for (int level = 0; level < 7; level++)
        {
            _etc.Write($"rc{level}.d/.keep", "x");
        }

        _etc.Write("init.d/alone", Sysv);
        _etc.Write("init.d/native", Sysv);
        _etc.Write("systemd/system/native.service", "[Unit]\n");
        _etc.Write("chkconfig.d/.keep", "x");
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Where_systemd_rules_its_own_units_are_its_own()
    {
        CommandResult forwarded = UnderSystemd("chkconfig", "native", "on");
        Assert.StartsWith("Note: Forwarding request to 'systemctl enable native.service'.\n", forwarded.Error);
        Assert.StartsWith("Note: Forwarding request to 'systemctl is-enabled native.service'.\n", UnderSystemd("chkconfig", "native").Error);
        Assert.Empty(Links("native"));
        Silent(UnderSystemd("chkconfig", "--no-redirect", "native", "on"));
        Assert.Equal(4, Links("native").Length);
        Silent(UnderSystemd("chkconfig", "alone", "on"));
        CommandResult list = UnderSystemd("chkconfig", "--list");
        Assert.Equal("alone          \t0:off\t1:off\t2:on\t3:on\t4:on\t5:on\t6:off\n", list.Text);
        Assert.Contains("systemctl list-unit-files", list.Error);
    }

    [Fact]
    public void Elsewhere_nothing_is_forwarded()
    {
        Silent(Run("chkconfig", "native", "on"));
        Assert.Equal(4, Links("native").Length);
        Assert.Contains("native ", Run("chkconfig", "--list").Text);
        Assert.Equal("", Run("chkconfig", "--list").Error);
    }

    [Fact]
    public void What_systemd_asks_for_is_done_in_every_level()
    {
        Silent(Run("systemd-sysv-install", "enable", "alone"));
        Assert.Equal(["K", "K", "S", "S", "S", "S", "K"], Links("alone").Select(name => name[..1]));
        Silent(Run("systemd-sysv-install", "is-enabled", "alone"));
        Silent(Run("systemd-sysv-install", "disable", "alone"));
        Assert.Equal(1, Run("systemd-sysv-install", "is-enabled", "alone").ExitCode);
        Assert.Equal(1, Run("systemd-sysv-install", "enable", "nobody").ExitCode);
        Assert.StartsWith("usage", Run("systemd-sysv-install", "enable").Error);
    }

    [Fact]
    public void The_LSBs_commands_heed_what_services_need()
    {
        _etc.Write("init.d/db", "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: db\n# Default-Start: 3\n### END INIT INFO\n");
        _etc.Write("init.d/web", "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: web\n# Required-Start: $network db\n# Default-Start: 3\n### END INIT INFO\n");
        _etc.Write("init.d/lost", "#!/bin/sh\n### BEGIN INIT INFO\n# Required-Start: nothing-here\n# Default-Start: 3\n### END INIT INFO\n");
        Silent(Run("install_initd", "/etc/init.d/db"));
        Silent(Run("install_initd", "/etc/init.d/web"));
        Assert.Equal(["S50db", "S51web"], [.. Links("db").Where(name => name[0] == 'S'), .. Links("web").Where(name => name[0] == 'S')]);
        CommandResult refused = Run("remove_initd", "/etc/init.d/db");
        Assert.Equal((1, "/etc/init.d/db: web cannot start without it; its links stay\n"), (refused.ExitCode, refused.Error));
        Silent(Run("remove_initd", "/etc/init.d/web"));
        Silent(Run("remove_initd", "/etc/init.d/db"));
        Assert.Empty(Links("db"));
        Assert.Contains("needs nothing-here", Run("install_initd", "/etc/init.d/lost").Error);
        Assert.Empty(Links("lost"));
    }

    [Fact]
    public void The_current_runlevel_is_what_init_wrote_down()
    {
        Silent(Run("chkconfig", "--level", "3", "alone", "on"));
        foreach ((char level, int status) in (ReadOnlySpan<(char, int)>)[('3', 0), ('5', 1)])
        {
            byte[] record = new byte[System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
                == System.Runtime.InteropServices.Architecture.Arm64 ? 400 : 384];
            record[0] = 1;
            record[4] = (byte)level;
            File.WriteAllBytes(_scratch["utmp"], record);
            Assert.Equal(status, Inside($"mount -t tmpfs none /run && cp {_scratch["utmp"]} /run/utmp", "chkconfig", "alone").ExitCode);
        }
    }

    private static void Silent(CommandResult result) => Assert.Equal(("", "", 0), (result.Text, result.Error, result.ExitCode));

    private string[] Links(string service) =>
        [.. Enumerable.Range(0, 7).SelectMany(level => Directory.GetFiles(Path.Combine(_scratch["etc"], $"rc{level}.d"), "???" + service)).Select(path => Path.GetFileName(path))];

    private CommandResult Run(params string[] command) => Inside("true", command);

    // An init that is a link to systemd, systemd's folder in /run, and a systemctl that only says what it was asked.
    private CommandResult UnderSystemd(params string[] command)
    {
        string sbin = _scratch["sbin"];
        Directory.CreateDirectory(sbin);
        File.Delete(Path.Combine(sbin, "init"));
        File.CreateSymbolicLink(Path.Combine(sbin, "init"), "/run/fake/systemd");
        string fake = _scratch.Write("systemctl", "#!/bin/sh\necho \"$@\"\n");
        File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return Inside(
            "mount -t tmpfs none /run && mkdir -p /run/systemd/system /run/fake && touch /run/fake/systemd"
            + $" && {{ [ ! -e /usr/bin/systemctl ] || mount --bind {fake} /usr/bin/systemctl; }} && mount --bind {sbin} /usr/sbin"
            + $" && {{ [ -L /sbin ] || mount --bind {sbin} /sbin; }}",
            command);
    }

    private CommandResult Inside(string prepare, params string[] command)
    {
        string[] words = [.. _etc.Wrapper, "sh", "-c", prepare + " && exec \"$@\"", "sh", Path.Combine(Repository.Bin, "rouse"), .. command];
        return Command.Run(words[0], words[1..]);
    }
}
