using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>The control socket and the tools that ask over it, as they are built.</summary>
public sealed class ControlTests
{
    [Fact]
    public void Status_shows_services_sessions_and_totals()
    {
        using Stage stage = Start(out string socket, port => Stanza.Stream("hold", port, "server = " + Probe.Compiled, "server_args = hold", "instances = 1"));
        int port = stage.Ports[0];
        using Peer peer = Peer.Connect(port);
        peer.ReadLine();
        Assert.Equal("(closed)", Peer.Ask(port));
        CommandResult all = Rouse("status", "--control", socket);
        Assert.Equal((0, ""), (all.ExitCode, all.Error));
        string[] lines = all.Text.Split('\n');
        Assert.Matches($@"^roused {stage.Daemon.Pid}, up \d+ s, {stage.Daemon.ConfigurationPath}: 1 services, 1 servers$", lines[0]);
        Assert.Matches($@"^hold +listening +127\.0\.0\.1:{port}/tcp +1 +1 +1 +1 +\d+ s ago +\d+/50$", lines[3]);

        CommandResult one = Rouse("status", "hold", "--control", socket);
        Assert.Matches(@"(?m)^hold +service_limit +1$", one.Text);
        Assert.Matches(@"(?m)^hold +\d+ +127\.0\.0\.1 +\d+ +\d+ s$", one.Text);
        Assert.Equal(1, Rouse("status", "nothing", "--control", socket).ExitCode);
    }

    [Fact]
    public void Status_in_json_is_one_object_whatever_bytes_the_configuration_holds()
    {
        using Stage stage = Start(out string socket, port => Stanza.BuiltIn("daytime", port, "stream", "id = caf\u00e9\"\\"));
        Peer.Ask(stage.Ports[0]);
        JsonElement report = JsonDocument.Parse(Rouse("status", "--json", "--control", socket).Output).RootElement;
        Assert.Equal(1, report.GetProperty("format").GetInt32());
        Assert.Equal(stage.Daemon.Pid, report.GetProperty("daemon").GetProperty("pid").GetInt32());
        JsonElement service = Assert.Single(report.GetProperty("services").EnumerateArray());
        Assert.Equal(1, service.GetProperty("totals").GetProperty("served").GetInt32());
        Assert.Equal("caf\u00e9\"\\", service.GetProperty("id").GetString());
    }

    [Fact]
    public void Reload_waits_and_tells_what_it_opened_and_closed_and_fails_where_the_daemon_refuses()
    {
        using Stage stage = Start(out string socket, port => Stanza.BuiltIn("daytime", port, "stream", "flags = NOLIBWRAP"));
        int first = stage.Ports[0], second = stage.NewPort();
        stage.Scratch.Write(
            "xinetd.conf",
            Stanza.BuiltIn("daytime", first, "stream", "only_from = 10.0.0.0/8") + Stanza.BuiltIn("time", second, "stream"));
        CommandResult reload = Rouse("reload", "--control", socket);
        Assert.Equal((0, ""), (reload.ExitCode, reload.Error));
        Assert.Equal(
            $"opened 127.0.0.1:{second}/tcp (time-stream): everybody may come in\n"
            + $"narrowed 127.0.0.1:{first}/tcp (daytime-stream): fewer peers may come in\n"
            + $"narrowed 127.0.0.1:{first}/tcp (daytime-stream): the rules of tcp_wrappers are asked\nreloaded: 1 new, 1 kept, 0 dropped\n",
            reload.Text);
        Assert.True(ProcFs.IsListening(second));

        stage.Scratch.Write("xinetd.conf", "defaults\n{\n  instances = many\n}\n");
        CommandResult refused = Rouse("reload", "--control", socket);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("xinetd.conf:3:", refused.Text);
        Assert.Contains("nothing was changed", refused.Error);
        Assert.True(ProcFs.IsListening(second));
    }

    [Fact]
    public void Stop_returns_when_the_daemon_is_gone_and_its_ports_pidfile_and_socket_with_it()
    {
        using Stage stage = Start(out string socket, port => Stanza.BuiltIn("daytime", port, "stream"));
        Assert.Equal(0, Rouse("stop", "--control", socket).ExitCode);
        Assert.False(ProcFs.IsListening(stage.Ports[0]));
        Assert.Equal(0, stage.Daemon.ExitCode());
        Assert.False(File.Exists(stage.Daemon.PidPath));
        Assert.False(File.Exists(socket));
        CommandResult again = Rouse("status", "--control", socket);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains($"no daemon answers at {socket}", again.Error);
    }

    [Fact]
    public void A_daemon_that_was_killed_leaves_a_socket_that_the_next_one_takes()
    {
        using Stage stage = Start(out string socket, port => Stanza.BuiltIn("daytime", port, "stream"));
        stage.Daemon.Signal(Signal.Kill);
        stage.Daemon.ExitCode();
        Assert.True(File.Exists(socket));
        CommandResult dead = Rouse("status", "--control", socket);
        Assert.Equal(1, dead.ExitCode);
        Assert.Contains("the one that made it has ended", dead.Error);

        using var next = new Stage();
        next.Start(Stanza.BuiltIn("daytime", next.NewPort(), "stream"), ["-control", socket]);
        Assert.Equal(0, Rouse("status", "--control", socket).ExitCode);
        using var third = new Stage();
        Daemon late = third.Start(Stanza.BuiltIn("daytime", third.NewPort(), "stream"), ["-control", socket]);
        late.WaitForLog($"no control socket at {socket}: another daemon answers there");
        late.End(Signal.Terminate);
        Assert.Equal(0, Rouse("status", "--control", socket).ExitCode);
    }

