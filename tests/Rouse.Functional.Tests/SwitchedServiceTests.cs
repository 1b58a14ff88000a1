using System;
using System.IO;
using System.Text.Json;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>Services of a running daemon that are switched by service(8), rouse enable and rouse disable.</summary>
public sealed class SwitchedServiceTests : IDisposable
{
    private readonly Stage _stage = new();
    private readonly ServiceHost _host;
    private readonly int _on;
    private readonly int _off;

    public SwitchedServiceTests()
    {
        Subjects.OnlyOurs("there is no control socket");
        _host = new ServiceHost(_stage.Scratch);
        _on = _stage.NewPort();
        _off = _stage.NewPort();
        _host.Write("/etc/xinetd.d/hold", Stanza.Stream("hold", _on, "server = " + _stage.Probe, "server_args = hold"));
        _host.Write("/etc/xinetd.d/times", Stanza.BuiltIn("daytime", _off, "stream", "disable = yes", "flags = NOLIBWRAP"));
    }

    public void Dispose() => _stage.Dispose();

    [Fact]
    public void Stop_closes_and_start_opens_at_once_and_what_is_served_goes_on()
    {
        Start();
        AssertSays(0, $"hold is running: it listens on 127.0.0.1:{_on}/tcp, 0 sessions\n", "hold", "status");
        using Peer peer = Peer.Connect(_on);
        peer.ReadLine();
        AssertSays(0, "hold is stopped; 1 session goes on\n", "hold", "stop");
        Assert.False(ProcFs.IsListening(_on));
        AssertSays(3, "hold is stopped until the super-server's next reload; 1 session goes on\n", "hold", "status");
        AssertSays(0, "hold is stopped; 1 session goes on\n", "hold", "stop");
        AssertSays(0, "hold is stopped\n", "hold", "condrestart");
        AssertFails(7, "there is nothing to reload", "hold", "reload");
        AssertSays(0, $"hold is running: it listens on 127.0.0.1:{_on}/tcp, until the super-server's next reload\n", "hold", "start");
        AssertSays(0, $"hold is running: it listens on 127.0.0.1:{_on}/tcp, 1 session\n", "hold", "status");
        AssertSays(0, $"hold is running: it listens on 127.0.0.1:{_on}/tcp\n", "hold", "start");
        AssertSays(0, $"hold is running: it listens on 127.0.0.1:{_on}/tcp\n", "hold", "restart");
        AssertSays(0, $"hold is running: it listens on 127.0.0.1:{_on}/tcp\n", "hold", "try-restart");
        using Peer second = Peer.Connect(_on);
        second.ReadLine();
    }

    [Fact]
    public void What_the_files_disable_is_opened_until_the_next_reload()
    {
        Start();

        // The file's name is how an administrator knows it; the service has another one.
        AssertSays(3, "times is stopped\n", "times", "status");
        AssertSays(0, $"daytime-stream is running: it listens on 127.0.0.1:{_off}/tcp, until the super-server's next reload\n", "times", "start");
        Assert.EndsWith("UTC\r\n", Peer.Ask(_off));
        AssertSays(0, $"daytime-stream is running: it listens on 127.0.0.1:{_off}/tcp, 0 sessions\n", "times", "status");
        CommandResult reload = _host.Service("times", "reload");
        Assert.Equal((0, ""), (reload.ExitCode, reload.Error));
        Assert.StartsWith("times is a service of the super-server, which reads all of its files again\n", reload.Text);
        Assert.Contains($"closed 127.0.0.1:{_off}/tcp (daytime-stream)\n", reload.Text);
        Assert.False(ProcFs.IsListening(_off));
        Assert.True(ProcFs.IsListening(_on));
        AssertSays(0, "times is stopped\n", "times", "stop");
        Assert.Contains(_stage.Daemon.Log, line => line.StartsWith("NOTICE: service daytime-stream is enabled until the next reload"));
    }

    [Fact]
    public void A_reload_brings_back_what_was_stopped()
    {
        Start();
        _host.Service("hold", "stop");
        _stage.Daemon.Signal(Signal.Hangup);
        _stage.Daemon.WaitForLog("Reconfigured:");
        Assert.True(ProcFs.IsListening(_on));
        Assert.Contains(_stage.Daemon.Log, line => line.StartsWith($"INFO: exposure: opened 127.0.0.1:{_on}/tcp (hold)"));
    }

