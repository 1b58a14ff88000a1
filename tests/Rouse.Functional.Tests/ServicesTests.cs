using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary><c>rouse services</c> and <c>rouse services adopt</c>, on trees of the test's own and beside a running super-server.</summary>
public sealed class ServicesTests : IDisposable
{
    private const string Sshd =
        "#!/bin/sh\n# chkconfig: 2345 55 25\n# description: Secure logins\n# processname: sshd\n# pidfile: /var/run/sshd.pid\n"
        + "### BEGIN INIT INFO\n# Provides: sshd\n# Required-Start: $network $syslog portmap\n# Should-Start: $remote_fs\n# Default-Start: 3 5\n"
        + "# Short-Description: 100% secure logins\n### END INIT INFO\ncase $1 in\nstart) ;;\nreload) ;;\nesac\n";

    private readonly Scratch _scratch = new();
    private readonly string _root;

    public ServicesTests()
    {
        _root = _scratch.NewFolder("root");
        foreach (string folder in (string[])["init.d", "xinetd.d", "systemd/system", .. Enumerable.Range(0, 7).Select(level => $"rc{level}.d")])
        {
            Directory.CreateDirectory(At(folder));
        }

        Directory.CreateDirectory(Path.Combine(_root, "bin"));
        File.Copy("/bin/true", Path.Combine(_root, "bin/true"));
        Write("passwd", "root:x:0:0::/:/bin/sh\n");
        Write("services", "ssh 22/tcp\nrsync 873/tcp\n");
        Write("xinetd.conf", $"includedir /etc/xinetd.d\n{Stanza.BuiltIn("daytime", 7113, "stream", "id = clock", "flags = NOLIBWRAP")}");
        Write("xinetd.d/off", Stanza.BuiltIn("time", 7137, "stream", "id = hours", "disable = yes"));
        Write("init.d/sshd", Sshd);
        Write("init.d/portmap", "#!/bin/sh\n# chkconfig: 345 13 87\n");
        Write("init.d/late", "#!/bin/sh\n# chkconfig: 35 80 10\n");
        foreach (int level in (int[])[3, 5])
        {
            File.CreateSymbolicLink(At($"rc{level}.d/S13portmap"), "../init.d/portmap");
            File.CreateSymbolicLink(At($"rc{level}.d/S80late"), "../init.d/late");
        }
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_kind_of_service_is_in_the_table_and_what_is_wrong_below_it()
    {
        Write("init.d/broken", "#!/bin/sh\n# chkconfig: 345 100 10\n");
        Write("xinetd.d/with.dot", Stanza.BuiltIn("echo", 7107, "stream"));
        Write("xinetd.d/wrong", "service wrong\n{\n\tport = many\n}\n");
        File.CreateSymbolicLink(At("rc3.d/S99gone"), "../init.d/gone");
        CommandResult result = Services();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] parts = result.Text.Split("\n\n");
        Assert.Matches("(?m)^portmap +sysv +35 +- +- +- +- +-$", parts[0]);
        Assert.Matches(@"(?m)^clock +xinetd +on +- +127\.0\.0\.1:7113/tcp +- +- +-$", parts[0]);
        Assert.Matches("(?m)^hours +xinetd +off +- +- +off +- +-$", parts[0]);
        Assert.Matches("(?m)^echo-stream +xinetd +off ", parts[0]);
        Assert.Matches(@"(?m)^/etc/init.d/broken:2:\d+: 'chkconfig: 345 100 10'", parts[1]);
        Assert.Contains("/etc/xinetd.d/with.dot:1:1: the super-server passes over", parts[1]);
        Assert.Contains("/etc/rc3.d/S99gone: leads to no init script", parts[1]);
        Assert.Contains("/etc/xinetd.d/wrong:3:9: error: port", parts[1]);
        Assert.DoesNotContain("late ", Services("--level", "24").Text);
        Assert.Contains("late ", Services("--level", "23").Text);
        Assert.Equal(2, Services("--level", "x").ExitCode);
    }

    [Fact]
    public void Json_has_every_member_for_every_service()
    {
        JsonElement report = JsonDocument.Parse(Services("--json").Output).RootElement;
        Assert.Equal((1, false), (report.GetProperty("format").GetInt32(), report.GetProperty("daemonAnswers").GetBoolean()));
        string[] names = ["name", "kind", "file", "on", "levels", "start", "listens", "state", "live", "pids", "memoryKiB", "last", "parked", "hits", "misses", "lastSlept"];
        Assert.All(report.GetProperty("services").EnumerateArray(), service => Assert.Equal(names, service.EnumerateObject().Select(member => member.Name)));
        JsonElement late = report.GetProperty("services").EnumerateArray().Single(service => service.GetProperty("name").GetString() == "late");
        Assert.Equal([3, 5], late.GetProperty("levels").EnumerateArray().Select(level => level.GetInt32()));
    }

