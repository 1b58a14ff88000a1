using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>unix(7): sockets whose other end has a name in the file system. Paths are one char a byte.</summary>
// SAFETY: an address is a local of sockaddr_un's size.
internal static unsafe partial class LocalSockets
{
    public const int Stream = 1;
    public const int Datagram = 2;

    /// <summary>The room that <see cref="Write"/> needs, in bytes.</summary>
    public const int AddressSize = 110;

    private const int AF_UNIX = 1;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOCK_NONBLOCK = 0x800;
    private const int LongestPath = 107;

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
    public static SysResult Connect(string path, int type, bool nonBlocking = true)
    {
        SysResult made = Make(path, type, nonBlocking);
        if (!made.Ok)
        {
            return made;
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

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, byte* address, int length);
}
