using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>socket(7), ip(7), ipv6(7), tcp(7).</summary>
// SAFETY: every pointer is to a local, or to a span pinned for the length of a call that gets the span's own length.
internal static unsafe partial class Sockets
{
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOL_SOCKET = 1;
    private const int SO_REUSEADDR = 2;
    private const int SO_ERROR = 4;
    private const int SO_SNDBUF = 7;
    private const int SO_RCVBUF = 8;
    private const int SO_KEEPALIVE = 9;
    private const int SO_LINGER = 13;
    private const int SO_RCVTIMEO = 20;
    private const int IPPROTO_IP = 0;
    private const int IP_BIND_ADDRESS_NO_PORT = 24;
    private const int IPPROTO_TCP = 6;
    private const int TCP_NODELAY = 1;
    private const int IPPROTO_IPV6 = 41;
    private const int IPV6_ADDRFORM = 1;
    private const int IPV6_V6ONLY = 26;
    private const uint FIONBIO = 0x5421;
    private const int MSG_PEEK = 0x2;
    private const int MSG_TRUNC = 0x20;
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int MSG_MORE = 0x8000;

    public static SysResult OpenListener(in ListenRequest request)
    {
        int flags = SOCK_CLOEXEC | (request.NonBlocking ? SOCK_NONBLOCK : 0);
        int fd = socket((int)request.Address.Family, request.Type | flags, request.Protocol);
        if (fd < 0)
        {
            return SysResult.Fail(LastCall.Error());
        }

        SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        SetBuffers(fd, request);
        if (request.Address.Family == AddressFamily.IPv6)
        {
            SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, request.V6Only ? 1 : 0);
        }

        byte* raw = stackalloc byte[SocketAddresses.MaxSize];
        int length = SocketAddresses.Write(request.Address, new Span<byte>(raw, SocketAddresses.MaxSize));
        bool ok = bind(fd, raw, length) == 0;
        if (ok && request.Type is ListenRequest.Stream or 5)
        {
            ok = listen(fd, request.Backlog) == 0;
        }

        if (ok)
        {
            return SysResult.Success(fd);
        }

