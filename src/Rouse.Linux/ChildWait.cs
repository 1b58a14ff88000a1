using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>wait4(2) for one child, however long it takes: for programs that have nothing else to do.</summary>
// SAFETY: the status is a local.
public static unsafe partial class ChildWait
{
    /// <summary>How the child ended. It fails where the child is not this process's to wait for, or whoever started it ignores SIGCHLD.</summary>
    public static SysResult For(int pid, out ChildExit exit)
    {
        int status;
        SysResult waited;
        do
        {
            waited = LastCall.Result(wait4(pid, &status, 0, null));
        }
        while (waited.Error == Errno.EINTR);
        int signal = status & 0x7f;
        exit = !waited.Ok ? new ChildExit(pid, -1, -1)
            : signal == 0 ? new ChildExit(pid, (status >> 8) & 0xff, -1)
            : new ChildExit(pid, -1, signal);
        return waited;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, int* status, int options, void* usage);
}
