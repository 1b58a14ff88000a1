using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>eventfd(2): one thread wakes another's loop.</summary>
// SAFETY: the eight bytes read and written are a local.
internal static unsafe partial class EventFd
{
    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;

    public static SysResult Open() => LastCall.Result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));

    public static void Add(Fd fd)
    {
        ulong one = 1;
        _ = write(fd.Value, &one, sizeof(ulong));
    }

    public static void Drain(Fd fd)
    {
        ulong count;
        _ = read(fd.Value, &count, sizeof(ulong));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc")]
    private static partial nint read(int fd, void* buffer, nint count);

    [LibraryImport("libc")]
    private static partial nint write(int fd, void* buffer, nint count);
}
