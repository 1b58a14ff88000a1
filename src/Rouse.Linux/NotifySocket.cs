using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// The way to a service manager, sd_notify(3): datagrams to a socket that is named by a path or, with '@' in front, by an abstract name (unix(7)).
/// The socket here is not connected, so that a manager which has made its own anew is found again.
/// </summary>
// SAFETY: an address is a local of LocalSockets' size; a datagram is pinned for the call.
public static unsafe partial class NotifySocket
{
    private const int MSG_NOSIGNAL = 0x4000;

    /// <summary>A socket that never waits.</summary>
    public static SysResult Open() => LocalSockets.Make("@", LocalSockets.Datagram, nonBlocking: true);

    /// <summary>sendto(2): the kernel tells the receiver who sends.</summary>
    public static SysResult Send(Fd socket, string name, ReadOnlySpan<byte> message)
    {
        if (name.Length == 0 || name[0] is not ('/' or '@'))
        {
            return SysResult.Fail(Errno.EAFNOSUPPORT);
        }

        if (name.Length > LocalSockets.LongestPath)
        {
            return SysResult.Fail(Errno.ENAMETOOLONG);
        }

        byte* address = stackalloc byte[LocalSockets.AddressSize];
        int length = LocalSockets.Write(name, address);
        if (name[0] == '@')
        {
            // An abstract name begins with a byte 0 and ends where the length says.
            address[2] = 0;
            length--;
        }

        fixed (byte* bytes = message)
        {
            return LastCall.Result(sendto(socket.Value, bytes, message.Length, MSG_NOSIGNAL, address, length));
        }
    }

    /// <summary>For a process that has nothing else to do: waits so long where the manager's queue is full.</summary>
    public static SysResult SendPatiently(string name, ReadOnlySpan<byte> message, int patienceSeconds)
    {
        SysResult made = LocalSockets.Make("@", LocalSockets.Datagram, nonBlocking: false);
        if (!made.Ok)
        {
            return made;
        }

        LocalSockets.SetPatience(made.Fd, patienceSeconds);
        SysResult sent = Send(made.Fd, name, message);
        Sockets.Close(made.Fd);
        return sent;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendto(int fd, byte* buffer, nint length, int flags, byte* address, int addressLength);
}
