using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>How a child ended: its exit status, or the signal that ended it (the other is −1).</summary>
public readonly record struct ChildExit(int Pid, int Status, int Signal)
{
    public bool IsSuccess => Status == 0;
}

/// <summary>wait4(2), kill(2).</summary>
// SAFETY: the status is a local.
public static unsafe partial class Children
{
    private const int WNOHANG = 1;

    public static bool Reap(out ChildExit exit)
    {
        int status;
        int pid = wait4(-1, &status, WNOHANG, null);
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

    [LibraryImport("libc")]
    private static partial int wait4(int pid, int* status, int options, void* usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
