using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>socket_type raw, with a protocol number that is set aside for experiments (RFC 3692) and a loopback address of its own.</summary>
public sealed class RawParityTests
{
    private const int Experiment = 253;

    [Fact]
    public void A_raw_service_wakes_a_server() => Comparison.Differs(
        "D-057: the original does not know who sent a packet, and refuses it over and over",
        scene =>
        {
            AsRoot.Needed();
            string protocols = scene.Stage.Scratch.Write("protocols", $"ip 0 IP\ntcp 6 TCP\nudp 17 UDP\nexperiment {Experiment} EXPERIMENT\n");

            // Each subject has an address of its own: both are played at the same time.
            string address = scene.Stage.Subject == Subject.Ours ? "127.0.0.77" : "127.0.0.78";
            scene.Stage.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = HOST", "log_on_failure = HOST")
                + Stanza.Stream(
                    "raw", 0, "socket_type = raw", "protocol = experiment", "wait = yes", "bind = " + address, "only_from = 127.0.0.1",
                    "server = " + scene.Probe, "server_args = dgram 200"),
                wrapper: ["unshare", "-m", "--propagation", "private", "sh", "-c", $"mount --bind {protocols} /etc/protocols && exec \"$@\"", "sh"]);
            scene.Note("friend", Send(address, "127.0.0.1"));
            scene.Stage.WaitForServiceLog(scene.Stage.Subject == Subject.Ours ? "START" : "FAIL");
            if (scene.Stage.Subject == Subject.Ours)
            {
                scene.Note("stranger", Send(address, "127.0.0.3"));
                scene.Stage.WaitForServiceLog("FAIL");
            }

            scene.NoteAll("log", scene.Stage.ServiceLog.Where(line => !line.StartsWith("EXIT")).Distinct().Order(StringComparer.Ordinal).Take(2));
        },
        """
        friend: (silent)
        log: FAIL: raw address from=<no address>
        log: START: raw from=<no address>
        """,
        """
        friend: answered
        stranger: (silent)
        log: FAIL: raw address from=127.0.0.3
        log: START: raw from=127.0.0.1
        """);

    // A raw IPv4 socket is given whole packets: 20 bytes of header, then what was sent.
    private static string Send(string to, string from)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, (ProtocolType)Experiment) { ReceiveTimeout = 1500 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse(to), 0));
        byte[] buffer = new byte[1500];
        try
        {
            return socket.Receive(buffer) > 20 ? "answered" : "(empty)";
        }
        catch (SocketException)
        {
            return "(silent)";
        }
    }
}
