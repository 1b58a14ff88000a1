using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>How a child ended: its exit status, or the signal that ended it (the other is −1).</summary>
public readonly record struct ChildExit(int Pid, int Status, int Signal)
{
    public bool IsSuccess => Status == 0;
}

/// <summary>wait4(2), kill(2).</summary>
// SAFETY: what is written to are locals of the kernel's size.
public static unsafe partial class Children
{
    private const int WNOHANG = 1;
    private const int WEXITED = 4;
    private const int WNOWAIT = 0x1000000;
    private const int __WNOTHREAD = 0x20000000;
    private const int P_PIDFD = 3;

    // The C library has had functions for these only since 2.36; the numbers are the same on x86-64 and arm64.
    private const nint SYS_pidfd_send_signal = 424;
    private const nint SYS_pidfd_open = 434;

    /// <param name="ofAllThreads">
    /// Also a child that another thread has made. Not while one of them traces: the stops of its tracee must reach it.
    /// </param>
    public static bool Reap(bool ofAllThreads, out ChildExit exit)
    {
        int status;
        int pid = wait4(-1, &status, WNOHANG | (ofAllThreads ? 0 : __WNOTHREAD), null);
        if (pid <= 0)
        {
            exit = default;
            return false;
        }

        int signal = status & 0x7f;
        exit = signal == 0 ? new ChildExit(pid, (status >> 8) & 0xff, -1) : new ChildExit(pid, -1, signal);
        return true;
    }

    public static SysResult Kill(int pid, int signal) => LastCall.Result(kill(pid, signal));

    /// <summary>
    /// The same for nobody but a child of this process, whichever thread reaps it: another process that has got its number meanwhile is
    /// left alone (ECHILD).
    /// </summary>
    public static SysResult KillChild(int pid, int signal)
    {
        SysResult opened = LastCall.Result(syscall(SYS_pidfd_open, pid, 0, 0, 0));
        if (!opened.Ok)
        {
            // A kernel before 5.3 has none of this.
            return opened.Error == Errno.ENOSYS ? Kill(pid, signal) : opened;
        }

        byte* information = stackalloc byte[128]; // siginfo_t
        SysResult result = LastCall.Result(waitid(P_PIDFD, opened.Value, information, WEXITED | WNOHANG | WNOWAIT, null));
        result = result.Ok ? LastCall.Result(syscall(SYS_pidfd_send_signal, opened.Value, signal, 0, 0)) : result;
        Sockets.Close(opened.Fd);
        return result;
    }

    [LibraryImport("libc")]
    private static partial int wait4(int pid, int* status, int options, void* usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int type, int id, void* information, int options, void* usage);
}
