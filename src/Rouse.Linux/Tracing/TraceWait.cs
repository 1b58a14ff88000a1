using System.Runtime.InteropServices;

namespace Rouse.Linux.Tracing;

/// <summary>Why a traced thread has stopped, or that a child has ended.</summary>
public enum TraceEventKind
{
    Ended,

    /// <summary>At the beginning or the end of a system call.</summary>
    Call,

    /// <summary>It has become another program and has run none of it.</summary>
    Exec,

    /// <summary>It has made a thread: <see cref="Ptrace.NewThread"/>.</summary>
    NewThread,

    /// <summary>It was interrupted, is new, or is stopped with its group.</summary>
    Stop,

    /// <summary>A signal has come, and is delivered if the tracer wishes so.</summary>
    Signal,
}

/// <summary>One report of wait4(2) about a tracee, or the end of a child of this thread.</summary>
public readonly record struct TraceEvent(int Tid, TraceEventKind Kind, int Signal, ChildExit Exit);

/// <summary>
/// wait4(2) for the children and tracees of the calling thread, and for no other thread's (__WNOTHREAD): neither thread may take the
/// reports that the other one waits for.
/// </summary>
// SAFETY: the status is a local.
public static unsafe partial class TraceWait
{
    private const int P_ALL = 0;
    private const int P_PID = 1;
    private const int WNOHANG = 1;
    private const int WEXITED = 4;
    private const int WNOWAIT = 0x1000000;
    private const int __WNOTHREAD = 0x20000000;
    private const int __WALL = 0x40000000;
    private const int SIGTRAP = 5;
    private const int SyscallTrap = SIGTRAP | 0x80; // PTRACE_O_TRACESYSGOOD
    private const int PTRACE_EVENT_CLONE = 3;
    private const int PTRACE_EVENT_EXEC = 4;

    /// <summary>The next report about any; without <paramref name="wait"/> false also when there is none now.</summary>
    public static bool Next(bool wait, out TraceEvent report) => Of(-1, wait ? 0 : WNOHANG, out report);

    /// <summary>The next report about one.</summary>
    public static bool Of(int tid, out TraceEvent report) => Of(tid, 0, out report);

    /// <summary>This thread has children or tracees, alive or not yet reaped.</summary>
    public static bool HasAny() => Has(P_ALL, 0);

    /// <summary>This one is among them.</summary>
    public static bool Has(int pid) => Has(P_PID, pid);

    private static bool Has(int type, int id)
    {
        byte* information = stackalloc byte[128]; // siginfo_t
        return waitid(type, id, information, WNOHANG | WEXITED | WNOWAIT | __WALL | __WNOTHREAD, null) == 0;
    }

    private static bool Of(int tid, int options, out TraceEvent report)
    {
        int status;
        int found;
        do
        {
            found = wait4(tid, &status, options | __WALL | __WNOTHREAD, null);
        }
        while (found < 0 && LastCall.Error() == Errno.EINTR);

        report = found > 0 ? Read(found, status) : default;
        return found > 0;
    }

    private static TraceEvent Read(int tid, int status)
    {
        if ((status & 0xff) != 0x7f)
        {
            int by = status & 0x7f;
            return new(tid, TraceEventKind.Ended, 0, by == 0 ? new ChildExit(tid, (status >> 8) & 0xff, -1) : new ChildExit(tid, -1, by));
        }

        int signal = (status >> 8) & 0xff;
        TraceEventKind kind = (status >> 16) switch
        {
            0 => signal == SyscallTrap ? TraceEventKind.Call : TraceEventKind.Signal,
            PTRACE_EVENT_CLONE => TraceEventKind.NewThread,
            PTRACE_EVENT_EXEC => TraceEventKind.Exec,
            _ => TraceEventKind.Stop,
        };
        return new(tid, kind, signal, default);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, int* status, int options, void* usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int type, int id, void* information, int options, void* usage);
}
