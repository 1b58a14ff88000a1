using System;
using System.IO;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>-inetd_compat, with an /etc of the test's own.</summary>
public sealed class InetdCompatParityTests
{
    [Fact]
    public void Its_services_are_served_after_those_of_xinetd_conf_and_follow_a_reload() => Comparison.Same(
        scene =>
        {
            PrivateEtc etc = new(scene.Stage, scene.NewPort(), scene.NewPort(), scene.NewPort());
            etc.Write($"one stream tcp nowait nobody.daemon {scene.Probe} first world\ntwo stream tcp nowait root /bin/echo echo inetd\n");
            scene.Stage.Start(
                Stanza.Entry(
                    "service two", ["socket_type = stream", "wait = no", "user = root", "server = /bin/echo", "server_args = xinetd"]),
                ["-inetd_compat"],
                etc.Enter);
            scene.AskWorld("one", scene.Stage.Ports[0], "argv", "uid", "gid");
            scene.Ask("two", scene.Stage.Ports[1]);
            etc.Write("three stream tcp nowait root /bin/echo echo new\n");
            scene.Daemon.Signal(Signal.Hangup);
            scene.Daemon.WaitForLog("Reconfigured:");
            scene.Ask("three", scene.Stage.Ports[2]);
            scene.NoteAll("daemon", scene.Daemon.Log.Where(line => line.Contains("Reconfigured") || line.Contains("one deactivated")));
        },
        """
        one argv: 0 first
        one argv: 1 world
        one uid: 65534 65534 65534
        one gid: 1 1 1
        two: xinetd\n
        three: new\n
        daemon: NOTICE: service one deactivated
        daemon: NOTICE: Reconfigured: new=1 old=1 dropped=1 (services)
        """);

    [Fact]
    public void Discard_is_served_and_defaults_limit_these_services_too() => Comparison.Differs(
        "D-054",
        scene =>
        {
            PrivateEtc etc = new(scene.Stage, scene.NewPort(), scene.NewPort(), scene.NewPort());
            etc.Write("one stream tcp nowait root /bin/echo echo inetd\ndiscard stream tcp nowait root internal\n");
            scene.Stage.Start(Stanza.Defaults("only_from = 10.0.0.0"), ["-inetd_compat"], etc.Enter);
            scene.NoteAll("started", scene.Daemon.Log.Where(line => line.Contains("Started")));
            scene.Ask("a peer that only_from does not name", scene.Stage.Ports[0]);
        },
        original: """
        started: NOTICE: Started working: 1 available service
        a peer that only_from does not name: inetd\n
        """,
        ours: """
        started: NOTICE: Started working: 2 available services
        a peer that only_from does not name: (closed)
        """);

    /// <summary>A copy of /etc that the daemon sees in its place, with services one, two and three.</summary>
    private sealed class PrivateEtc
    {
        private readonly Scratch _scratch;

        public PrivateEtc(Stage stage, int one, int two, int three)
        {
            AsRoot.Needed();
            _scratch = stage.Scratch;
            Command.Succeed(null, "cp", "-a", "/etc", _scratch["etc"]);
            File.AppendAllText(_scratch["etc/services"], $"\none {one}/tcp\ntwo {two}/tcp\nthree {three}/tcp\n");
            string services = File.ReadAllText(_scratch["etc/services"]);
            File.WriteAllText(
                _scratch["etc/services"],
                string.Join('\n', services.Split('\n').Where(line => !line.StartsWith("discard", StringComparison.Ordinal))) + $"discard {Ports.Free()}/tcp\n");
        }

        public string[] Enter => ["unshare", "-m", "--", "sh", "-c", "mount --bind \"$0\" /etc && exec \"$@\"", _scratch["etc"]];

        public void Write(string text) => File.WriteAllText(_scratch["etc/inetd.conf"], text);
    }
}
