using System.Collections.Generic;
using System.Linq;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>
/// Where services listen: each kind of bind with each choice of family flags and v6only. A transcript's line says which of 127.0.0.1,
/// 127.0.0.2 and ::1 are answered, and with which address of the peer. Names are those of a hosts file of the test's own; none with ::1 is
/// asked for IPv4, where the C library takes that line for 127.0.0.1.
/// </summary>
public sealed class AddressParityTests
{
    private const string Hosts =
        "127.0.0.1 localhost\n::1 localhost\n127.0.0.2 one.test\n127.0.0.1 two.test\n127.0.0.2 two.test\n127.0.0.2 dual.test\n::1 dual.test\n::1 six.test\n";

    private const string Everywhere = "::ffff:127.0.0.1 ::ffff:127.0.0.1 ::1";
    private static readonly string[] Destinations = ["127.0.0.1", "127.0.0.2", "::1"];

    [Fact]
    public void Each_bind_listens_where_the_original_does() => Comparison.Same(
        scene => Play(
            scene,
            "", "v6only = yes", "flags = IPv4", "flags = IPv4; v6only = yes", "flags = IPv4; v6only = no", "flags = IPv6",
            "flags = IPv6; v6only = yes", "flags = IPv4 IPv6", "flags = IPv4 IPv6; v6only = yes",
            "bind = 127.0.0.2", "bind = 127.0.0.2; v6only = yes", "bind = 127.0.0.2; flags = IPv4", "interface = 127.0.0.2",
            "bind = ::1", "bind = ::1; flags = IPv6", "bind = ::1; flags = IPv4 IPv6", "bind = ::1; v6only = yes",
            "bind = 0.0.0.0", "bind = 0.0.0.0; flags = IPv4", "bind = ::", "bind = ::; flags = IPv6", "bind = ::; v6only = yes",
            "bind = one.test", "bind = one.test; flags = IPv4", "bind = dual.test; flags = IPv6",
            "bind = localhost; flags = IPv4", "bind = localhost; flags = IPv6", "bind = six.test", "bind = nothing.test",
            "bind = two.test; flags = IPv6", "bind = ::ffff:127.0.0.2", "bind = ::ffff:127.0.0.2; flags = IPv6",
            "bind = fe80::1%nothing"),
        $"""
        (none): {Everywhere}
        v6only = yes: - - ::1
        flags = IPv4: 127.0.0.1 127.0.0.1 -
        flags = IPv4; v6only = yes: 127.0.0.1 127.0.0.1 -
        flags = IPv4; v6only = no: 127.0.0.1 127.0.0.1 -
        flags = IPv6: {Everywhere}
        flags = IPv6; v6only = yes: - - ::1
        flags = IPv4 IPv6: {Everywhere}
        flags = IPv4 IPv6; v6only = yes: - - ::1
        bind = 127.0.0.2: - 127.0.0.1 -
        bind = 127.0.0.2; v6only = yes: - 127.0.0.1 -
        bind = 127.0.0.2; flags = IPv4: - 127.0.0.1 -
        interface = 127.0.0.2: - 127.0.0.1 -
        bind = ::1: - - ::1
        bind = ::1; flags = IPv6: - - ::1
        bind = ::1; flags = IPv4 IPv6: - - ::1
        bind = ::1; v6only = yes: - - ::1
        bind = 0.0.0.0: 127.0.0.1 127.0.0.1 -
        bind = 0.0.0.0; flags = IPv4: 127.0.0.1 127.0.0.1 -
        bind = ::: {Everywhere}
        bind = ::; flags = IPv6: {Everywhere}
        bind = ::; v6only = yes: - - ::1
        bind = one.test: - 127.0.0.1 -
        bind = one.test; flags = IPv4: - 127.0.0.1 -
        bind = dual.test; flags = IPv6: - - ::1
        bind = localhost; flags = IPv4: 127.0.0.1 - -
        bind = localhost; flags = IPv6: - - ::1
        bind = six.test: - - ::1
        bind = nothing.test: - - -
        bind = two.test; flags = IPv6: - - -
        bind = ::ffff:127.0.0.2: - ::ffff:127.0.0.1 -
        bind = ::ffff:127.0.0.2; flags = IPv6: - ::ffff:127.0.0.1 -
        bind = fe80::1%nothing: - - -
        """);

    [Fact]
    public void V6only_no_lets_IPv4_peers_in() => Comparison.Differs(
        "D-056: the original keeps IPv4 peers out whatever v6only says, as soon as it is there",
        scene => Play(scene, "v6only = no", "flags = IPv6; v6only = no", "bind = ::; v6only = no"),
        """
        v6only = no: - - ::1
        flags = IPv6; v6only = no: - - ::1
        bind = ::; v6only = no: - - ::1
        """,
        $"""
        v6only = no: {Everywhere}
        flags = IPv6; v6only = no: {Everywhere}
        bind = ::; v6only = no: {Everywhere}
        """);

