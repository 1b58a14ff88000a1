using System;
using System.Linq;
using System.Threading;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>RPC services and a real rpcbind, in a network namespace of their own.</summary>
public sealed class RpcParityTests
{
    [Fact]
    public void Versions_are_registered_changed_at_a_reload_and_removed() => Comparison.Same(
        scene =>
        {
            PortmapperWorld world = scene.Stage.Keep(new PortmapperWorld());
            scene.Stage.Start(Udp("2-4") + Tcp("1"), wrapper: world.Enter);
            world.WaitFor("100001 2 udp", "100001 3 udp", "100001 4 udp", "300500 1 tcp");
            scene.NoteAll("start", world.Table().Select(PortmapperWorld.WithoutPort));
            int port = PortmapperWorld.PortOf(world.Table()[0]);
            scene.Daemon.Reload(Udp("3-5") + Tcp("1"));
            world.WaitFor("100001 3 udp", "100001 4 udp", "100001 5 udp", "300500 1 tcp");
            scene.NoteAll("other versions", world.Table().Select(PortmapperWorld.WithoutPort));
            scene.Note("the socket", PortmapperWorld.PortOf(world.Table()[0]) == port ? "kept" : "another");
            scene.Daemon.Reload(Tcp("1"));
            world.WaitFor("300500 1 tcp");
            scene.NoteAll("dropped", world.Table().Select(PortmapperWorld.WithoutPort));
            scene.Daemon.End(Signal.Quit);
            scene.Note("after the end", $"{world.Table().Count} entries");
        },
        """
        start: 100001 2 udp
        start: 100001 3 udp
        start: 100001 4 udp
        start: 300500 1 tcp
        other versions: 100001 3 udp
        other versions: 100001 4 udp
        other versions: 100001 5 udp
        other versions: 300500 1 tcp
        the socket: kept
        dropped: 300500 1 tcp
        after the end: 0 entries
        """);

    [Fact]
    public void A_service_out_of_service_is_not_registered() => Comparison.Same(
        scene =>
        {
            PortmapperWorld world = scene.Stage.Keep(new PortmapperWorld());
            scene.Stage.Start(Tcp("1", "cps = 2 3"), wrapper: world.Enter);
            world.WaitFor("300500 1 tcp");
            // All from one process, so that they come within a second on a loaded machine too; the shell ends at the first that is refused.
            string connect = $"exec 3<>/dev/tcp/127.0.0.1/{PortmapperWorld.PortOf(world.Table()[0])}";
            Command.Run("nsenter", [.. world.Enter[1..], "bash", "-c", $"for i in $(seq 20); do {connect}; done"]);
            scene.Daemon.WaitForLog("Deactivating service");
            world.WaitFor();
            scene.Note("out", $"{world.Table().Count} entries");
            world.WaitFor("300500 1 tcp");
            scene.NoteAll("back", world.Table().Select(PortmapperWorld.WithoutPort));
            scene.NoteDaemonLog("Deactivating", "Activating");
        },
        """
        out: 0 entries
        back: 300500 1 tcp
        daemon: ERROR: Deactivating service foo due to excessive incoming connections.  Restarting in 3 seconds.
        daemon: ERROR: Activating service foo
        """);

    [Fact]
    public void Servers_end_with_the_daemon_on_sigterm() => Comparison.Same(
        scene =>
        {
            PortmapperWorld world = scene.Stage.Keep(new PortmapperWorld());
            scene.Stage.Start(Tcp("1"), wrapper: world.Enter);
            world.WaitFor("300500 1 tcp");
            scene.Daemon.RememberServers();
            int before = ProcFs.Descendants(scene.Daemon.Pid).Count;
            int port = PortmapperWorld.PortOf(world.Table()[0]);
            using var peer = new System.Diagnostics.Process
            {
                StartInfo = Command.Describe("nsenter", [.. world.Enter[1..], "bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{port}; cat <&3"], null),
            };
            peer.Start();
            Wait.Until(() => ProcFs.Descendants(scene.Daemon.Pid).Count > before, () => "a server");
            int server = ProcFs.Descendants(scene.Daemon.Pid)[0];
            scene.Daemon.End(Signal.Terminate);
            scene.Note("the server", Wait.For(() => !ProcFs.Lives(server), Wait.Bound) ? "ended" : "runs on");
            Signals.Send(server, Signal.Kill);
            peer.Kill();
        },
        """
        the server: ended
        """);

