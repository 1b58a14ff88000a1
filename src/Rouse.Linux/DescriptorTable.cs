using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// The main thread's own table of descriptors: close_range(2) with CLOSE_RANGE_UNSHARE. The runtime has started its finalizer thread
/// before Main runs, and shares the table with it; the kernel then lets a process wait for a grace period of tens of milliseconds each time
/// that the table grows, at the 257th listening socket and again at the 513th, and counts the users of a descriptor at every system call. Threads
/// that are made later share the table of the thread that makes them, as ever. What the finalizer thread is left with is closed, so
/// that no terminal, pipe or port stays open through it.
/// </summary>
// SAFETY: no pointers are used; the descriptors that are closed belong to a table that nobody else uses, which is tried out first.
internal static unsafe partial class DescriptorTable
{
    private const uint CLOSE_RANGE_UNSHARE = 2;
    private const uint CLOSE_RANGE_CLOEXEC = 4;
    private const int F_GETFD = 1;

    private static volatile int _probe = -1;

    /// <summary>Descriptors from 3 up are not passed on to programs, and the finalizer thread has nothing to do with any of them.</summary>
    public static void Separate()
    {
        if (close_range(3, uint.MaxValue, CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) == 0)
        {
            // Open in this thread's table only, if there are two.
            SysResult opened = Files.OpenNull();
            _probe = opened.Ok ? opened.Value : -1;
        }
    }

    /// <summary>On the finalizer thread: closes its copies of what the program was started with.</summary>
    public static void CloseCopies()
    {
        if (_probe >= 0 && fcntl(_probe, F_GETFD, 0) < 0)
        {
            _ = close_range(0, uint.MaxValue, 0);
        }
    }

    /// <summary>After the finalizer thread has done its part.</summary>
    public static void EndProbe()
    {
        if (_probe >= 0)
        {
            Sockets.Close(new Fd(_probe));
            _probe = -1;
        }
    }

    [LibraryImport("libc")]
    private static partial int close_range(uint first, uint last, uint flags);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command, int argument);
}
