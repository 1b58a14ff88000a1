using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Rouse.Harness;

/// <summary>
/// Ports that nobody uses. They are taken below the range from which the kernel gives clients theirs, so that no client's
/// own port gets in the way. A process claims them by the block, so that runs beside each other have different ones, and
/// gives each only once.
/// </summary>
internal static class Ports
{
    private const int First = 10_000;
    private const int Usual = 32_000;
    private const int BlockSize = 100;

    private static readonly Lock Gate = new();
    private static readonly int Blocks = (End() - First) / BlockSize;

    // Kept for as long as the process lives: that is the claim.
    private static readonly List<Socket> Claims = [];
    private static int s_next;
    private static int s_end;

    public static int Free()
    {
        lock (Gate)
        {
            while (true)
            {
                if (s_next == s_end)
                {
                    s_next = First + (ClaimBlock() * BlockSize);
                    s_end = s_next + BlockSize;
                }

                if (IsFree(s_next++))
                {
                    return s_next - 1;
                }
            }
        }
    }

    // An abstract name (unix(7)) can be bound once in a network, as a port can, and is gone with the process.
    private static int ClaimBlock()
    {
        for (int i = 0; i < Blocks; i++)
        {
            int block = (Environment.ProcessId + i) % Blocks;
            var claim = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            try
            {
                claim.Bind(new UnixDomainSocketEndPoint($"\0rouse-test-ports-{block}"));
                Claims.Add(claim);
                return block;
            }
            catch (SocketException)
            {
                claim.Dispose();
            }
        }

        throw new InvalidOperationException("no free port on this machine");
    }

    private static int End()
    {
        string range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range");
        int clients = int.Parse(range.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0]);
        return clients >= First + (20 * BlockSize) ? Math.Min(clients, Usual) : Usual;
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
