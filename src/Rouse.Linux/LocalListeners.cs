using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>unix(7): sockets with a name in the file system that peers come to.</summary>
// SAFETY: addresses and paths are locals, or arrays pinned for the length of the call.
internal static unsafe partial class LocalListeners
{
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;

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
        SysResult made = LocalSockets.Make(request.Path, request.Type, request.NonBlocking);
        if (!made.Ok)
        {
            return made;
        }

        // The name appears without any permission: what it is to have comes when it has its owner.
        _ = fchmod(made.Value, 0);
        byte* address = stackalloc byte[LocalSockets.AddressSize];
        int length = LocalSockets.Write(request.Path, address);
        bool bound = bind(made.Value, address, length) == 0;
        bool ok = bound && Give(request) && (request.Type == LocalSockets.Datagram || listen(made.Value, request.Backlog) == 0);
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
        SysResult connected = LocalSockets.Connect(request.Path, request.Type);
        if (connected.Ok)
        {
            Sockets.Close(connected.Fd);
        }

        return connected.Ok || connected.Error != Errno.ECONNREFUSED;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int fd, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport("libc")]
    private static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchownat(int directory, byte* path, uint owner, uint group, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmodat(int directory, byte* path, uint mode, int flags);
}
