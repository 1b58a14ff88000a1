using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Rouse.Linux.Starting;

namespace Rouse.Linux;

/// <summary>
/// Starts servers: a child that shares the daemon's memory, so that nothing is copied however large the daemon is, goes through the steps of
/// its <see cref="ChildPlan"/> and ends in execve(2) or _exit(2). The daemon goes on meanwhile (<see cref="StartCode"/>), or waits a moment
/// where the plan says so. Where that code is not to be had, the child is <see cref="RunChild"/>, and the daemon stands still: as long as the
/// child does, which whoever runs programs as the server's user can stop when it has become his.
/// </summary>
// SAFETY: the child shares the address space, and RunChild also its parent's runtime state, while that stands still. So it runs with every signal
// blocked, touches only the plan and locals, allocates nothing, and calls only imports without a GC transition (for correctness, not for speed: a
// transition could wait for a collection that waits for us).
internal static unsafe partial class ServerSpawn
{
    private const int CLONE_VM = 0x100;
    private const int CLONE_VFORK = 0x4000;
    private const int CLONE_CHILD_CLEARTID = 0x200000;
    internal const ulong CLONE_CLEAR_SIGHAND = 0x100000000;
    private const int SIG_SETMASK = 2;
    private const int SIG_BLOCK = 0;
    private const int PRIO_PROCESS = 0;
    private const int FUTEX_WAIT = 0;
    private const int FUTEX_WAKE = 1;
    private const int StackSize = 64 * 1024;

    /// <summary>Of a child that could not become the server.</summary>
    public const int ExitStatusOfFailure = 127;

    private static nint s_spareStack;

    private static readonly byte* EverySignal = FullSet();

    /// <summary>The child's process id, or why none was made.</summary>
    public static SysResult Start(ServerImage image, Fd socket, System.ReadOnlySpan<byte> remoteHost)
    {
        ChildPlan* plan = image.Aim(socket, remoteHost);
        if (plan->Nice != 0)
        {
            // nice(2): relative to the daemon's own value, which the kernel tells as 20 less it.
            plan->SetPriority->C = 20 - syscall(KernelCall.Getpriority, PRIO_PROCESS, 0, 0, 0) + plan->Nice;
        }

        double waitedMs = -1;
        SysResult result = Run(plan, ref waitedMs);
        image.Started(result, waitedMs);
        return result;
    }

    private static SysResult Run(ChildPlan* plan, ref double waitedMs)
    {
        plan->PidIsTold = 0;
        if (StartCode.Way == StartWay.StandStill)
        {
            return RunSuspended(plan);
        }

        plan->Clone.ChildTid = &plan->OnItsWay;
        Volatile.Write(ref plan->OnItsWay, 1);
        nint pid = StartCode.Way == StartWay.Clone3 ? RunClone3(plan) : RunClone(plan);
        if (pid > 0)
        {
            if (plan->LearnPid != null)
            {
                WriteNumber(plan->PidDigits, pid);
                Volatile.Write(ref plan->PidIsTold, 1);
                _ = futex(KernelCall.Futex, &plan->PidIsTold, FUTEX_WAKE, 1, null);
            }

            if (plan->WaitMs > 0)
            {
                waitedMs = Wait(&plan->OnItsWay, plan->WaitMs);
            }

            return SysResult.Success((int)pid);
        }

        Volatile.Write(ref plan->OnItsWay, 0);
        Errno error = (Errno)(-pid);
        if (error is not (Errno.ENOSYS or Errno.EINVAL or Errno.EPERM))
        {
            return SysResult.Fail(error);
        }

        // A kernel before 5.5.
        StartCode.GiveUp();
        return RunSuspended(plan);
    }

    private static nint RunClone3(ChildPlan* plan)
    {
        plan->Clone.Flags = CLONE_VM | CLONE_CHILD_CLEARTID | CLONE_CLEAR_SIGHAND;
        plan->Clone.ExitSignal = Signal.CHLD;
        return StartCode.Run(plan);
    }