    [Fact]
    public void Errors_are_told_and_change_nothing()
    {
        Start();
        _host.Write("/etc/xinetd.d/wrong", Stanza.Stream("wrong", _stage.NewPort(), "server = /no/such/server", "disable = yes"));
        CommandResult wrong = _host.Service("wrong", "start");
        Assert.Equal((6, ""), (wrong.ExitCode, wrong.Text));
        Assert.Contains("/etc/xinetd.d/wrong:", wrong.Error);
        Assert.Contains("has an error", wrong.Error);

        using (Listener(out int taken))
        {
            _host.Write("/etc/xinetd.d/taken", Stanza.Stream("taken", taken, "server = " + _stage.Probe, "disable = yes"));
            AssertFails(1, "Address already in use", "taken", "start");
            AssertSays(3, "taken is stopped\n", "taken", "status");
        }

        AssertFails(3, "Usage: service hold {start|stop|status|restart|try-restart|condrestart|reload|force-reload}", "hold", "dance");
        AssertFails(2, "Usage: service hold", "hold");
        AssertFails(2, "Usage: service hold", "hold", "start", "now");
        AssertFails(1, "nothing: unrecognized service", "nothing", "start");
        Assert.True(ProcFs.IsListening(_on));
    }

    [Fact]
    public void A_script_of_that_name_comes_first()
    {
        Start();
        _host.Script("hold", "#!/bin/sh\necho script\n");
        AssertSays(0, "script\n", "hold", "stop");
        Assert.True(ProcFs.IsListening(_on));
    }

    [Fact]
    public void A_service_without_a_file_of_its_own_is_known_by_its_name_and_its_id()
    {
        int port = _stage.NewPort();
        Start(Stanza.BuiltIn("time", port, "stream", "id = clock"));
        AssertSays(0, "clock is stopped\n", "time", "stop");
        AssertSays(3, "clock is stopped until the super-server's next reload\n", "clock", "status");
        Assert.False(ProcFs.IsListening(port));
    }

    [Fact]
    public void Without_a_daemon_the_state_is_unknown_and_there_is_nothing_to_stop()
    {
        CommandResult status = _host.RunApart(Tool, "hold", "status");
        Assert.Equal((4, ""), (status.ExitCode, status.Text));
        Assert.Contains("no daemon answers at /run/rouse/control.sock", status.Error);
        Assert.Equal(7, _host.RunApart(Tool, "hold", "start").ExitCode);
        CommandResult stop = _host.RunApart(Tool, "hold", "stop");
        Assert.Equal((0, "hold is stopped: no super-server answers at /run/rouse/control.sock\n"), (stop.ExitCode, stop.Text));
        CommandResult nothing = _host.RunApart(Tool, "nothing", "stop");
        Assert.Equal((1, "nothing: unrecognized service\n"), (nothing.ExitCode, nothing.Error));
    }

    [Fact]
    public void With_the_original_it_says_what_to_do()
    {
        // Not through the loader, whose name the process would have.
        string original = Originals.Program("xinetd", "usr/sbin/xinetd");
        string configuration = _stage.Scratch.Write("original.conf", "includedir /etc/xinetd.d\n");
        const string Script = "\"${@:5}\" & for i in $(seq 500); do grep -qs Started \"$4\" && break; sleep 0.02; done; "
            + "\"$1\" hold \"$2\"; echo \"status $?\"; \"$1\" hold \"$3\"; echo \"status $?\"; kill $!; wait";
        string log = _stage.Scratch["original.log"];
        CommandResult result = _host.RunApart(
            "bash", "-c", Script, "bash", Tool, "status", "stop", log, "env", "LD_LIBRARY_PATH=" + Originals.LibraryPath, original,
            "-dontfork", "-f", configuration, "-filelog", log, "-pidfile", "/run/xinetd.pid");
        Assert.Equal("status 4\nstatus 3\n", result.Text);
        Assert.Equal(2, result.Error.Split("cannot be told to start or stop one of its services").Length - 1);
        Assert.Contains("/etc/xinetd.d/hold (chkconfig hold on|off does), and then: kill -HUP", result.Error);
    }

