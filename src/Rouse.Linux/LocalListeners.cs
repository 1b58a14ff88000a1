using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>unix(7): sockets with a name in the file system that peers come to.</summary>
// SAFETY: addresses and paths are locals, or arrays pinned for the length of the call.
internal static unsafe partial class LocalListeners
{
    private const int AF_UNIX = 1;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOCK_NONBLOCK = 0x800;
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AddressSize = 110;
    private const int LongestPath = 107;

    /// <summary>See <see cref="ISystem.OpenLocalListener"/>.</summary>
    public static SysResult Open(in LocalListenRequest request, out long inode)
    {
        inode = 0;
        SysResult opened = Bind(request);
        if (!opened.Ok && opened.Error == Errno.EADDRINUSE)
        {
            if (!Files.IsSocket(request.Path, out _))
            {
                return SysResult.Fail(Errno.EEXIST);
            }

            if (IsAnswered(request))
            {
                return opened;
            }

            Files.Unlink(request.Path);
            opened = Bind(request);
        }

        if (opened.Ok)
        {
            Files.IsSocket(request.Path, out inode);
        }

        return opened;
    }

    private static SysResult Bind(in LocalListenRequest request)
    {
        SysResult made = Make(request.Path, request.Type, request.NonBlocking ? SOCK_NONBLOCK : 0);
        if (!made.Ok)
        {
            return made;
        }

        // The name appears without any permission: what it is to have comes when it has its owner.
        _ = fchmod(made.Value, 0);
        byte* address = stackalloc byte[AddressSize];
        int length = Write(request.Path, address);
        bool bound = bind(made.Value, address, length) == 0;
        bool ok = bound && Give(request) && (request.Type == SOCK_DGRAM || listen(made.Value, request.Backlog) == 0);
        if (ok)
        {
            return made;
        }

        Errno error = LastCall.Error();
        Sockets.Close(made.Fd);
        if (bound)
        {
            Files.Unlink(request.Path);
        }

        return SysResult.Fail(error);
    }

    // By the name, as a bound socket's own descriptor leads to another inode; a link in its place is not followed.
    private static bool Give(in LocalListenRequest request)
    {
        fixed (byte* path = Files.Zero(request.Path))
        {
            bool keepsOwner = request.Owner is null && request.Group is null;
            return (keepsOwner || fchownat(AT_FDCWD, path, request.Owner ?? uint.MaxValue, request.Group ?? uint.MaxValue, AT_SYMLINK_NOFOLLOW) == 0)
                && fchmodat(AT_FDCWD, path, request.Mode, AT_SYMLINK_NOFOLLOW) == 0;
        }
    }

    private static bool IsAnswered(in LocalListenRequest request)
    {
        SysResult made = Make(request.Path, request.Type, SOCK_NONBLOCK);
        if (!made.Ok)
        {
            return true;
        }

        byte* address = stackalloc byte[AddressSize];
        int length = Write(request.Path, address);
        bool answered = connect(made.Value, address, length) == 0 || LastCall.Error() != Errno.ECONNREFUSED;
        Sockets.Close(made.Fd);
        return answered;
    }

    private static SysResult Make(string path, int type, int flags) => path.Length is 0 or > LongestPath
        ? SysResult.Fail(Errno.ENAMETOOLONG)
        : LastCall.Result(socket(AF_UNIX, type | SOCK_CLOEXEC | flags, 0));

    private static int Write(string path, byte* address)
    {
        new Span<byte>(address, AddressSize).Clear();
        *(ushort*)address = AF_UNIX;
        return 2 + Encoding.Latin1.GetBytes(path, new Span<byte>(address + 2, LongestPath)) + 1;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc")]
    private static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(int directory, byte* path, uint owner, uint group, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(int directory, byte* path, uint mode, int flags);
}
