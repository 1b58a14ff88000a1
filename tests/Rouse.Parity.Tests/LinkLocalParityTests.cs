using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>Link-local addresses, which mean nothing without an interface: <c>fe80::77%v0</c>.</summary>
public sealed class LinkLocalParityTests
{
    private const string Address = "fe80::77%v0";

    private static readonly string[] Wrapper =
    [
        "unshare", "-n", "sh", "-c",
        "ip link set lo up && ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up"
        + " && ip -6 addr add fe80::77/64 dev v0 nodad && exec \"$@\"", "sh",
    ];

    [Theory]
    [InlineData("bind = " + Address)]
    [InlineData("bind = ::")]
    [InlineData("bind = ::; only_from = fe80::/10")]
    [InlineData("bind = ::; only_from = fe80::77")]
    public void A_peers_address_names_its_interface(string lines) => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            Start(scene, Stanza.Stream("world", port, ["server = " + scene.Probe, .. lines.Split("; ")]));
            World world = World.Parse(NetworkNamespace.Within(scene.Daemon.Pid, () => Peer.Ask(port, to: Address)));
            scene.Note("REMOTE_HOST", world.Env("REMOTE_HOST") ?? "(unset)");
            scene.NoteServiceLog("START");
        },
        $"""
        REMOTE_HOST: {Address}
        log: START: world from={Address}
        """);

    [Fact]
    public void A_refused_peers_address_names_its_interface() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort();
            Start(scene, Stanza.BuiltIn("daytime", port, "stream", "bind = ::", "no_access = fe80::/64"));
            scene.Note("peer", NetworkNamespace.Within(scene.Daemon.Pid, () => Peer.Ask(port, to: Address)));
            scene.NoteServiceLog("FAIL");
        },
        $"""
        peer: (closed)
        log: FAIL: daytime-stream address from={Address}
        """);

    [Fact]
    public void A_redirects_target_names_its_interface() => Comparison.Same(
        scene =>
        {
            int port = scene.NewPort(), target = scene.NewPort();
            Start(
                scene,
                Stanza.Stream("relay", port, $"redirect = {Address} {target}")
                + Stanza.Stream("world", target, "server = " + scene.Probe, "bind = ::"));
            World world = World.Parse(NetworkNamespace.Within(scene.Daemon.Pid, () => Peer.Ask(port)));
            scene.Note("REMOTE_HOST", world.Env("REMOTE_HOST") ?? "(unset)");
        },
        $"REMOTE_HOST: {Address}");

    private static void Start(Scene scene, string services)
    {
        NetworkNamespace.Needed();
        scene.Stage.Start(
            Stanza.Defaults(scene.LogToFile, "log_on_success = HOST", "log_on_failure = HOST") + services, wrapper: Wrapper);
    }
}