    [Fact]
    public void Another_user_is_not_let_in()
    {
        AsRoot.Needed();
        using Stage stage = Start(out string socket, port => Stanza.BuiltIn("daytime", port, "stream"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
        string tool = stage.Scratch.CopyOfProgram(Path.Combine(Repository.Bin, "rouse"), "rouse");
        CommandResult result = Command.Run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool, "status", "--control", socket);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("for root and the daemon's user only", result.Error);
        File.SetUnixFileMode(socket, (UnixFileMode)0x1b6);
        result = Command.Run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool, "status", "--control", socket);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("only root and the daemon's user may control it", result.Error);
    }

    [Fact]
    public void Without_root_it_is_in_ones_own_runtime_directory()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        string runtime = stage.Scratch.NewFolder("runtime", writableByAll: true);
        string daemon = stage.Scratch.CopyOfProgram(Path.Combine(Repository.Bin, "roused"), "roused");
        string tool = stage.Scratch.CopyOfProgram(Path.Combine(Repository.Bin, "rouse"), "rouse");
        string configuration = stage.Scratch.Write("own.conf", Stanza.BuiltIn("daytime", stage.NewPort(), "stream"));
        File.SetUnixFileMode(configuration, (UnixFileMode)0x1a4);
        string[] user = ["--reuid=65534", "--regid=65534", "--clear-groups", "env", $"XDG_RUNTIME_DIR={runtime}"];
        CommandResult start = Command.Run("setpriv", [.. user, daemon, "-f", configuration, "-filelog", Path.Combine(runtime, "log")]);
        Assert.True(start.ExitCode == 0, start.Error);
        string socket = Path.Combine(runtime, "rouse", "control.sock");
        Assert.True(File.Exists(socket), File.ReadAllText(Path.Combine(runtime, "log")));
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(Path.GetDirectoryName(socket)!), 8));
        CommandResult status = Command.Run("setpriv", [.. user, tool, "status"]);
        Assert.True(status.ExitCode == 0, status.Error);
        Assert.Equal(0, Command.Run("setpriv", [.. user, tool, "stop"]).ExitCode);
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public void As_root_it_is_below_run_in_a_directory_that_others_may_only_look_into()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        Daemon daemon = stage.Start(
            Stanza.BuiltIn("daytime", stage.NewPort(), "stream"), wrapper: [.. PrivateRun, "bash", "-c", "exec \"$0\" \"${@:3}\""]);
        string run = daemon.SeenFromHere("/run/rouse");
        Assert.Equal("755", Convert.ToString((int)File.GetUnixFileMode(run), 8));
        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(run + "/control.sock"), 8));
        Assert.Equal(0, Rouse("status", "--control", run + "/control.sock").ExitCode);
    }

    [Fact]
    public void A_watcher_gets_one_report_after_the_other_over_one_connection()
    {
        using Stage stage = Start(out string socket, port => Stanza.BuiltIn("daytime", port, "stream"));

        // Every two seconds one; a busy machine may be late with the first.
        CommandResult watched = Command.Run("timeout", "9", Path.Combine(Repository.Bin, "rouse"), "status", "--watch", "--json", "--control", socket);
        Assert.InRange(watched.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.StartsWith("{\"format\":1,")), 2, 5);
    }

    [Fact]
    public void Hostile_clients_do_not_keep_the_daemon_from_serving()
    {
        using Stage stage = Start(out string socket, port => Stanza.BuiltIn("daytime", port, "stream"));
        byte[] garbage = new byte[100_000];
        new Random(1).NextBytes(garbage);
        for (int i = 0; i < 50; i++)
        {
            using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            client.Connect(new UnixDomainSocketEndPoint(socket));
            client.SendTimeout = 200;
            try
            {
                client.Send(i % 2 == 0 ? garbage : Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"version\":1,\"verb\":\"status\"}\n", 3000))));
            }
            catch (SocketException)
            {
                // The daemon has closed, or does not read on while its answers are not read.
            }

            Assert.EndsWith("UTC\r\n", Peer.Ask(stage.Ports[0]));
        }

        Assert.Equal(0, Rouse("status", "--control", socket).ExitCode);
    }

    [Theory]
    [InlineData("status", "a", "b")]
    [InlineData("reload", "--json")]
    [InlineData("stop", "now")]
    public void Wrong_use_exits_2(params string[] arguments) => Assert.Equal(2, Rouse(arguments).ExitCode);

    /// <summary>A command line's beginning: the rest runs with a /run of its own.</summary>
    internal static readonly string[] PrivateRun = ["unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /run && exec \"$@\"", "sh"];

    private static Stage Start(out string socket, Func<int, string> configuration)
    {
        Subjects.OnlyOurs("there is no control socket");
        var stage = new Stage();
        socket = stage.Scratch["control.sock"];
        stage.Start(configuration(stage.NewPort()), ["-control", socket]);
        return stage;
    }

    private static CommandResult Rouse(params string[] arguments) => Command.Run(Path.Combine(Repository.Bin, "rouse"), arguments);
}
