using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Rouse.Harness;

/// <summary>
/// Ports that nobody uses. They are taken below the range from which the kernel gives clients theirs, so that no client's
/// own port gets in the way, and each is given only once by a process.
/// </summary>
internal static class Ports
{
    private const int First = 10_000;
    private const int Count = 22_000;
    private static int s_next = Environment.ProcessId * 37 % Count;

    public static int Free()
    {
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            int port = First + (Interlocked.Increment(ref s_next) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no free port on this machine");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var tcp = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
            tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            using var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
