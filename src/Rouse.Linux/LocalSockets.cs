using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>unix(7): connecting to another program's local socket, without ever waiting for it.</summary>
// SAFETY: the address is a local of sockaddr_un's size.
internal static unsafe partial class LocalSockets
{
    public const int Stream = 1;
    public const int Datagram = 2;

    private const int AF_UNIX = 1;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOCK_NONBLOCK = 0x800;
    private const int AddressSize = 110;

    public static SysResult Connect(string path, int type)
    {
        int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
        {
            return SysResult.Fail(LastCall.Error());
        }

        byte* address = stackalloc byte[AddressSize];
        new System.Span<byte>(address, AddressSize).Clear();
        *(ushort*)address = AF_UNIX;
        Encoding.Latin1.GetBytes(path, new System.Span<byte>(address + 2, AddressSize - 3));
        if (connect(fd, address, AddressSize) == 0)
        {
            return SysResult.Success(fd);
        }

        Errno error = LastCall.Error();
        Sockets.Close(new Fd(fd));
        return SysResult.Fail(error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, byte* address, int length);
}
