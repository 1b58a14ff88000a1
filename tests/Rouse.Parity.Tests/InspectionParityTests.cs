using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>The state dump of SIGUSR1 and the consistency check of SIGABRT and -cc. Each daemon has a /run of its own.</summary>
public sealed class InspectionParityTests
{
    private static readonly string[] PrivateRun = ["unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /run && exec \"$@\"", "sh"];

    // What both show of a service, its servers and the whole.
    private static readonly string[] Compared =
    [
        "Service = ", "State = ", "id = ", "socket_type = ", "Protocol ", "wait = ", "user = ",
        "Groups = ", "umask = ", "Nice = ", "CPS = ", "PER_SOURCE = ", "Access times = ", "Only from: All", "No access: No",
        "Log_on_", "running servers = ", "hold server",
        "Connection info", "available_services", "active_services", "running_servers", "END OF DUMP",
    ];

    [Fact]
    public void A_dump_shows_services_their_state_and_their_servers()
    {
        AsRoot.Needed();
        Comparison.Same(
            scene =>
            {
                int port = scene.NewPort();
                scene.Stage.Start(
                    Stanza.Defaults(scene.LogToFile, "log_on_success = PID HOST EXIT DURATION", "log_on_failure = HOST")
                    + Stanza.Stream(
                        "hold", port, "server = " + scene.Probe, "server_args = hold", "umask = 077", "nice = 3", "cps = 30 10",
                        "per_source = 7", "access_times = 0:00-23:59"),
                    wrapper: PrivateRun);
                using Peer peer = Peer.Connect(port);
                peer.ReadLine();
                scene.Daemon.Signal(Signal.User1);
                scene.NoteDaemonLog("generated", "generated state dump");
                string[] dump = File.ReadAllLines(scene.Daemon.SeenFromHere("/run/xinetd.dump"));
                scene.Note("head", dump[0].Split(':')[0]);

                // Ours has no section for the defaults (D-048).
                IEnumerable<string> services = dump.Select(line => line.Trim()).SkipWhile(line => !line.StartsWith("Service = "));
                scene.NoteAll("dump", services.Where(line => Compared.Any(line.StartsWith)));
            },
            """
            daemon: INFO: generated state dump in file /var/run/xinetd.dump
            head: INTERNAL STATE DUMP
            dump: Service = hold
            dump: State = Active
            dump: id = hold
            dump: socket_type = stream
            dump: Protocol (name,number) = (tcp,6)
            dump: wait = no
            dump: user = 0
            dump: Groups = no
            dump: umask = 77
            dump: Nice = 3
            dump: CPS = max conn:30 wait:10
            dump: PER_SOURCE = 7
            dump: Access times = 00:00-23:59
            dump: Only from: All sites
            dump: No access: No blocked sites
            dump: Log_on_success flags = HOST DURATION EXIT PID
            dump: Log_on_failure flags = HOST
            dump: running servers = 1
            dump: hold server
            dump: Connection info:
            dump: active_services = 1
            dump: available_services = 1
            dump: running_servers = 1
            dump: END OF DUMP
            """);
    }

    [Fact]
    public void Sigabrt_asks_for_a_consistency_check() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "stream"));
            scene.Daemon.Signal((Signal)6);
            scene.NoteDaemonLog("Consistency", "Consistency");
            scene.Ask("after", port, "still here", halfClose: true);
        },
        """
        daemon: INFO: Consistency check passed
        after: still here
        """);

    [Fact]
    public void A_service_that_is_out_for_cps_is_no_inconsistency() => Comparison.Differs(
        "the original reports each such service at each check, although nothing is wrong",
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("daytime", port, "stream", "cps = 1 60"));
            Scene.Press(port, 4);
            scene.Daemon.WaitForLog("Deactivating");
            scene.Daemon.Signal((Signal)6);
            scene.NoteDaemonLog("onsistency check", "Consistency check");
        },
        "daemon: WARNING: Consistency check detected 2 errors",
        "daemon: INFO: Consistency check passed");

    [Fact]
    public void With_cc_a_check_that_finds_nothing_says_nothing() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.Stage.Start(Stanza.BuiltIn("echo", port, "stream"), ["-cc", "1"]);
            System.Threading.Thread.Sleep(2500);
            scene.Note("consistency lines", scene.Daemon.CountLog("onsistency").ToString());
            scene.Ask("after", port, "still here", halfClose: true);
        },
        """
        consistency lines: 0
        after: still here
        """);

    [Fact]
    public void Sigio_is_ignored() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            scene.StartLogged(Stanza.BuiltIn("echo", port, "stream"));
            scene.Daemon.Signal((Signal)29);
            System.Threading.Thread.Sleep(50);
            scene.Note("consistency lines", scene.Daemon.CountLog("onsistency").ToString());
            scene.Ask("after", port, "still here", halfClose: true);
        },
        """
        consistency lines: 0
        after: still here
        """);
}