    [Fact]
    public void A_bind_of_another_family_than_the_flags_never_listens_wider() => Comparison.Differs(
        "D-015: the original forgets the bind and listens on every address",
        scene => Play(
            scene, "bind = 127.0.0.2; flags = IPv6", "bind = 127.0.0.2; flags = IPv4 IPv6", "bind = ::1; flags = IPv4", "bind = 0.0.0.0; flags = IPv6",
            "bind = ::; flags = IPv4"),
        $"""
        bind = 127.0.0.2; flags = IPv6: {Everywhere}
        bind = 127.0.0.2; flags = IPv4 IPv6: {Everywhere}
        bind = ::1; flags = IPv4: 127.0.0.1 127.0.0.1 -
        bind = 0.0.0.0; flags = IPv6: {Everywhere}
        bind = ::; flags = IPv4: 127.0.0.1 127.0.0.1 -
        """,
        """
        bind = 127.0.0.2; flags = IPv6: - - -
        bind = 127.0.0.2; flags = IPv4 IPv6: - 127.0.0.1 -
        bind = ::1; flags = IPv4: - - -
        bind = 0.0.0.0; flags = IPv6: - - -
        bind = ::; flags = IPv4: - - -
        """);

    [Fact]
    public void A_name_with_several_addresses_means_each() => Comparison.Differs(
        "D-016: the original takes one address, and none where there are two of IPv4 and no flag",
        scene => Play(scene, "bind = two.test", "bind = two.test; flags = IPv4", "bind = dual.test", "bind = dual.test; flags = IPv4 IPv6", "bind = localhost"),
        """
        bind = two.test: - - -
        bind = two.test; flags = IPv4: 127.0.0.1 - -
        bind = dual.test: - - ::1
        bind = dual.test; flags = IPv4 IPv6: - - ::1
        bind = localhost: - - ::1
        """,
        """
        bind = two.test: 127.0.0.1 127.0.0.1 -
        bind = two.test; flags = IPv4: 127.0.0.1 127.0.0.1 -
        bind = dual.test: - 127.0.0.1 ::1
        bind = dual.test; flags = IPv4 IPv6: - 127.0.0.1 ::1
        bind = localhost: 127.0.0.1 - ::1
        """);

    [Fact]
    public void A_bind_of_the_defaults_holds_for_services_without_their_own() => Comparison.Same(
        scene => Play(scene, ["bind = 127.0.0.2"], "", "bind = 127.0.0.1", "flags = IPv4"),
        """
        (none): - 127.0.0.1 -
        bind = 127.0.0.1: 127.0.0.1 - -
        flags = IPv4: - 127.0.0.1 -
        """);

    // A socket that the kernel cannot make: the service is gone, its neighbour is not.
    [Theory]
    [InlineData("stream", "sctp", "no")]
    [InlineData("stream", "dccp", "no")]
    [InlineData("seqpacket", "sctp", "yes")]
    [InlineData("raw", "ip", "yes")]
    public void A_protocol_that_the_kernel_does_not_have_leaves_the_service_out(string type, string protocol, string wait) => Comparison.Same(
        scene =>
        {
            AsRoot.Needed();
            int port = scene.NewPort(), neighbour = scene.NewPort();
            scene.Start(
                Stanza.Stream(
                    "odd", port, $"socket_type = {type}", $"protocol = {protocol}", $"wait = {wait}", "server = " + scene.Probe, "bind = 127.0.0.1")
                + Stanza.BuiltIn("daytime", neighbour, "stream"));
            scene.Note("neighbour", Peer.CanConnect(neighbour) ? "served" : "off");
            scene.NoteAll("daemon", scene.Daemon.Log.Where(line => line.Contains("odd") && !line.Contains("creation failed")));
            scene.NoteAll("daemon", scene.Daemon.Log.Where(line => line.Contains("Started working")));
        },
        """
        neighbour: served
        daemon: ERROR: Service odd failed to start and is deactivated.
        daemon: NOTICE: Started working: 1 available service
        """);

    private static void Play(Scene scene, params string[] cases) => Play(scene, [], cases);

    private static void Play(Scene scene, string[] defaults, params string[] cases)
    {
        AsRoot.Needed();
        string hosts = scene.Stage.Scratch.Write("hosts", Hosts);
        int[] ports = [.. cases.Select(_ => scene.NewPort())];
        scene.Stage.Start(
            Stanza.Defaults([scene.LogToFile, .. defaults]) + string.Concat(cases.Zip(ports).Select(pair => World(scene, pair.First, pair.Second))),
            wrapper: ["unshare", "-m", "--propagation", "private", "sh", "-c", $"mount --bind {hosts} /etc/hosts && exec \"$@\"", "sh"]);
        foreach ((string lines, int port) in cases.Zip(ports))
        {
            scene.Note(lines.Length == 0 ? "(none)" : lines, string.Join(' ', Destinations.Select(to => PeerSeen(port, to))));
        }
    }

    private static string World(Scene scene, string lines, int port)
    {
        IEnumerable<string> all =
        [
            $"id = s{port}", "type = UNLISTED", "socket_type = stream", "protocol = tcp", "wait = no", "user = root", $"port = {port}",
            $"server = {scene.Probe}", "server_args = world", .. lines.Split("; ", System.StringSplitOptions.RemoveEmptyEntries),
        ];
        return Stanza.Entry("service world", all);
    }

    private static string PeerSeen(int port, string to) =>
        Peer.CanConnect(port, to) ? Harness.World.Parse(Peer.Ask(port, to: to)).Env("REMOTE_HOST") ?? "(unset)" : "-";
}
