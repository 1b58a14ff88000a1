using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>start = resident with real servers.</summary>
public sealed class ResidentTests
{
    // A server that knows nothing but descriptors from 3 up, after sd_listen_fds(3).
    private const string ListenFds =
        "import os, socket\n"
        + "assert int(os.environ['LISTEN_PID']) == os.getpid()\n"
        + "names = os.environ['LISTEN_FDNAMES'].split(':')\n"
        + "listener = socket.socket(fileno=3 + int(os.environ['LISTEN_FDS']) - 1)\n"
        + "while True:\n"
        + "    connection, peer = listener.accept()\n"
        + "    connection.sendall(('%d %s' % (os.getpid(), names)).encode())\n"
        + "    connection.close()\n";

    [Fact]
    public void The_server_is_there_before_anybody_comes_and_finds_its_socket_in_both_ways()
    {
        Subjects.OnlyOurs("resident servers");
        using var stage = new Stage();
        int port = stage.NewPort();
        string witness = stage.Scratch["witness"];
        Daemon daemon = stage.Start(Stanza.Stream(
            "own", port, "wait = yes", "start = resident", $"server = {stage.Probe}", $"server_args = witness {witness} {stage.Probe} accept 60000", stage.LogToFile,
            "log_on_success = PID HOST EXIT"));
        daemon.WaitForLog("service own: its resident server was started");
        stage.WaitForServiceLog("START: own pid=");
        Wait.Until(() => System.IO.File.Exists(witness) && System.IO.File.ReadAllText(witness).EndsWith("end\n"), () => "the witness");
        World world = World.Parse(System.IO.File.ReadAllText(witness));
        Assert.Equal("0 1 2 3", world.Descriptors);
        Assert.Single(world.DescriptorTargets);
        Assert.Equal("1", world["listening"]);
        Assert.Equal(("1", "own", world["pid"]), (world.Env("LISTEN_FDS"), world.Env("LISTEN_FDNAMES"), world.Env("LISTEN_PID")));
        Assert.Equal([int.Parse(world["pid"])], ProcFs.Children(daemon.Pid));
        Assert.StartsWith(world["pid"] + " 127.0.0.1 ", Peer.Ask(port));
    }

    [Fact]
    public void A_server_that_knows_systemds_protocol_serves_and_is_started_again_when_it_is_killed()
    {
        Subjects.OnlyOurs("resident servers");
        using var stage = new Stage();
        int port = stage.NewPort();
        string script = stage.Scratch.Write("server.py", ListenFds);
        Daemon daemon = stage.Start(Stanza.Stream("python", port, "wait = yes", "start = resident", "server = /usr/bin/python3", $"server_args = {script}"));
        string first = Peer.Ask(port);
        Assert.EndsWith(" ['python']", first);
        Signals.Send(int.Parse(first.Split(' ')[0]), Signal.Kill);
        daemon.WaitForLog("was ended by signal 9");

        // Whoever comes while none runs waits in the kernel's queue.
        string second = Peer.Ask(port);
        Assert.EndsWith(" ['python']", second);
        Assert.NotEqual(first, second);
        Assert.Equal(2, daemon.CountLog("its resident server was started"));
    }

    [Fact]
    public void Datagrams_come_to_it_and_it_ends_with_the_daemon()
    {
        Subjects.OnlyOurs("resident servers");
        using var stage = new Stage();
        int port = stage.NewPort();
        Daemon daemon = stage.Start(Stanza.Datagram("dgram", port, "start = resident", $"server = {stage.Probe}", "server_args = dgram 60000"));
        using var one = new DatagramPeer(port);
        using var two = new DatagramPeer(port, from: "127.0.0.2");
        int pid = int.Parse(one.Ask("one").Split(' ')[0]);
        Assert.StartsWith($"{pid} 127.0.0.2 ", two.Ask("two"));
        Assert.Equal(0, daemon.End(Signal.Terminate));
        Wait.Until(() => !ProcFs.Lives(pid), () => "the end of its server");
    }

    [Fact]
    public void With_INTERCEPT_strangers_are_turned_away()
    {
        Subjects.OnlyOurs("resident servers");
        using var stage = new Stage();
        int port = stage.NewPort();
        stage.Start(Stanza.Stream(
            "judged", port, "wait = yes", "start = resident", "flags = INTERCEPT", "only_from = 127.0.0.1", $"server = {stage.Probe}", "server_args = accept 60000",
            stage.LogToFile, "log_on_failure = HOST"));
        string first = Peer.Ask(port);
        World world = World.Parse(first[(first.IndexOf('\n') + 1)..]);
        Assert.Equal(world["pid"], world.Env("LISTEN_PID"));
        Assert.Equal("(closed)", Peer.Ask(port, from: "127.0.0.2").Replace("(reset)", "(closed)"));
        stage.WaitForServiceLog("FAIL: judged address from=127.0.0.2");
    }

    [Fact]
    public void A_reload_changes_the_server_without_losing_who_waits()
    {
        Subjects.OnlyOurs("resident servers");
        using var stage = new Stage();
        int port = stage.NewPort();
        string Text(string arguments) => Stanza.Stream("own", port, "wait = yes", "start = resident", $"server = {stage.Probe}", $"server_args = {arguments}");
        Daemon daemon = stage.Start(Text("accept 60000"));
        string pid = Peer.Ask(port).Split(' ')[0];
        daemon.Reload(Text("accept 60000"));
        Assert.Equal(pid, Peer.Ask(port).Split(' ')[0]);
        daemon.Reload(Text("accept 50000"));
        daemon.WaitForLog("its definition has changed");
        Wait.Until(() => daemon.CountLog("its resident server was started") == 2, () => "the second server");
        Assert.NotEqual(pid, Peer.Ask(port).Split(' ')[0]);
        Assert.Single(ProcFs.Children(daemon.Pid));
    }
}
