using System;
using Rouse.Linux;

namespace Roused.Tcpd;

/// <summary>What the caller left on descriptor 0: a connection, or the socket of a datagram service.</summary>
/// <param name="Peer">Who has connected, or sent the datagram that waits there.</param>
/// <param name="Local">The end that the peer came to.</param>
/// <param name="IsDatagram">The peer's datagram still waits on the socket.</param>
internal readonly record struct TcpdConnection(SocketAddress Peer, SocketAddress Local, bool IsDatagram)
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte LooseSourceRoute = 131;
    private const byte StrictSourceRoute = 137;

    public static Fd Socket => new(StandardStreams.Input);

    public bool IsIPv4Stream => !IsDatagram && Peer.HasIp && Peer.Address >> 32 == 0xffff;

    /// <summary>It fails where descriptor 0 is neither, so that nobody could be judged.</summary>
    public static Errno Find(ISystem system, out TcpdConnection found)
    {
        found = default;
        SysResult connected = GivenSocket.PeerAddress(Socket, out SocketAddress peer);
        SysResult waiting = connected.Ok ? connected : system.PeekSender(Socket, out peer);
        if (!waiting.Ok)
        {
            // What getpeername(2) says tells more: the peek of a listening socket is an invalid argument.
            return connected.Error;
        }

        found = new TcpdConnection(peer, system.LocalAddress(Socket), IsDatagram: !connected.Ok);
        return Errno.None;
    }

    /// <summary>Whether the options of an IPv4 header have the answers take a way that the peer chose (RFC 791 section 3.1).</summary>
    public static bool HasSourceRoute(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty && options[0] != EndOfOptions)
        {
            if (options[0] is LooseSourceRoute or StrictSourceRoute)
            {
                return true;
            }

            int length = options[0] == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
            if (length == 0 || length > options.Length)
            {
                return false;
            }

            options = options[length..];
        }

        return false;
    }
}