        Errno error = LastCall.Error();
        _ = close(fd);
        return SysResult.Fail(error);
    }

    // Before listen(2): the window that a peer is offered follows from them.
    private static void SetBuffers(int fd, in ListenRequest request)
    {
        if (request.SendBuffer > 0)
        {
            SetOption(fd, SOL_SOCKET, SO_SNDBUF, request.SendBuffer);
        }

        if (request.ReceiveBuffer > 0)
        {
            SetOption(fd, SOL_SOCKET, SO_RCVBUF, request.ReceiveBuffer);
        }
    }

    public static SocketAddress LocalAddress(Fd socket)
    {
        byte* raw = stackalloc byte[128];
        int length = 128;
        return getsockname(socket.Value, raw, &length) == 0 ? Address(raw, length) : SocketAddress.None;
    }

    public static SysResult Accept(Fd listener, bool nonBlocking, out SocketAddress peer)
    {
        byte* raw = stackalloc byte[128];
        int length = 128;
        int fd = accept4(listener.Value, raw, &length, SOCK_CLOEXEC | (nonBlocking ? SOCK_NONBLOCK : 0));
        if (fd < 0)
        {
            peer = SocketAddress.None;
            return SysResult.Fail(LastCall.Error());
        }

        peer = Address(raw, length);
        return SysResult.Success(fd);
    }

    public static SysResult DropConnection(Fd listener)
    {
        // accept4 has no flag for "do not wait", and O_NONBLOCK would be the servers' too: a time limit of a moment holds for this call only.
        SetReceiveTimeout(listener, 1);
        SysResult accepted = LastCall.Result(accept4(listener.Value, null, null, SOCK_CLOEXEC));
        SetReceiveTimeout(listener, 0);
        if (accepted.Ok)
        {
            Close(accepted.Fd);
        }

        return accepted;
    }

    public static SysResult Receive(Fd socket, Span<byte> buffer)
    {
        fixed (byte* to = buffer)
        {
            return LastCall.Result(recv(socket.Value, to, buffer.Length, MSG_DONTWAIT));
        }
    }

    public static SysResult Peek(Fd socket, Span<byte> buffer)
    {
        fixed (byte* to = buffer)
        {
            return LastCall.Result(recv(socket.Value, to, buffer.Length, MSG_DONTWAIT | MSG_PEEK));
        }
    }

    public static SysResult Send(Fd socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return LastCall.Result(send(socket.Value, from, bytes.Length, MSG_DONTWAIT | MSG_NOSIGNAL));
        }
    }

    public static SysResult SendLast(Fd socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return LastCall.Result(send(socket.Value, from, bytes.Length, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE));
        }
    }

    public static void Drain(Fd socket) => _ = recv(socket.Value, null, int.MaxValue, MSG_DONTWAIT | MSG_TRUNC);

    public static SysResult Shutdown(Fd socket, ShutdownSide side) => LastCall.Result(shutdown(socket.Value, (int)side));

    public static void SetNoDelay(Fd socket) => SetOption(socket.Value, IPPROTO_TCP, TCP_NODELAY, 1);

    /// <summary>SO_LINGER: how many seconds close(2) may go on sending what is left.</summary>
    public static void SetLinger(Fd socket, int seconds)
    {
        int* linger = stackalloc int[2] { 1, seconds };
        _ = setsockopt(socket.Value, SOL_SOCKET, SO_LINGER, linger, 2 * sizeof(int));
    }

    public static void SetKeepAlive(Fd socket) => SetOption(socket.Value, SOL_SOCKET, SO_KEEPALIVE, 1);

    public static SysResult StartConnect(in SocketAddress to, in SocketAddress from) => Connect(ListenRequest.Stream, to, from);

    public static Errno ConnectError(Fd socket)
    {
        int error = 0;
        int length = sizeof(int);
        return getsockopt(socket.Value, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? (Errno)error : LastCall.Error();
    }

    public static void ResetOnClose(Fd socket)
    {
        // struct linger: on, 0 seconds.
        int* linger = stackalloc int[2] { 1, 0 };
        _ = setsockopt(socket.Value, SOL_SOCKET, SO_LINGER, linger, 2 * sizeof(int));
    }

    public static void SetBlocking(Fd fd, bool blocking)
    {
        int nonBlocking = blocking ? 0 : 1;
        _ = ioctl(fd.Value, FIONBIO, &nonBlocking);
    }

    public static SysResult ConnectDatagrams(in SocketAddress to) => Connect(SOCK_DGRAM, to, SocketAddress.None);

    public static SysResult SendTo(Fd socket, ReadOnlySpan<byte> datagram, in SocketAddress to)
    {
        byte* raw = stackalloc byte[SocketAddresses.MaxSize];
        int length = SocketAddresses.Write(to, new Span<byte>(raw, SocketAddresses.MaxSize));
        fixed (byte* from = datagram)
        {
            return LastCall.Result(sendto(socket.Value, from, datagram.Length, MSG_DONTWAIT | MSG_NOSIGNAL, raw, length));
        }
    }

    public static void MakeIPv4(Fd connection) => SetOption(connection.Value, IPPROTO_IPV6, IPV6_ADDRFORM, (int)AddressFamily.IPv4);

    public static SysResult PeekSender(Fd socket, out SocketAddress sender)
    {
        byte* raw = stackalloc byte[128];
        int length = 128;
        byte first;
        nint n = recvfrom(socket.Value, &first, 1, MSG_PEEK | MSG_DONTWAIT, raw, &length);
        if (n < 0)
        {
            sender = SocketAddress.None;
            return SysResult.Fail(LastCall.Error());
        }

        sender = Address(raw, length);
        return SysResult.Success((int)n);
    }

    public static void DropDatagram(Fd socket)
    {
        byte first;
        _ = recv(socket.Value, &first, 1, MSG_DONTWAIT);
    }

    public static void Close(Fd fd) => _ = close(fd.Value);

    private static SysResult Connect(int type, in SocketAddress to, in SocketAddress from)
    {
        int fd = socket((int)to.Family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
        {
            return SysResult.Fail(LastCall.Error());
        }

        byte* raw = stackalloc byte[SocketAddresses.MaxSize];
        Span<byte> address = new(raw, SocketAddresses.MaxSize);
        if (!from.IsNone && from.Port == 0)
        {
            // The port is chosen by connect(2), which knows both ends: otherwise an address has only 28,000 connections, to whomever.
            SetOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        }

        bool ok = from.IsNone || bind(fd, raw, SocketAddresses.Write(from, address)) == 0;
        ok = ok && connect(fd, raw, SocketAddresses.Write(to, address)) == 0;
        Errno error = ok ? Errno.None : LastCall.Error();
        if (ok || error is Errno.EINPROGRESS or Errno.EINTR)
        {
            return SysResult.Success(fd);
        }

        _ = close(fd);
        return SysResult.Fail(error);
    }

    private static SocketAddress Address(byte* raw, int length) =>
        SocketAddresses.Read(new ReadOnlySpan<byte>(raw, Math.Min(length, SocketAddresses.MaxSize)));

    // struct timeval; 0 waits without end.
    private static void SetReceiveTimeout(Fd socket, long microseconds)
    {
        long* time = stackalloc long[2] { 0, microseconds };
        _ = setsockopt(socket.Value, SOL_SOCKET, SO_RCVTIMEO, time, 2 * sizeof(long));
    }

    private static void SetOption(int fd, int level, int option, int value) => _ = setsockopt(fd, level, option, &value, sizeof(int));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int fd, byte* address, int* length, int flags);

    [LibraryImport("libc")]
    private static partial int getsockname(int fd, byte* address, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvfrom(int fd, byte* buffer, nint length, int flags, byte* address, int* addressLength);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int fd, int how);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int option, void* value, int* length);

    [LibraryImport("libc")]
    private static partial int setsockopt(int fd, int level, int option, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendto(int fd, byte* buffer, nint length, int flags, byte* address, int addressLength);

    [LibraryImport("libc")]
    private static partial int ioctl(int fd, nuint request, int* value);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