    [Fact]
    public void The_running_super_server_tells_what_is_served_asleep_and_held()
    {
        Subjects.OnlyOurs("a control socket");
        using Stage stage = new();
        int port = stage.NewPort();
        string socket = stage.Scratch["control"];
        string asleep = Stanza.BuiltIn("time", stage.NewPort(), "stream", "id = minutes", "flags = NOLIBWRAP");
        stage.Start(
            Stanza.Stream("hold", port, "server = " + stage.Probe, "server_args = hold", "flags = NOLIBWRAP") + asleep, ["-control", socket]);
        using Peer peer = Peer.Connect(port);
        peer.ReadLine();
        string text = Services("--control", socket).Text;
        Assert.Matches($@"(?m)^hold +xinetd +on +on-demand +127\.0\.0\.1:{port}/tcp +running \(1\) +[1-9]\d* KiB +\d+ s ago$", text);
        Assert.Matches("(?m)^minutes +xinetd +on .*asleep +0 KiB +never$", text);
        Assert.Matches("(?m)^clock +xinetd +on .*not served +- +-$", text);
        Assert.Equal(1, Services("--control", stage.Scratch["nowhere"]).ExitCode);
    }

    [Fact]
    public void A_super_server_that_does_not_answer_is_not_waited_for()
    {
        Subjects.OnlyOurs("a control socket");
        using Stage stage = new();
        string socket = stage.Scratch["control"];
        Daemon daemon = stage.Start(Stanza.BuiltIn("time", stage.NewPort(), "stream", "flags = NOLIBWRAP"), ["-control", socket]);
        daemon.Signal(Signal.Stop);
        var watch = Stopwatch.StartNew();
        CommandResult result = Services("--control", socket);
        daemon.Signal(Signal.Continue);
        Assert.Equal((1, $"rouse: the daemon at {socket} has not answered for 3 seconds\n"), (result.ExitCode, result.Error));
        Assert.InRange(watch.Elapsed.TotalSeconds, 2.9, 10);
        Assert.Equal(0, Services("--control", socket).ExitCode);
    }

