using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// Starts servers: clone(2) with CLONE_VM and CLONE_VFORK, so that nothing is copied however large the daemon is. The child runs
/// <see cref="RunChild"/> on a stack of its own while the calling thread stands still, sets what <see cref="ServerSpec"/> asks for, and
/// ends in execve(2) or _exit(2). Where that would hold up the daemon, the child gets a copy (<see cref="SpawnPace"/>).
/// </summary>
// SAFETY: the child shares the address space and this thread's runtime state. So it runs with every signal blocked, touches only the plan
// and locals, allocates nothing, and calls only imports without a GC transition (for correctness, not for speed: a transition could wait
// for a collection that waits for us). Credentials are set with raw system calls: glibc's own would signal the parent's other threads.
internal static unsafe partial class ServerSpawn
{
    private const int CLONE_VM = 0x100;
    private const int CLONE_VFORK = 0x4000;
    private const uint CLOSE_RANGE_CLOEXEC = 4;
    private const int SIG_SETMASK = 2;
    private const int SIG_BLOCK = 0;
    private const int PRIO_PROCESS = 0;
    private const int EPERM = 1;
    private const int AT_FDCWD = -100;
    private const int O_WRONLY = 1;
    private const int O_CLOEXEC = 0x80000;
    private const int F_DUPFD_CLOEXEC = 1030;
    private const int FirstListener = 3; // SD_LISTEN_FDS_START.
    private const int StackSize = 64 * 1024;
    private const int SigactionSize = 152;

    /// <summary>Of a child that could not become the server.</summary>
    public const int ExitStatusOfFailure = 127;

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly nint SYS_setgroups = Arm ? 159 : 116;
    private static readonly nint SYS_setresuid = Arm ? 147 : 117;
    private static readonly nint SYS_setresgid = Arm ? 149 : 119;
    private static readonly nint SYS_openat = Arm ? 56 : 257;
    private static readonly nint SYS_write = Arm ? 64 : 1;
    private static readonly nint SYS_close = Arm ? 57 : 3;
    private static readonly nint SYS_fcntl = Arm ? 25 : 72;
    private static readonly nint SYS_getpid = Arm ? 172 : 39;

    private static readonly double MicrosecondsPerTick = 1e6 / Stopwatch.Frequency;

    private static SpawnPace _pace;

    private static readonly byte* StackTop = (byte*)NativeMemory.AlignedAlloc(StackSize, 4096) + StackSize;
    private static readonly byte* EverySignal = FullSet();
    private static readonly byte* NoSignal = (byte*)NativeMemory.AllocZeroed(128);
    private static readonly byte* DefaultAction = (byte*)NativeMemory.AllocZeroed(SigactionSize);

    /// <summary>The child's process id, or why none was made.</summary>
    public static SysResult Start(ServerImage image, Fd socket, System.ReadOnlySpan<byte> remoteHost) =>
        Start(image, socket, remoteHost, _pace.Copies && OtherThreads.AreNone);

