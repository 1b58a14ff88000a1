using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>A socket that somebody else has made and handed over: getpeername(2), IP_OPTIONS of ip(7).</summary>
// SAFETY: every pointer is to a local, and goes with that local's own size.
public static unsafe partial class GivenSocket
{
    private const int IPPROTO_IP = 0;
    private const int IP_OPTIONS = 4;

    // A header of IPv4 has 60 bytes, 20 of which are its own.
    private const int MostOptions = 40;

    /// <summary>The other end of a connection; it fails where there is none (ENOTCONN), or no socket at all (ENOTSOCK).</summary>
    public static SysResult PeerAddress(Fd socket, out SocketAddress peer)
    {
        byte* raw = stackalloc byte[128];
        int length = 128;
        bool ok = getpeername(socket.Value, raw, &length) == 0;
        Errno error = ok ? Errno.None : LastCall.Error();
        peer = !ok ? SocketAddress.None
            : *(ushort*)raw == (ushort)AddressFamily.Unix ? new SocketAddress(AddressFamily.Unix, 0, 0)
            : SocketAddresses.Read(new ReadOnlySpan<byte>(raw, Math.Min(length, SocketAddresses.MaxSize)));
        return ok ? SysResult.Success(0) : SysResult.Fail(error);
    }

    /// <summary>The options that the connection's IPv4 headers carry (RFC 791 section 3.1); empty where there are none.</summary>
    public static byte[] IpOptions(Fd connection)
    {
        byte* options = stackalloc byte[MostOptions];
        int length = MostOptions;
        return getsockopt(connection.Value, IPPROTO_IP, IP_OPTIONS, options, &length) == 0
            ? new ReadOnlySpan<byte>(options, length).ToArray()
            : [];
    }

    /// <summary>What is sent on the connection carries no options any more.</summary>
    public static SysResult ClearIpOptions(Fd connection) =>
        LastCall.Result(setsockopt(connection.Value, IPPROTO_IP, IP_OPTIONS, null, 0));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getpeername(int fd, byte* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int option, void* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int option, void* value, int length);
}
