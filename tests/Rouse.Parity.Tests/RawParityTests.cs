using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Rouse.Harness;
using Rouse.Parity.Tests.Runner;

namespace Rouse.Parity.Tests;

/// <summary>socket_type raw: ICMP packets of no use to the kernel (echo replies), to a loopback address that nobody else has.</summary>
public sealed class RawParityTests
{
    [Fact]
    public void A_raw_service_wakes_a_server() => Comparison.Differs(
        "D-057: the original does not know who sent a packet, and refuses it over and over",
        scene =>
        {
            AsRoot.Needed();

            // Each subject has an address of its own: both are played at the same time.
            string address = scene.Stage.Subject == Subject.Ours ? "127.0.0.77" : "127.0.0.78";
            scene.Start(
                Stanza.Defaults(scene.LogToFile, "log_on_success = HOST EXIT", "log_on_failure = HOST")
                + Stanza.Stream(
                    "raw", 0, "socket_type = raw", "protocol = icmp", "wait = yes", "bind = " + address, "only_from = 127.0.0.1",
                    "server = " + scene.Probe, "server_args = dgram 200"));
            scene.Note("friend", Send(address, "127.0.0.1"));
            scene.Stage.WaitForServiceLog(scene.Stage.Subject == Subject.Ours ? "START" : "FAIL");
            if (scene.Stage.Subject == Subject.Ours)
            {
                // The server answers whoever comes while it lives.
                scene.Stage.WaitForServiceLog("EXIT");
                scene.Note("stranger", Send(address, "127.0.0.3"));
                scene.Stage.WaitForServiceLog("FAIL");
            }

            scene.NoteAll(
                "log",
                scene.Stage.ServiceLog.Where(line => !line.StartsWith("EXIT") && !line.Contains("per second"))
                    .Distinct().Order(StringComparer.Ordinal).Take(2));
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

    private static string Send(string to, string from)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp) { ReceiveTimeout = 1500 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        socket.SendTo([0, 0, 0, 0, 0, 0, 0, 0], new IPEndPoint(IPAddress.Parse(to), 0));
        byte[] buffer = new byte[1500];
        EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            // Others' packets to this address are seen too.
            do
            {
                socket.ReceiveFrom(buffer, ref sender);
            }
            while (((IPEndPoint)sender).Address.ToString() != to);
            return "answered";
        }
        catch (SocketException)
        {
            return "(silent)";
        }
    }
}
