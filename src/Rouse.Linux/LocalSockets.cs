using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>unix(7): sockets whose other end has a name in the file system. Paths are one char a byte.</summary>
// SAFETY: an address is a local of sockaddr_un's size, a time one of timeval's.
internal static unsafe partial class LocalSockets
{
    public const int Stream = 1;
    public const int Datagram = 2;

    /// <summary>The room that <see cref="Write"/> needs, in bytes.</summary>
    public const int AddressSize = 110;

    /// <summary>The bytes of a name, without the 0 that ends it.</summary>
    public const int LongestPath = 107;

    private const int AF_UNIX = 1;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOL_SOCKET = 1;
    private const int SO_RCVTIMEO = 20;
    private const int SO_SNDTIMEO = 21;

    /// <summary>A socket for a path that has room in an address.</summary>
    public static SysResult Make(string path, int type, bool nonBlocking) => path.Length is 0 or > LongestPath
        ? SysResult.Fail(Errno.ENAMETOOLONG)
        : LastCall.Result(socket(AF_UNIX, type | SOCK_CLOEXEC | (nonBlocking ? SOCK_NONBLOCK : 0), 0));

    /// <summary>Writes struct sockaddr_un; its length.</summary>
    public static int Write(string path, byte* address)
    {
        new Span<byte>(address, AddressSize).Clear();
        *(ushort*)address = AF_UNIX;
        return 2 + Encoding.Latin1.GetBytes(path, new Span<byte>(address + 2, LongestPath)) + 1;
    }

    /// <summary>Connects to another program's socket; without waiting for it, or for as long as it takes.</summary>
    /// <param name="patienceSeconds">Of one that waits: it gives up connecting, reading and writing after so many seconds (0: never).</param>
    public static SysResult Connect(string path, int type, bool nonBlocking = true, int patienceSeconds = 0)
    {
        SysResult made = Make(path, type, nonBlocking);
        if (!made.Ok)
        {
            return made;
        }

        if (patienceSeconds > 0)
        {
            SetPatience(made.Fd, patienceSeconds);
        }

        byte* address = stackalloc byte[AddressSize];
        if (connect(made.Value, address, Write(path, address)) == 0)
        {
            return made;
        }

        Errno error = LastCall.Error();
        Sockets.Close(made.Fd);
        return SysResult.Fail(error);
    }

    /// <summary>How long sending and receiving wait; connect(2) waits as long as sending would.</summary>
    public static void SetPatience(Fd socket, int seconds)
    {
        // struct timeval.
        nint* time = stackalloc nint[2];
        (time[0], time[1]) = (seconds, 0);
        _ = setsockopt(socket.Value, SOL_SOCKET, SO_RCVTIMEO, time, 2 * sizeof(nint));
        _ = setsockopt(socket.Value, SOL_SOCKET, SO_SNDTIMEO, time, 2 * sizeof(nint));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, byte* address, int length);

    [LibraryImport("libc")]
    private static partial int setsockopt(int fd, int level, int option, void* value, int length);
}
