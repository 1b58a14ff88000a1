using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>chkconfig as administrators and their scripts use it: on trees of the test's own, and beside a running super-server.</summary>
public sealed class ChkconfigTests : IDisposable
{
    private const string Network = "#!/bin/sh\n# chkconfig: 2345 10 90\n# description: Brings the network up\n";
    private const string Portmap = "#!/bin/sh\n# chkconfig: 345 13 87\n# description: Maps ports\n";
    private const string Xinetd = "#!/bin/sh\n# chkconfig: 345 56 50\n# description: The super-server\n";
    private const string NetworkRow = "network        \t0:off\t1:off\t2:on\t3:on\t4:on\t5:on\t6:off\n";
    private const string PortmapRow = "portmap        \t0:off\t1:off\t2:off\t3:on\t4:on\t5:on\t6:off\n";
    private const string XinetdRow = "xinetd         \t0:off\t1:off\t2:off\t3:on\t4:on\t5:on\t6:off\n";
    private static readonly string Program = Path.Combine(Repository.Bin, "chkconfig");

    private readonly Scratch _scratch = new();
    private readonly string _root;

    public ChkconfigTests()
    {
        _root = _scratch.NewFolder("root");
        foreach (string folder in (string[])["init.d", "xinetd.d", .. Enumerable.Range(0, 7).Select(level => $"rc{level}.d")])
        {
            Directory.CreateDirectory(At(folder));
        }

        Write("init.d/network", Network);
        Write("init.d/portmap", Portmap);
        Write("init.d/xinetd", Xinetd);
        Write("xinetd.d/telnet", "service telnet\n{\n\tsocket_type\t= stream\n\tdisable\t\t= yes\n}\n");
        Write("xinetd.d/rsync", "service rsync\n{\n\tsocket_type\t= stream\n\tdisable\t\t= no\n}\n");
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_worked_sessions()
    {
        Quiet("--add", "network");
        Quiet("--add", "portmap");
        Quiet("--add", "xinetd");
        Prints(NetworkRow + PortmapRow + XinetdRow + "\nxinetd based services:\n\trsync:         \ton\n\ttelnet:        \toff\n", "--list");
        Prints(PortmapRow, "--list", "portmap");
        Quiet("--del", "portmap");
        Assert.Empty(Directory.GetFiles(At("rc3.d"), "*portmap"));
        Assert.True(File.Exists(At("init.d/portmap")));
        Refuses("service portmap supports chkconfig, but is not referenced in any runlevel (run 'chkconfig --add portmap')\n", "--list", "portmap");
        Quiet("--add", "portmap");
        Assert.Equal(
            ["K87portmap", "K87portmap", "K87portmap", "S13portmap", "S13portmap", "S13portmap", "K87portmap"],
            Enumerable.Range(0, 7).Select(level => Path.GetFileName(Directory.GetFiles(At($"rc{level}.d"), "*portmap")[0])));
        Quiet("--level", "3", "network", "off");
        Prints("network        \t0:off\t1:off\t2:on\t3:off\t4:on\t5:on\t6:off\n", "--list", "network");
        Assert.Equal(1, Chkconfig("--level", "3", "network").ExitCode);
        Quiet("--level", "345", "network", "on");
        Prints(NetworkRow, "--list", "network");
        Quiet("--level", "3", "network");
        Quiet("telnet", "on");
        Prints("telnet         \ton\n", "--list", "telnet");
        Assert.Equal("service telnet\n{\n\tsocket_type\t= stream\n\tdisable\t\t= no\n}\n", File.ReadAllText(At("xinetd.d/telnet")));
        Prints("\nxinetd based services:\n\trsync:         \ton\n\ttelnet:        \ton\n", "--list", "--type", "xinetd");
        Prints(NetworkRow + PortmapRow + XinetdRow, "--list", "--type=sysv");
    }

    [Fact]
    public void Without_a_super_server_there_is_no_second_table()
    {
        Quiet("--add", "network");
        Prints(NetworkRow, "--list");
    }

    [Fact]
    public void Long_names_are_not_cut_and_tables_are_sorted_by_bytes()
    {
        Write("init.d/a-very-long-service-name", Network);
        Write("init.d/Zebra", Network);
        Quiet("--add", "a-very-long-service-name");
        Quiet("--add", "Zebra");
        Prints(NetworkRow.Replace("network", "Zebra  ") + NetworkRow.Replace("network        ", "a-very-long-service-name"), "--list");
    }

    [Theory]
    [InlineData("--bogus: unknown option\n", "--bogus")]
    [InlineData("error reading information on service nope: No such file or directory\n", "--list", "nope")]
    [InlineData("error reading information on service ../xinetd.d/rsync: No such file or directory\n", "--list", "../xinetd.d/rsync")]
    [InlineData("error reading information on service nope: No such file or directory\n", "nope", "on")]
    [InlineData("only one of --list, --add, --del, or --override may be specified\n", "--add", "--del", "network")]
    [InlineData("--type must be 'sysv' or 'xinetd'\n", "--type", "rpc", "--list")]
    [InlineData("only one runlevel may be specified for a chkconfig query\n", "--level", "35", "network")]
    [InlineData("--level: missing argument\n", "network", "--level")]
    public void Wrong_use(string message, params string[] arguments) => Refuses(message, arguments);

    [Fact]
    public void Usage_and_version()
    {
        Assert.StartsWith("usage:   chkconfig", Refused("network", "sideways"));
        Assert.StartsWith("usage:   chkconfig", Refused("--add"));
        Assert.StartsWith("usage:   chkconfig", Refused("--help"));
        CommandResult version = Chkconfig("--version");
        Assert.Matches("^chkconfig version [0-9.]+\n$", version.Text);
        Assert.Equal(("", 0), (version.Error, version.ExitCode));
    }

    [Fact]
    public void Bad_headers_each_have_their_message_and_their_place()
    {
        Write("init.d/plain", "#!/bin/sh\nexit 0\n");
        Write("init.d/high", "#!/bin/sh\n# chkconfig: 345 100 1\n");
        Refuses("service plain does not support chkconfig\n", "--add", "plain");
        Refuses(
            "service high does not support chkconfig\n/etc/init.d/high:2:14: 'chkconfig: 345 100 1': priorities are numbers of 0 to 99\n",
            "--add", "high");
        Assert.Empty(Directory.GetFiles(At("rc3.d")));
    }

    [Fact]
    public void What_cannot_be_read_is_named_and_the_rest_is_shown()
    {
        AsRoot.Needed();
        Quiet("--add", "network");
        Quiet("--add", "portmap");
        File.SetUnixFileMode(At("init.d/portmap"), UnixFileMode.None);
        File.SetUnixFileMode(At("xinetd.d/telnet"), UnixFileMode.None);
        CommandResult AsNobody(params string[] arguments) =>
            Command.Run("setpriv", ["--reuid=65534", "--clear-groups", Program, "--root", _root, .. arguments]);
        CommandResult list = AsNobody("--list");
        Assert.Equal((NetworkRow, "/etc/init.d/portmap: Permission denied\n", 0), (list.Text, list.Error, list.ExitCode));
        Assert.Equal("error reading information on service portmap: Permission denied\n", AsNobody("--list", "portmap").Error);
        CommandResult telnet = AsNobody("--list", "telnet");
        Assert.Contains("/etc/xinetd.d/telnet: Permission denied\n", telnet.Error);
        string before = Snapshot();
        Assert.Equal("You do not have enough privileges to perform this operation.\n", AsNobody("network", "off").Error);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void A_loop_is_named()
    {
        Write("init.d/a", Lsb("a", "b"));
        Write("init.d/b", Lsb("b", "a"));
        File.CreateSymbolicLink(At("rc3.d/S50b"), "../init.d/b");
        Assert.Contains("a needs b needs a", Refused("--level", "3", "a", "on"));
        Assert.Equal(["S50b"], Directory.GetFiles(At("rc3.d")).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void Dangling_links_go_with_del()
    {
        File.CreateSymbolicLink(At("rc3.d/S50gone"), "../init.d/gone");
        CommandResult result = Chkconfig("--del", "gone");
        Assert.Equal((0, "service gone has no script any more; its links are removed\n"), (result.ExitCode, result.Error));
        Assert.Empty(Directory.GetFileSystemEntries(At("rc3.d")));
        Refuses("error reading information on service gone: No such file or directory\n", "--del", "gone");
    }

    [Fact]
    public void A_file_that_the_super_server_skips_is_off_and_is_told()
    {
        Quiet("--add", "xinetd");
        Write("xinetd.d/rsync.conf", "service rsync\n{\n\tdisable = no\n}\n");
        CommandResult list = Chkconfig("--list");
        Assert.Contains("\trsync.conf:    \toff\n", list.Text);
        Assert.Contains("/etc/xinetd.d/rsync.conf: shown as off", list.Error);
        Assert.Contains("rename it", Refused("rsync.conf", "on"));
    }

    [Theory]
    [InlineData("service echo {\n\tdisable = no\n}\n", ":1:1: this entry is not complete")]
    [InlineData("service echo\n{\n\tdisable = no\n", ":1:1: this entry is not complete")]
    [InlineData("service echo\n{\n\tdisable=no\n}\n", ":3:2: this line is not understood")]
    public void A_service_that_the_super_server_leaves_out_is_off_and_is_told(string text, string refusal)
    {
        Quiet("--add", "xinetd");
        Write("xinetd.d/echo", text);
        CommandResult list = Chkconfig("--list");
        Assert.Contains("\techo:          \toff\n", list.Text);
        Assert.Contains("/etc/xinetd.d/echo: off: echo: the super-server leaves it out", list.Error);
        Assert.Contains("/etc/xinetd.d/echo" + refusal, Refused("echo", "on"));
    }

    [Fact]
    public void A_dry_run_shows_each_step_and_takes_none()
    {
        Quiet("--add", "portmap");
        string before = Snapshot();
        Prints("rename /etc/rc3.d/S13portmap to K87portmap\n", "--dry-run", "--level", "3", "portmap", "off");
        Prints("write /etc/xinetd.d/telnet\n", "--dry-run", "telnet", "on");
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void Mode_owner_attributes_and_a_link_in_the_files_place_are_kept()
    {
        File.Move(At("xinetd.d/telnet"), At("telnet.real"));
        File.CreateSymbolicLink(At("xinetd.d/telnet"), "/etc/telnet.real");
        File.SetUnixFileMode(At("telnet.real"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Quiet("telnet", "on");
        Assert.Equal("/etc/telnet.real", new FileInfo(At("xinetd.d/telnet")).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(At("telnet.real")));
        Assert.Contains("disable\t\t= no", File.ReadAllText(At("telnet.real")));
    }

    [Fact]
    public void A_link_out_of_the_tree_is_not_followed_out_of_it()
    {
        string outside = _scratch.Write("outside", "service telnet\n{\n\tdisable = yes\n}\n");
        File.Delete(At("xinetd.d/telnet"));
        File.CreateSymbolicLink(At("xinetd.d/telnet"), outside);
        Refused("telnet", "on");
        File.Delete(At("xinetd.d/telnet"));
        File.CreateSymbolicLink(At("xinetd.d/telnet"), "../../../outside");
        Refused("telnet", "on");
        Assert.Contains("yes", File.ReadAllText(outside));
    }

    [Fact]
    public void Killed_at_any_moment_the_next_command_finds_the_old_tree_or_the_new_one()
    {
        Quiet("--add", "portmap");
        string on = Snapshot();
        Quiet("--level", "0123456", "portmap", "off");
        string off = Snapshot();
        Quiet("portmap", "reset");
        Assert.Equal(on, Snapshot());
        int times = int.Parse(Environment.GetEnvironmentVariable("ROUSE_KILLS") ?? "150");
        Random random = new(1);
        int olds = 0;
        for (int i = 0; i < times; i++)
        {
            bool toOff = Snapshot() == on;
            string[] arguments = toOff ? ["--level", "0123456", "portmap", "off"] : ["portmap", "reset"];
            using Process process = Process.Start(Command.Describe(Program, ["--root", _root, .. arguments], null))!;
            TimeSpan wait = TimeSpan.FromMicroseconds(random.Next(1000, 25000));
            SpinWait.SpinUntil(() => process.HasExited, wait);
            process.Kill();
            process.WaitForExit();
            Chkconfig("--list", "portmap");
            string now = Snapshot();
            Assert.True(now == on || now == off, $"killed after {wait.TotalMicroseconds} µs:\n{now}");
            olds += now == (toOff ? on : off) ? 1 : 0;
        }

        TestContext.Current.SendDiagnosticMessage($"{times} kills, {olds} left the old tree");
    }

    [Fact]
    public void An_xinetd_service_listens_or_does_not_when_the_command_returns()
    {
        AsRoot.Needed();
        using Stage stage = new();
        RuleFolder etc = new(stage.Scratch);
        int port = stage.NewPort();
        string file = Stanza.BuiltIn("daytime", port, "stream", "disable = yes");
        etc.Write("xinetd.d/daytime", file);
        string control = stage.Scratch["control"];
        Daemon daemon = stage.Start("includedir /etc/xinetd.d\n", ["-control", control, "-stayalive"], wrapper: etc.Wrapper);
        string[] inside = ["nsenter", "-t", daemon.Pid.ToString(), "-m", "--", Program, "--control", control];
        for (int i = 0; i < 20; i++)
        {
            bool on = i % 2 == 0;
            CommandResult result = Command.Run(inside[0], [.. inside[1..], "daytime", on ? "on" : "off"]);
            Assert.Equal(0, result.ExitCode);
            Assert.Contains($"{(on ? "opened" : "closed")} 127.0.0.1:{port}", result.Error);
            Assert.Equal(on, Peer.CanConnect(port));
            Assert.Equal($"daytime        \t{(on ? "on" : "off")}\n", Command.Run(inside[0], [.. inside[1..], "--list", "daytime"]).Text);
        }

        etc.Write("xinetd.d/daytime", file.Replace("127.0.0.1", "nonsense"));
        CommandResult broken = Command.Run(inside[0], [.. inside[1..], "daytime", "on"]);
        Assert.Contains("/etc/xinetd.d/daytime:", broken.Error);
    }

    private static string Lsb(string name, string needs) =>
        $"#!/bin/sh\n### BEGIN INIT INFO\n# Provides: {name}\n# Required-Start: {needs}\n# Default-Start: 3 5\n### END INIT INFO\n";

    private string At(string path) => Path.Combine(_root, "etc", path);

    private void Write(string path, string text) => File.WriteAllText(At(path), text);

    private CommandResult Chkconfig(params string[] arguments) => Command.Run(Program, ["--root", _root, .. arguments]);

    private void Quiet(params string[] arguments) => Prints("", arguments);

    private void Prints(string output, params string[] arguments)
    {
        CommandResult result = Chkconfig(arguments);
        Assert.Equal((output, "", 0), (result.Text, result.Error, result.ExitCode));
    }

    private void Refuses(string message, params string[] arguments) => Assert.Equal(message, Refused(arguments));

    private string Refused(params string[] arguments)
    {
        CommandResult result = Chkconfig(arguments);
        Assert.Equal(("", 1), (result.Text, result.ExitCode));
        return result.Error;
    }

    private string Snapshot()
    {
        StringBuilder text = new();
        IEnumerable<string> paths = Directory.GetFileSystemEntries(Path.Combine(_root, "etc"), "*", SearchOption.AllDirectories);
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            text.Append($"{path[_root.Length..]} {new FileInfo(path).LinkTarget}\n");
        }

        return text.ToString();
    }
}
