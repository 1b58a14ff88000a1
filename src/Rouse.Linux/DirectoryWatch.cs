using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>inotify(7): a descriptor that becomes readable when a name appears in a directory, or is written to there.</summary>
// SAFETY: the buffer is a local; what is in it is thrown away.
public static unsafe partial class DirectoryWatch
{
    private const int IN_NONBLOCK = 0x800;
    private const int IN_CLOEXEC = 0x80000;
    private const uint IN_MODIFY = 0x2;
    private const uint IN_ATTRIB = 0x4;
    private const uint IN_MOVED_TO = 0x80;
    private const uint IN_CREATE = 0x100;
    private const uint IN_DELETE_SELF = 0x400;
    private const uint IN_MOVE_SELF = 0x800;
    private const uint IN_UNMOUNT = 0x2000;
    private const uint IN_ONLYDIR = 0x1000000;

    public static SysResult Open(string directory)
    {
        int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (fd < 0)
        {
            return SysResult.Fail(LastCall.Error());
        }

        const uint Wanted = IN_MODIFY | IN_ATTRIB | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_ONLYDIR;
        fixed (byte* name = Files.Zero(directory))
        {
            if (inotify_add_watch(fd, name, Wanted) >= 0)
            {
                return SysResult.Success(fd);
            }
        }

        Errno error = LastCall.Error();
        Sockets.Close(new Fd(fd));
        return SysResult.Fail(error);
    }

    /// <summary>Takes what has been told, so that the descriptor tells the next.</summary>
    public static void Drain(Fd watch)
    {
        const int Room = 4096;
        byte* buffer = stackalloc byte[Room];
        while (read(watch.Value, buffer, Room) > 0)
        {
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_add_watch(int fd, byte* path, uint mask);

    [LibraryImport("libc")]
    private static partial nint read(int fd, byte* buffer, nint count);
}