    [Fact]
    public void One_that_answers_without_an_end_is_told_below_the_table_where_it_was_not_named()
    {
        AsRoot.Needed();
        string path = _scratch["endless"];
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Thread speaker = new(() => SpeakSlowly(listener));
        speaker.Start();

        // The usual place of root's socket, in a namespace that only this command lives in.
        var watch = Stopwatch.StartNew();
        CommandResult result = Command.Run(
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount -t tmpfs none /run && mkdir /run/rouse && ln -s {path} /run/rouse/control.sock && exec {Path.Combine(Repository.Bin, "rouse")} services --json");
        Assert.InRange(watch.Elapsed.TotalSeconds, 2.9, 15);
        speaker.Join();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        JsonElement report = JsonDocument.Parse(result.Output).RootElement;
        Assert.False(report.GetProperty("daemonAnswers").GetBoolean());
        Assert.Contains(
            "the super-server could not be asked: the daemon at /run/rouse/control.sock has not come to the end of its answer in 3 seconds",
            report.GetProperty("findings").EnumerateArray().Select(finding => finding.GetString()));
    }

    [Fact]
    public void Where_a_share_of_memory_may_not_be_read_the_whole_is_shown_as_such()
    {
        AsRoot.Needed();
        if (!Directory.Exists("/etc/init.d"))
        {
            Assert.Skip("there is no /etc/init.d to put another one over");
        }

        string tool = _scratch.CopyOfProgram(Path.Combine(Repository.Bin, "rouse"), "tool");
        string scripts = _scratch.NewFolder("init.d");
        _scratch.Write("init.d/root-made", "#!/bin/sh\n# chkconfig: 345 13 87\n");

        // The script and its pid file are in a namespace that only this command lives in; the process is root's, who asks is not.
        string As(string user) => Command.Succeed(
            null, "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount -t tmpfs -o mode=755 none /run && echo {Environment.ProcessId} > /run/root-made.pid && mount --bind {scripts} /etc/init.d"
            + $" && exec setpriv --reuid {user} --clear-groups {tool} services");
        Assert.Matches(@"(?m)^root-made +sysv .* running +[1-9]\d* KiB RSS +-$", As("65534"));
        Assert.Matches(@"(?m)^root-made +sysv .* running +[1-9]\d* KiB +-$", As("0"));
    }

    [Fact]
    public void Adopting_by_links_shows_the_order_and_makes_it()
    {
        string before = string.Join('\n', Names());
        CommandResult shown = Adopt("sshd", "--dry-run");
        Assert.Equal((0, ""), (shown.ExitCode, shown.Error));
        Assert.Contains("level 3: S13portmap [S55sshd] S80late\n", shown.Text);
        Assert.Contains("would link /etc/rc3.d/S55sshd -> ../init.d/sshd\n", shown.Text);
        Assert.Equal(before, string.Join('\n', Names()));
        Assert.Contains("level 5: S13portmap [S55sshd] S80late\n", Adopt("/etc/init.d/sshd").Text);
        Assert.True(new FileInfo(At("rc3.d/S55sshd")).LinkTarget == "../init.d/sshd");
        Assert.True(new FileInfo(At("rc6.d/K25sshd")).LinkTarget == "../init.d/sshd");
        Assert.Contains("all its links are there already", Adopt("sshd").Text);
    }

    [Fact]
    public void Adopting_by_systemd_writes_the_unit_that_its_generator_made()
    {
        CommandResult result = Adopt("sshd", "--as", "systemd");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string unit = File.ReadAllText(At("systemd/system/sshd.service"));
        string[] wanted =
        [
            "Description=100%% secure logins", "After=network-online.target portmap.service remote-fs.target", "Wants=network-online.target", "Type=forking",
            "KillMode=process", "GuessMainPID=no", "RemainAfterExit=no", "PIDFile=/run/sshd.pid", "SuccessExitStatus=5 6", "ExecStart=/etc/init.d/sshd start",
            "ExecStop=/etc/init.d/sshd stop", "ExecReload=/etc/init.d/sshd reload", "WantedBy=multi-user.target graphical.target",
        ];
        Assert.Empty(wanted.Except(unit.Split('\n')));
        Assert.Contains("next: systemctl daemon-reload\nnext: systemctl enable --now sshd.service\n", result.Text);
        CommandResult again = Adopt("sshd", "--as", "systemd");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("/etc/systemd/system/sshd.service is there already", again.Error);
        Assert.Equal(unit, File.ReadAllText(At("systemd/system/sshd.service")));
    }

    [Fact]
    public void Adopting_by_xinetd_writes_a_draft_that_is_off_and_read_without_a_fault()
    {
        Write("init.d/web", "#!/bin/sh\n# chkconfig: 345 85 15\n# description: Serves pages\nDAEMON=/bin/true\nPORT=7180\n");
        Assert.Equal(0, Adopt("web", "--as", "xinetd").ExitCode);
        string draft = File.ReadAllText(At("xinetd.d/web"));
        Assert.Contains("\tdisable\t\t= yes\n", draft);
        Assert.Contains("#   server: /bin/true, from /etc/init.d/web:4\n#   port: 7180, from /etc/init.d/web:5\n", draft);
        Write("xinetd.d/web", draft.Replace("= yes", "= no"));
        Assert.Matches(@"(?m)^web +xinetd +on +on-demand +\*:7180/tcp ", Services("-f", "/etc/xinetd.conf").Text);
        Assert.Contains("is there already", Adopt("web", "--as", "xinetd").Error);
        CommandResult unknown = Adopt("late", "--as", "xinetd");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("/etc/init.d/late:1:1: the script does not tell its program", unknown.Error);
    }

    [Theory]
    [InlineData(1, "there is no such init script", "nothing")]
    [InlineData(1, "is not in /etc/init.d", "/usr/bin/sshd")]
    [InlineData(2, "", "sshd", "--as", "upstart")]
    [InlineData(2, "")]
    public void What_cannot_be_adopted_is_told(int exit, string message, params string[] arguments)
    {
        CommandResult result = Adopt(arguments);
        Assert.Equal((exit, ""), (result.ExitCode, result.Text));
        Assert.Contains(message, result.Error);
    }

    // Until nobody listens any more.
    private static void SpeakSlowly(Socket listener)
    {
        using Socket asker = listener.Accept();
        try
        {
            for (int i = 0; i < 200; i++)
            {
                asker.Send(" "u8);
                Thread.Sleep(100);
            }
        }
        catch (SocketException)
        {
            // It has gone, as it should.
        }
    }

    private CommandResult Services(params string[] arguments) =>
        Command.Run(Path.Combine(Repository.Bin, "rouse"), ["services", "--root", _root, .. arguments]);

    private CommandResult Adopt(params string[] arguments) =>
        Command.Run(Path.Combine(Repository.Bin, "rouse"), ["services", "adopt", "--root", _root, .. arguments]);

    private string At(string path) => Path.Combine(_root, "etc", path);

    private void Write(string path, string text) => File.WriteAllText(At(path), text);

    private string[] Names() => [.. Directory.GetFileSystemEntries(_root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