    // The child has the daemon's handlers until its first steps have reset them, and nothing may reach it before.
    private static nint RunClone(ChildPlan* plan)
    {
        byte* mask = stackalloc byte[128];
        plan->Clone.Flags = CLONE_VM | CLONE_CHILD_CLEARTID | Signal.CHLD;
        _ = pthread_sigmask(SIG_BLOCK, EverySignal, mask);
        nint pid = StartCode.Run(plan);
        _ = pthread_sigmask(SIG_SETMASK, mask, null);
        return pid;
    }

    // Not by CLONE_VFORK, which waits for ever: whoever runs programs as the server's user can stop the child when it has become his.
    private static double Wait(int* word, int mostMs)
    {
        long began = Stopwatch.GetTimestamp();
        double elapsedMs = 0;
        while (Volatile.Read(ref *word) != 0 && elapsedMs < mostMs)
        {
            Timespec rest = new() { Seconds = 0, Nanoseconds = (nint)((mostMs - elapsedMs) * 1e6) };
            rest.Seconds = rest.Nanoseconds / 1_000_000_000;
            rest.Nanoseconds %= 1_000_000_000;
            _ = futex(KernelCall.Futex, word, FUTEX_WAIT, 1, &rest);
            elapsedMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return elapsedMs;
    }

    private static SysResult RunSuspended(ChildPlan* plan)
    {
        byte* stack = TakeStack();
        byte* mask = stackalloc byte[128];
        _ = pthread_sigmask(SIG_BLOCK, EverySignal, mask);
        int pid = clone(&RunChild, stack + StackSize, CLONE_VM | CLONE_VFORK | Signal.CHLD, plan);
        Errno error = pid < 0 ? LastCall.Error() : Errno.None;
        _ = pthread_sigmask(SIG_SETMASK, mask, null);
        ReturnStack(stack);
        return pid < 0 ? SysResult.Fail(error) : SysResult.Success(pid);
    }

    // The loop and the thread that starts servers beforehand may need one at the same moment.
    private static byte* TakeStack()
    {
        byte* spare = (byte*)Interlocked.Exchange(ref s_spareStack, 0);
        return spare != null ? spare : (byte*)NativeMemory.AlignedAlloc(StackSize, 4096);
    }

    private static void ReturnStack(byte* stack) => NativeMemory.AlignedFree((void*)Interlocked.Exchange(ref s_spareStack, (nint)stack));

    // As StartCode does it.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int RunChild(ChildPlan* plan)
    {
        for (StartCall* call = plan->Calls; ; call++)
        {
            if (call == plan->LearnPid)
            {
                // Its parent stands still.
                WriteNumber(plan->PidDigits, syscall(KernelCall.Getpid, 0, 0, 0, 0));
                continue;
            }

            nint result = syscall(call->Number, call->A, call->B, call->C, call->D);
            int error = result == -1 ? *__errno_location() : 0;
            if (error == 0 && call->StoreAt != null)
            {
                *call->StoreAt = result;
            }

            bool isGood = error == 0
                ? call->Expected == StartCall.AnyResult || call->Expected == result
                : call->Tolerated == StartCall.AnyError || call->Tolerated == error;
            if (!isGood)
            {
                plan->FailedErrno = error;
                plan->FailedStage = call->Stage;
                _exit(ExitStatusOfFailure);
            }
        }
    }

    private static void WriteNumber(byte* to, nint number)
    {
        int digits = 1;
        for (nint rest = number / 10; rest > 0; rest /= 10)
        {
            digits++;
        }

        to[digits] = 0;
        for (; digits > 0; number /= 10)
        {
            to[--digits] = (byte)('0' + (number % 10));
        }
    }

    private static byte* FullSet()
    {
        byte* set = (byte*)NativeMemory.AllocZeroed(128);
        _ = sigfillset(set);
        return set;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clone(delegate* unmanaged[Cdecl]<ChildPlan*, int> function, byte* stack, int flags, ChildPlan* argument);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* set);

    // With a transition: a collection need not wait for this wait.
    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint futex(nint number, int* word, int operation, int value, Timespec* timeout);

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, byte* set, byte* old);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int* __errno_location();

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial void _exit(int status);

    // struct timespec
    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
