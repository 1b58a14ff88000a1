using System;
using System.IO;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>service(8) on hosts where systemd or OpenRC rule: both played by a script in a mount namespace.</summary>
public sealed class ServiceRulerTests : IDisposable
{
    private const string Player = "#!/bin/sh\necho \"${0##*/} $*\"; echo \"FOO=$FOO\"; exit 9\n";

    private readonly Scratch _scratch = new();
    private readonly ServiceHost _host;

    public ServiceRulerTests()
    {
        Subjects.OnlyOurs("service is a tool of ours");
        _host = new ServiceHost(_scratch);
        _host.Script("script", "#!/bin/sh\necho \"script $*\"\n");
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_native_unit_is_systemds()
    {
        UnderSystemd();
        _host.Write("/run/systemd/system/script.service", "[Service]\n");
        CommandResult result = _host.Run("env", "FOO=1", Tool, "script", "restart", "--no-block");
        Assert.Equal(
            (9, "systemctl restart script.service --no-block\nFOO=1\n", "Redirecting to /bin/systemctl restart script.service --no-block\n"),
            (result.ExitCode, result.Text, result.Error));
        Assert.StartsWith("systemctl condrestart script.service\n", _host.Service("script", "condrestart").Text);
        Assert.StartsWith("systemctl restart script.service\n", _host.Service("script", "--full-restart").Text);
        Assert.StartsWith("systemctl status script.service\n", _host.Service("script.service", "status").Text);
    }

    [Theory]
    [InlineData("/etc/systemd/system/one.service", "one")]
    [InlineData("/etc/systemd/system/one@.service", "one@x")]
    [InlineData("/run/systemd/generator.late/one.service", "one")]
    [InlineData("/etc/systemd/system/one.socket", "one.socket")]
    public void Units_are_found_where_systemd_has_them(string path, string name)
    {
        UnderSystemd();
        _host.Script(name, "#!/bin/sh\necho script\n");
        Assert.Equal("script\n", _host.Service(name, "start").Text);
        _host.Write(path, "");
        Assert.StartsWith("systemctl start one", _host.Service(name, "start").Text);
    }

    [Fact]
    public void A_script_without_a_unit_is_run_here()
    {
        // systemd 260 does not run scripts any more.
        UnderSystemd();
        CommandResult result = _host.Service("script", "start");
        Assert.Equal((0, "script start\n", ""), (result.ExitCode, result.Text, result.Error));
    }

    [Fact]
    public void What_is_neither_is_for_systemd_to_refuse()
    {
        UnderSystemd();
        CommandResult result = _host.Service("no thing", "start");
        Assert.Equal((9, "Redirecting to /bin/systemctl start no\\x20thing.service\n"), (result.ExitCode, result.Error));
        foreach (string[] words in new string[][] { ["nothing"], ["nothing", "dance"] })
        {
            CommandResult wrong = _host.Service(words);
            Assert.Equal((2, ""), (wrong.ExitCode, wrong.Text));
            Assert.Contains("condrestart", wrong.Error);
        }
    }

    [Fact]
    public void The_redirection_can_be_skipped()
    {
        UnderSystemd();
        _host.Write("/run/systemd/system/script.service", "");
        Assert.Equal("script start\n", _host.Service("--skip-redirect", "script", "start").Text);
        Assert.Equal("script start\n", _host.Run("env", "SYSTEMCTL_SKIP_REDIRECT=1", Tool, "script", "start").Text);
        _host.Script("tell", "#!/bin/sh\necho \"$SYSTEMCTL_SKIP_REDIRECT $SYSTEMCTL_IGNORE_DEPENDENCIES\"\n");
        Assert.Equal("yes \n", _host.Run("env", "SYSTEMCTL_SKIP_REDIRECT=yes", Tool, "tell").Text);
        Assert.Equal("1 1\n", _host.Service("tell", "--skip-redirect", "--ignore-dependencies").Text);
        Assert.Equal(1, _host.Service("--skip-redirect", "nothing", "start").ExitCode);
    }

    [Fact]
    public void Without_its_folder_in_run_systemd_does_not_rule()
    {
        _host.Write("/etc/systemd/system/script.service", "");
        Assert.Equal("script start\n", _host.Service("script", "start").Text);
    }

    [Fact]
    public void OpenRc_starts_its_scripts_itself()
    {
        string player = _scratch.Write("more/rc-service", Player);
        File.SetUnixFileMode(player, (UnixFileMode)0x1ed);
        string overlay = $"mount -t overlay overlay -o lowerdir={_scratch["more"]}:/usr/sbin /usr/sbin";
        if (Command.Run("unshare", "-m", "sh", "-c", overlay).ExitCode != 0)
        {
            Assert.Skip("no overlay can be mounted here");
        }

        _host.Mount(overlay);
        Assert.Equal("script start\n", _host.Service("script", "start").Text);
        _host.Write("/run/openrc/softlevel", "default");
        CommandResult result = _host.Run("env", "FOO=1", Tool, "script", "start", "--now");
        Assert.Equal((9, "rc-service script start --now\nFOO=1\n", ""), (result.ExitCode, result.Text, result.Error));
        Assert.StartsWith("rc-service nothing start\n", _host.Service("nothing", "start").Text);
        Assert.StartsWith("rc-service script restart\n", _host.Service("script", "--full-restart").Text);
        Assert.Equal("script start\n", _host.Service("--skip-redirect", "script", "start").Text);
    }

    private static string Tool => Path.Combine(Repository.Bin, "service");

    private void UnderSystemd()
    {
        const string Systemctl = "/usr/bin/systemctl";
        FileSystemInfo? init = File.ResolveLinkTarget("/sbin/init", returnFinalTarget: true);
        if (init?.Name != "systemd" || !File.Exists(Systemctl) || !File.Exists("/bin/systemctl"))
        {
            Assert.Skip("this machine has no systemd whose place the test could take in its namespace");
        }

        string player = _scratch.Write("systemctl", Player);
        File.SetUnixFileMode(player, (UnixFileMode)0x1ed);
        _host.Mount($"mount --bind {player} {Systemctl}");
        Directory.CreateDirectory(_scratch["run/systemd/system"]);
    }
}
