using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// Starts a server that the calling thread traces from its first instruction on: ptrace(2), PTRACE_TRACEME. It stops at its exec, which
/// the thread waits for.
/// </summary>
// SAFETY: as above: the child touches only the plan and locals, and calls only imports without a GC transition. The stack is the caller's own.
internal static unsafe partial class ServerSpawn
{
    private const int PR_SET_PDEATHSIG = 1;

    // Tracing is known on x86-64 alone (Tracing.TracedStart.IsKnownHere).
    private const nint SYS_ptrace = 101;
    private const nint SYS_getppid = 110;
    private const nint SYS_prctl = 157;
    private static readonly nint Self = ThisProcess.Id;

    // The one thread that traces has a stack of its own for its children: the loop may start a server at the same moment.
    private static byte* s_tracedStackTop;

    /// <summary>The child's process id, or why none was made. Only ever called by one thread.</summary>
    public static SysResult StartTraced(ServerImage image, Fd socket)
    {
        if (s_tracedStackTop == null)
        {
            s_tracedStackTop = (byte*)NativeMemory.AlignedAlloc(StackSize, 4096) + StackSize;
        }

        ChildPlan* plan = image.Aim(socket, default);
        byte* mask = stackalloc byte[128];
        _ = pthread_sigmask(SIG_BLOCK, EverySignal, mask);
        int pid = clone(&RunTracedChild, s_tracedStackTop, CLONE_VM | CLONE_VFORK | Signal.CHLD, plan);
        Errno error = pid < 0 ? LastCall.Error() : Errno.None;
        _ = pthread_sigmask(SIG_SETMASK, mask, null);
        return pid < 0 ? SysResult.Fail(error) : SysResult.Success(pid);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int RunTracedChild(ChildPlan* plan)
    {
        _ = setsid();
        LaunchStage failed = Prepare(plan);
        if (failed == LaunchStage.None)
        {
            failed = LaunchStage.Trace;

            // Until the tracer has seized it nothing else would end it with the daemon. After the rights were given up: that clears this.
            _ = syscall(SYS_prctl, PR_SET_PDEATHSIG, Signal.KILL, 0);
            if (syscall(SYS_getppid, 0, 0, 0) == Self && syscall(SYS_ptrace, 0, 0, 0) == 0)
            {
                _ = execve(plan->Path, plan->Arguments, plan->Environment);
                failed = LaunchStage.Exec;
            }
        }

        plan->FailedErrno = *__errno_location();
        plan->FailedStage = failed;
        _exit(ExitStatusOfFailure);
        return 0;
    }
}