    [Fact]
    public void A_port_that_is_given_is_used() => Comparison.Differs(
        "D-051",
        scene =>
        {
            PortmapperWorld world = scene.Stage.Keep(new PortmapperWorld());
            scene.Stage.Start(Tcp("1", "port = 23456"), wrapper: world.Enter);
            world.WaitFor("300500 1 tcp");
            scene.Note("port", PortmapperWorld.PortOf(world.Table()[0]) == 23456 ? "as given" : "another");
        },
        original: "port: another",
        ours: "port: as given");

    [Fact]
    public void Without_a_portmapper_the_service_waits_for_one() => Comparison.Differs(
        "D-052",
        scene =>
        {
            PortmapperWorld world = scene.Stage.Keep(new PortmapperWorld(running: false));
            scene.Stage.Start(Tcp("1-2"), wrapper: world.Enter);
            scene.Daemon.WaitForLog("pmap_set failed", 2);
            scene.NoteAll("daemon", scene.Daemon.Log.Where(line => line.Contains("pmap_set") || line.Contains("Started")).Order(StringComparer.Ordinal));
            world.StartRpcbind();
            Wait.For(() => world.Table().Count == 2, scene.Stage.Subject == Subject.Ours ? Wait.Bound : TimeSpan.FromSeconds(5));
            scene.NoteAll("later", world.Table().Select(PortmapperWorld.WithoutPort));
        },
        original: """
        daemon: ERROR: pmap_set failed. service=foo program=300500 version=1
        daemon: ERROR: pmap_set failed. service=foo program=300500 version=2
        daemon: NOTICE: Started working: 0 available services
        """,
        ours: """
        daemon: ERROR: pmap_set failed. service=foo program=300500 version=1 (portmapper: Connection refused); it is tried again every few seconds
        daemon: ERROR: pmap_set failed. service=foo program=300500 version=2 (portmapper: Connection refused); it is tried again every few seconds
        daemon: NOTICE: Started working: 1 available service
        later: 300500 1 tcp
        later: 300500 2 tcp
        """);

    [Fact]
    public void Only_our_own_entries_are_removed() => Comparison.Differs(
        "D-053",
        scene =>
        {
            PortmapperWorld world = scene.Stage.Keep(new PortmapperWorld());
            scene.Stage.Start(Udp("2") + Tcp("2", "id = stat", "rpc_number = 100001"), wrapper: world.Enter);
            world.WaitFor("100001 2 tcp", "100001 2 udp");
            scene.Daemon.Reload(Tcp("2", "id = stat", "rpc_number = 100001"));
            Wait.For(() => world.Table().Count == (scene.Stage.Subject == Subject.Ours ? 1 : 0), Wait.Bound);
            Thread.Sleep(200);
            scene.Note("left", string.Join(", ", world.Table().Select(PortmapperWorld.WithoutPort)));
        },
        original: "left:",
        ours: "left: 100001 2 tcp");

    private static string Udp(string versions) => Stanza.Entry(
        "service rstatd",
        ["type = RPC", "socket_type = dgram", "protocol = udp", "wait = yes", "user = root", "server = /bin/cat", "rpc_version = " + versions]);

    private static string Tcp(string versions, params string[] lines) => Stanza.Entry(
        "service foo",
        [
            "type = RPC UNLISTED", "socket_type = stream", "protocol = tcp", "wait = no", "user = root", "server = /bin/cat",
            "rpc_version = " + versions, .. lines.Any(line => line.StartsWith("rpc_number")) ? [] : new[] { "rpc_number = 300500" }, .. lines,
        ]);
}
