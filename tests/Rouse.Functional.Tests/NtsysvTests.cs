using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>ntsysv on a terminal, with real keys, on trees of the test's own.</summary>
public sealed class NtsysvTests : IDisposable
{
    private const string Telnet = "# description: Logins over the network\nservice telnet\n{\n\tsocket_type\t= stream\n\tdisable\t\t= yes\n}\n";
    private const string Ready = "[ Cancel ]";
    private static readonly string Program = Path.Combine(Repository.Bin, "ntsysv");

    private readonly Scratch _scratch = new();
    private readonly string _root;

    public NtsysvTests()
    {
        _root = _scratch.NewFolder("root");
        foreach (string folder in (string[])["init.d", "xinetd.d", .. Enumerable.Range(0, 7).Select(level => $"rc{level}.d")])
        {
            Directory.CreateDirectory(At(folder));
        }

        File.WriteAllText(At("init.d/network"), "#!/bin/sh\n# chkconfig: 2345 10 90\n# description: Brings the \e]0;evil\a network \\\n# up\n");
        File.WriteAllText(At("init.d/portmap"), "#!/bin/sh\n# chkconfig: 345 13 87\n# description: Maps ports\n");
        File.WriteAllText(At("init.d/secret"), "#!/bin/sh\n# chkconfig: 345 14 86\n# hide: true\n");
        File.WriteAllText(At("xinetd.d/telnet"), Telnet);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Space_and_Ok_turn_services_on_and_nothing_else_changes()
    {
        using PseudoTerminal terminal = Start();
        terminal.WaitFor(Ready);
        Assert.DoesNotContain("secret", terminal.Shown);
        terminal.Type(" \e[F \t\r");
        Assert.Equal(0, terminal.ExitCode());
        Assert.True(terminal.IsRestored);
        Assert.Contains("\e[?1049l", terminal.Shown);
        Assert.Equal(Telnet.Replace("= yes", "= no"), File.ReadAllText(At("xinetd.d/telnet")));
        Assert.Equal(
            ["/rc2.d/S10network", "/rc3.d/S10network", "/rc4.d/S10network", "/rc5.d/S10network"],
            Names().Where(name => name.EndsWith("network") && name.Contains("rc")));
        Assert.DoesNotContain(Names(), name => name.Contains("rouse-"));
    }

    [Fact]
    public void Only_the_levels_asked_for_change_and_what_is_on_can_go_off()
    {
        File.CreateSymbolicLink(At("rc3.d/S13portmap"), "../init.d/portmap");
        File.CreateSymbolicLink(At("rc5.d/S13portmap"), "../init.d/portmap");
        using PseudoTerminal terminal = Start("--level", "3");
        terminal.WaitFor(Ready);
        terminal.Type("p \r\r");
        Assert.Equal(0, terminal.ExitCode());
        Assert.Equal(["/rc3.d/K87portmap", "/rc5.d/S13portmap"], Names().Where(name => name.EndsWith("portmap") && name.Contains("rc")));
    }

    [Theory]
    [InlineData("\e", null)]
    [InlineData("\u0003", null)]
    [InlineData("\t\t\r", null)]
    [InlineData("", 1)]
    [InlineData("", 2)]
    [InlineData("", 15)]
    public void Cancelling_leaves_all_as_it_was(string keys, int? signal)
    {
        string before = Snapshot();
        using PseudoTerminal terminal = Start();
        terminal.WaitFor(Ready);
        terminal.Type(" ");
        terminal.WaitFor("[*]!network");
        terminal.Type(keys);
        Assert.True(signal is not { } number || Signals.Send(terminal.Pid, (Signal)number));
        Assert.Equal(1, terminal.ExitCode());
        Assert.True(terminal.IsRestored);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void A_terminal_that_is_cut_cancels()
    {
        string before = Snapshot();
        using PseudoTerminal terminal = Start();
        terminal.WaitFor(Ready);
        int pid = terminal.Pid;
        terminal.Type(" ");
        terminal.WaitFor("[*]!network");
        terminal.Cut();
        Wait.Until(() => HasEnded(pid), () => "the end of ntsysv");
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void The_description_is_shown_without_the_escapes_in_it()
    {
        using PseudoTerminal terminal = Start("--back");
        terminal.WaitFor("[ Back ]");
        terminal.Type("\eOP");
        terminal.WaitFor("back to the list");
        Assert.Contains("Brings the ?]0;evil? network up", terminal.Shown);
        Assert.DoesNotContain("\e]0", terminal.Shown);
        Assert.DoesNotContain("\a", terminal.Shown);
        terminal.Type("\r\e");
        Assert.Equal(1, terminal.ExitCode());
    }

    [Fact]
    public void It_follows_the_size_of_its_window()
    {
        using PseudoTerminal terminal = Start();
        terminal.WaitFor(Ready);
        int shown = terminal.Shown.Length;
        terminal.Resize(30, 8);
        terminal.WaitFor("Too small: 40x10 needed", shown);
        shown = terminal.Shown.Length;
        terminal.Resize(100, 30);
        terminal.WaitFor("\e[29;", shown);
        terminal.WaitFor(Ready, shown);
        terminal.Type("\e");
        Assert.Equal(1, terminal.ExitCode());
    }

    [Fact]
    public void The_running_super_server_is_told()
    {
        Subjects.OnlyOurs("a control socket");
        using Stage stage = new();
        int port = stage.NewPort();
        string socket = stage.Scratch["control"];
        File.WriteAllText(At("xinetd.d/clock"), Stanza.BuiltIn("daytime", port, "stream", "id = clock", "disable = yes", "flags = NOLIBWRAP"));
        stage.Start(Stanza.BuiltIn("time", stage.NewPort(), "stream") + $"includedir {At("xinetd.d")}\n", ["-control", socket]);
        Assert.False(Peer.CanConnect(port));
        using PseudoTerminal terminal = Start("--control", socket);
        terminal.WaitFor(Ready);
        terminal.Type("c \e[24~");
        Assert.Equal(0, terminal.ExitCode());
        Assert.True(Peer.CanConnect(port));
        Assert.Contains($"opened 127.0.0.1:{port}/tcp (clock)", terminal.Shown);
    }

    [Theory]
    [InlineData("standard input and output have to be a terminal", "--back")]
    [InlineData("--bogus: unknown option", "--bogus")]
    [InlineData("--level: '9' is no word of runlevels", "--level", "9")]
    [InlineData("--level needs runlevels", "--level")]
    [InlineData("--root needs a directory", "--root")]
    public void Wrong_use_says_so(string message, params string[] arguments)
    {
        CommandResult result = Command.Run(Program, arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Text));
        Assert.StartsWith("ntsysv: " + message, result.Error);
    }

    [Fact]
    public void Usage_and_version()
    {
        Assert.StartsWith("usage: ntsysv ", Command.Succeed(null, Program, "--help"));
        Assert.Matches("^ntsysv version [0-9.]+\n$", Command.Succeed(null, Program, "--version"));
    }

    [Fact]
    public void Who_may_not_write_is_told_at_once()
    {
        AsRoot.Needed();
        string tool = _scratch["ntsysv"];
        File.Copy(Program, tool);
        using var terminal = PseudoTerminal.Start(
            _scratch, new Dictionary<string, string>(), 80, 24, "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool, "--root", _root);
        Assert.Equal(2, terminal.ExitCode());
        Assert.Contains("cannot be written", terminal.Shown);
    }

    [Fact]
    public void A_terminal_without_a_cursor_is_no_terminal_for_it()
    {
        using var terminal = PseudoTerminal.Start(_scratch, new Dictionary<string, string> { ["TERM"] = "dumb" }, 80, 24, Program, "--root", _root);
        Assert.Equal(2, terminal.ExitCode());
        Assert.DoesNotContain("\e[", terminal.Shown);
    }

    // Gone, or waited for by nobody any more.
    private static bool HasEnded(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ");
        }
        catch (IOException)
        {
            return true;
        }
    }

    private PseudoTerminal Start(params string[] arguments) =>
        PseudoTerminal.Start(_scratch, new Dictionary<string, string>(), 80, 24, Program, [.. arguments, "--root", _root]);

    private string At(string path) => Path.Combine(_root, "etc", path);

    private List<string> Names() =>
        [.. Directory.GetFileSystemEntries(At(""), "*", SearchOption.AllDirectories).Select(path => path[At("").Length..]).Select(path => path.StartsWith('/') ? path : "/" + path).Order(StringComparer.Ordinal)];

    private string Snapshot()
    {
        StringBuilder text = new();
        foreach (string name in Names())
        {
            FileInfo file = new(At("") + name);
            text.Append($"{name} {file.LinkTarget} {(file.Exists && file.LinkTarget is null ? File.ReadAllText(file.FullName) : "")}\n");
        }

        return text.ToString();
    }
}
