using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>wait4(2) for one child: for programs that have nothing else to do.</summary>
// SAFETY: the status is a local.
public static unsafe partial class ChildWait
{
    private const int WNOHANG = 1;

    /// <summary>How the child ended, however long that takes. It fails where the child is not this process's to wait for, or whoever started it ignores SIGCHLD.</summary>
    public static SysResult For(int pid, out ChildExit exit)
    {
        int status;
        SysResult waited;
        do
        {
            waited = LastCall.Result(wait4(pid, &status, 0, null));
        }
        while (waited.Error == Errno.EINTR);
        exit = waited.Ok ? Exit(pid, status) : new ChildExit(pid, -1, -1);
        return waited;
    }

    /// <summary>How the child ended; false while it runs.</summary>
    public static bool TryFor(int pid, out ChildExit exit)
    {
        int status;
        exit = default;
        if (wait4(pid, &status, WNOHANG, null) == 0)
        {
            return false;
        }

        exit = Exit(pid, status);
        return true;
    }

    private static ChildExit Exit(int pid, int status)
    {
        int signal = status & 0x7f;
        return signal == 0 ? new ChildExit(pid, (status >> 8) & 0xff, -1) : new ChildExit(pid, -1, signal);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, int* status, int options, void* usage);
}
