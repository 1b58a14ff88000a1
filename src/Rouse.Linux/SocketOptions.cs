using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>setsockopt(2) and the status flags of fcntl(2) as somebody else asked for them: by number, with the bytes that were given.</summary>
// SAFETY: the bytes are pinned for the call, which gets their own number.
public static unsafe partial class SocketOptions
{
    private const int F_SETFL = 4;

    public static SysResult Set(Fd socket, int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* from = value)
        {
            return LastCall.Result(setsockopt(socket.Value, level, option, from, value.Length));
        }
    }

    /// <summary>O_NONBLOCK, O_APPEND and their like.</summary>
    public static SysResult SetStatusFlags(Fd socket, int flags) => LastCall.Result(fcntl(socket.Value, F_SETFL, flags));

    /// <summary>A connection over loopback, with nothing to do with anybody: on its one end options can be tried.</summary>
    public static SysResult OpenTrial(AddressFamily family, out Fd other)
    {
        other = Fd.None;
        UInt128 loopback = family == AddressFamily.IPv6 ? 1 : ((UInt128)0xffff << 32) | 0x7f000001;
        SysResult listener = Sockets.OpenListener(
            new ListenRequest(new SocketAddress(family, loopback, 0), ListenRequest.Stream, 0, V6Only: false, NonBlocking: false, Backlog: 1));
        if (!listener.Ok)
        {
            return listener;
        }

        SysResult connected = Sockets.StartConnect(Sockets.LocalAddress(listener.Fd), SocketAddress.None);
        SysResult accepted = connected.Ok ? Sockets.Accept(listener.Fd, nonBlocking: false, out _) : connected;
        Sockets.Close(listener.Fd);
        if (accepted.Ok)
        {
            other = connected.Fd;
        }
        else if (connected.Ok)
        {
            Sockets.Close(connected.Fd);
        }

        return accepted;
    }

    public static void CloseTrial(Fd socket, Fd other)
    {
        Sockets.Close(socket);
        Sockets.Close(other);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int option, byte* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int flags);
}
