using System;

namespace Rouse.Server.Warm;

/// <summary>
/// The options of socket(7), tcp(7), ip(7) and ipv6(7) that anybody may set on a connection, and whose value is nothing but a value. Only these
/// are carried out by the daemon in a server's place: it may do more than the server may (SO_MARK, SO_RCVBUFFORCE), and a value that holds
/// an address (SO_ATTACH_FILTER) would be read in the wrong process.
/// </summary>
internal static class UsualOptions
{
    private const int SOL_SOCKET = 1;
    private const int IPPROTO_IP = 0;
    private const int IPPROTO_TCP = 6;
    private const int IPPROTO_IPV6 = 41;

    // SO_REUSEADDR, SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_OOBINLINE, SO_LINGER, SO_REUSEPORT, SO_RCVLOWAT, SO_RCVTIMEO, SO_SNDTIMEO, and the
    // last two with 64-bit times.
    private static readonly int[] OfSocket = [2, 7, 8, 9, 10, 13, 15, 18, 20, 21, 66, 67];

    // TCP_NODELAY, TCP_MAXSEG, TCP_CORK, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_QUICKACK, TCP_USER_TIMEOUT
    private static readonly int[] OfTcp = [1, 2, 3, 4, 5, 6, 12, 18];

    private static readonly int[] OfIp = [1]; // IP_TOS
    private static readonly int[] OfIPv6 = [67]; // IPV6_TCLASS

    public static bool Has(int level, int option) => Array.IndexOf(
        level switch
        {
            SOL_SOCKET => OfSocket,
            IPPROTO_TCP => OfTcp,
            IPPROTO_IP => OfIp,
            IPPROTO_IPV6 => OfIPv6,
            _ => [],
        },
        option) >= 0;
}