    [Fact]
    public void Another_user_is_told_that_it_is_roots()
    {
        Start();
        string tool = _stage.Scratch["service"];
        File.Copy(Path.Combine(Repository.Bin, "rouse"), tool);
        CommandResult result = _host.Run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tool, "hold", "stop");
        Assert.Equal((4, ""), (result.ExitCode, result.Text));
        Assert.Contains("for root and the daemon's user only", result.Error);
        Assert.True(ProcFs.IsListening(_on));
    }

    [Fact]
    public void Rouse_enables_and_disables_too()
    {
        Start();
        string socket = _stage.Daemon.SeenFromHere(ServiceHost.ControlPath);
        CommandResult off = Rouse("disable", "hold", "--control", socket);
        Assert.Equal((0, "hold is disabled until the next reload\n", ""), (off.ExitCode, off.Text, off.Error));
        Assert.Equal("hold is off already\n", Rouse("disable", "hold", "--control", socket).Text);
        Assert.Matches(@"(?m)^hold +off +- ", Rouse("status", "--control", socket).Text);
        JsonElement on = JsonDocument.Parse(Rouse("enable", "hold", "--json", "--control", socket).Output).RootElement;
        Assert.True(on.GetProperty("ok").GetBoolean());
        JsonElement service = Assert.Single(on.GetProperty("services").EnumerateArray());
        Assert.Equal(
            ("hold", "enabled", "listening", $"127.0.0.1:{_on}"),
            (service.GetProperty("id").GetString(), service.GetProperty("change").GetString(), service.GetProperty("state").GetString(),
                service.GetProperty("listeners")[0].GetString()));
        Assert.Equal($"hold is on already: it listens on 127.0.0.1:{_on}/tcp\n", Rouse("enable", "hold", "--control", socket).Text);
        CommandResult unknown = Rouse("enable", "nothing", "--control", socket);
        Assert.Equal((1, "rouse: the configuration has no service 'nothing'\n"), (unknown.ExitCode, unknown.Error));
        Assert.False(JsonDocument.Parse(Rouse("enable", "nothing", "--json", "--control", socket).Output).RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal(2, Rouse("enable").ExitCode);
        Assert.Equal(2, Rouse("disable", "a", "b").ExitCode);
    }

    [Fact]
    public void A_wait_server_keeps_its_socket_and_the_port_is_free_when_it_has_ended()
    {
        int port = _stage.NewPort();
        Start(Stanza.Stream("waiter", port, "wait = yes", "server = " + _stage.Probe, "server_args = accept 600000"));
        using Peer peer = Peer.Connect(port);
        Wait.Until(() => _host.Service("waiter", "status").Text.Contains("a server has its socket"), () => "the server's start");
        AssertSays(0, "waiter is stopped; its server has its socket, and answers there until it ends\n", "waiter", "stop");
        AssertFails(1, "still has the socket", "waiter", "start");
        foreach (int pid in ProcFs.Descendants(_stage.Daemon.Pid))
        {
            Signals.Send(pid, Signal.Kill);
        }

        Wait.Until(() => !ProcFs.IsListening(port), () => "the port to be free");
        Wait.Until(() => _host.Service("waiter", "start").ExitCode == 0, () => "the service to be opened");
        Assert.True(ProcFs.IsListening(port));
    }

    private static string Tool => Path.Combine(Repository.Bin, "service");

    private static System.Net.Sockets.TcpListener Listener(out int port)
    {
        var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    private void Start(string more = "")
    {
        _stage.Start("includedir /etc/xinetd.d\n" + more, ["-control", ServiceHost.ControlPath], _host.Wrapper);
    }

    private static CommandResult Rouse(params string[] arguments) => Command.Run(Path.Combine(Repository.Bin, "rouse"), arguments);

    private void AssertSays(int status, string text, params string[] words)
    {
        CommandResult result = _host.Service(words);
        Assert.Equal((status, text, ""), (result.ExitCode, result.Text, result.Error));
    }

    private void AssertFails(int status, string words, params string[] line)
    {
        CommandResult result = _host.Service(line);
        Assert.Equal((status, ""), (result.ExitCode, result.Text));
        Assert.Contains(words, result.Error);
    }
}