    /// <param name="copies">Whether in a copy of this process's memory, if it can report how it went.</param>
    internal static SysResult Start(ServerImage image, Fd socket, System.ReadOnlySpan<byte> remoteHost, bool copies)
    {
        ChildPlan* plan = image.Aim(socket, remoteHost);
        plan->Report = copies ? LaunchFailures.Report : -1;
        byte* mask = stackalloc byte[128];
        _ = pthread_sigmask(SIG_BLOCK, EverySignal, mask);
        int pid = -1;
        if (plan->Report >= 0)
        {
            pid = clone(&RunChild, StackTop, Signal.CHLD, plan);
            _pace.Copied();
        }

        if (pid < 0)
        {
            // Also where there was no memory for a copy.
            plan->Report = -1;
            long began = Stopwatch.GetTimestamp();
            pid = clone(&RunChild, StackTop, CLONE_VM | CLONE_VFORK | Signal.CHLD, plan);
            _pace.Waited((Stopwatch.GetTimestamp() - began) * MicrosecondsPerTick);
        }

        Errno error = pid < 0 ? LastCall.Error() : Errno.None;
        _ = pthread_sigmask(SIG_SETMASK, mask, null);
        return pid < 0 ? SysResult.Fail(error) : SysResult.Success(pid);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int RunChild(ChildPlan* plan)
    {
        _ = setsid();
        LaunchStage failed = Prepare(plan);
        if (failed == LaunchStage.None)
        {
            _ = execve(plan->Path, plan->Arguments, plan->Environment);
            failed = LaunchStage.Exec;
        }

        plan->FailedErrno = *__errno_location();
        plan->FailedStage = failed;
        if (plan->Report >= 0)
        {
            Report(plan);
        }

        _exit(ExitStatusOfFailure);
        return 0;
    }

    private static void Report(ChildPlan* plan)
    {
        LaunchFailures.Record record = new()
        {
            Pid = (int)syscall(SYS_getpid, 0, 0, 0),
            Stage = (int)plan->FailedStage,
            Errno = plan->FailedErrno,
        };
        _ = syscall(SYS_write, plan->Report, (nint)(&record), sizeof(LaunchFailures.Record));
    }

    // In the order in which each step still has the rights that it needs.
    private static LaunchStage Prepare(ChildPlan* plan)
    {
        // All of the daemon's own are close-on-exec; but another thread may be within the C library's resolver, whose plug-ins open what they like.
        _ = close_range(3, uint.MaxValue, CLOSE_RANGE_CLOEXEC);
        for (int fd = 0; fd <= 2; fd++)
        {
            if (dup2(fd > 0 && plan->Output >= 0 ? plan->Output : plan->Socket, fd) < 0)
            {
                return LaunchStage.Descriptors;
            }
        }

        if (plan->ListenerCount > 0 && !PassListeners(plan))
        {
            return LaunchStage.Descriptors;
        }

        if (plan->Label != null && !SetLabel(plan))
        {
            return LaunchStage.Label;
        }

        if (plan->Nice != 0 && ApplyNice(plan->Nice) < 0)
        {
            return LaunchStage.Priority;
        }

        if (plan->GroupCount >= 0 && syscall(SYS_setgroups, plan->GroupCount, (nint)plan->Groups, 0) < 0)
        {
            return LaunchStage.Groups;
        }

        if (plan->Gid != uint.MaxValue && syscall(SYS_setresgid, (nint)plan->Gid, (nint)plan->Gid, (nint)plan->Gid) < 0)
        {
            return LaunchStage.Group;
        }

        for (int i = 0; i < plan->LimitCount; i++)
        {
            // What is above the hard limit leaves the lower one as it is, as the original does (EPERM).
            if (setrlimit(plan->Limits[i].Resource, &plan->Limits[i]) < 0 && *__errno_location() != EPERM)
            {
                return LaunchStage.ResourceLimit;
            }
        }

        if (plan->Uid != uint.MaxValue && syscall(SYS_setresuid, (nint)plan->Uid, (nint)plan->Uid, (nint)plan->Uid) < 0)
        {
            return LaunchStage.User;
        }

        if (plan->Umask >= 0)
        {
            _ = umask((uint)plan->Umask);
        }

        if (chdir(Root) < 0)
        {
            return LaunchStage.Directory;
        }

        for (int i = 0; i < plan->DefaultSignalCount; i++)
        {
            _ = sigaction(plan->DefaultSignals[i], DefaultAction, null);
        }

        _ = child_sigmask(SIG_SETMASK, NoSignal, null);
        return LaunchStage.None;
    }

    // sd_listen_fds(3). The sockets first go where none of them can be in another one's place; those copies end with the exec.
    private static bool PassListeners(ChildPlan* plan)
    {
        for (int i = 0; i < plan->ListenerCount; i++)
        {
            nint moved = syscall(SYS_fcntl, plan->Listeners[i], F_DUPFD_CLOEXEC, FirstListener + plan->ListenerCount);
            if (moved < 0)
            {
                return false;
            }

            // The memory is the parent's too, which sets it anew before each start.
            plan->Listeners[i] = (int)moved;
        }

        for (int i = 0; i < plan->ListenerCount; i++)
        {
            if (dup2(plan->Listeners[i], FirstListener + i) < 0)
            {
                return false;
            }
        }

        WriteNumber(plan->ListenPid, syscall(SYS_getpid, 0, 0, 0));
        return true;
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

    // setexeccon(3). A plan without a label at this point is one that nobody asked the policy for: it must not start.
    private static bool SetLabel(ChildPlan* plan)
    {
        nint fd = syscall(SYS_openat, AT_FDCWD, (nint)NextLabelFile, O_WRONLY | O_CLOEXEC);
        if (fd < 0)
        {
            return false;
        }

        bool done = plan->LabelLength > 0 && syscall(SYS_write, fd, (nint)plan->Label, plan->LabelLength) == plan->LabelLength;
        int error = *__errno_location();
        plan->LabelLength = 0;
        _ = syscall(SYS_close, fd, 0, 0);
        *__errno_location() = error;
        return done;
    }

    // nice(2): relative to the daemon's own value; getpriority's -1 is a value, not an error, where errno stays 0.
    private static int ApplyNice(int by)
    {
        *__errno_location() = 0;
        int now = getpriority(PRIO_PROCESS, 0);
        return *__errno_location() != 0 ? -1 : setpriority(PRIO_PROCESS, 0, now + by);
    }

    private static readonly byte* Root = PathOf("/"u8);
    private static readonly byte* NextLabelFile = PathOf("/proc/thread-self/attr/exec"u8);

    private static byte* PathOf(System.ReadOnlySpan<byte> text)
    {
        byte* path = (byte*)NativeMemory.AllocZeroed((nuint)text.Length + 1);
        text.CopyTo(new System.Span<byte>(path, text.Length));
        return path;
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

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, byte* set, byte* old);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    [SuppressGCTransition]
    private static partial int child_sigmask(int how, byte* set, byte* old);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int setsid();

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int close_range(uint first, uint last, uint flags);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial nint syscall(nint number, nint a, nint b, nint c);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int setrlimit(int resource, LimitPlan* limit);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int getpriority(int which, int who);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int setpriority(int which, int who, int value);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial uint umask(uint mask);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int chdir(byte* path);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int sigaction(int signal, byte* action, byte* old);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int* __errno_location();

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial void _exit(int status);
}
