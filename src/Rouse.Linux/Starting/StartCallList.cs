using System.Runtime.InteropServices;

namespace Rouse.Linux.Starting;

/// <summary>Writes a child's steps one after the other, in the order in which each still has the rights that it needs.</summary>
// SAFETY: the memory has room for as many steps as <see cref="Count"/> says for the same server; constants are allocated once and never freed.
internal unsafe ref struct StartCallList(StartCall* first)
{
    private const int EPERM = 1;
    private const int EINVAL = 22;
    private const nint F_DUPFD_CLOEXEC = 1030;
    private const nint AT_FDCWD = -100;
    private const nint O_WRONLY_CLOEXEC = 0x80001;
    private const nint SIG_SETMASK = 2;
    private const nint PR_SET_PDEATHSIG = 1;
    private const int EAGAIN = 11;
    private const nint FUTEX_WAIT = 0;
    private const long TellWithinSeconds = 10;
    private const int FirstListener = 3; // SD_LISTEN_FDS_START.
    private const int MostOthers = 19;
    private const int SignalSetSize = 8;

    // struct sigaction with SIG_DFL, and the empty set of signals.
    private static readonly byte* Zeroes = (byte*)NativeMemory.AllocZeroed(64);
    private static readonly byte* Root = Text("/"u8);
    private static readonly long* TellTime = Seconds(TellWithinSeconds);
    private static readonly byte* NextLabelFile = Text("/proc/thread-self/attr/exec"u8);

    private StartCall* _next = first;

    /// <summary>At most so many steps lead to this server.</summary>
    public static int Count(ServerSpec spec) =>
        StartCode.HandledSignals.Length + MostOthers + (2 * spec.ListenerCount) + spec.ResourceLimits.Length + spec.DefaultSignals.Length;

    /// <summary>What runs in the daemon when a signal comes must not run in the child, in the daemon's memory. Every signal is blocked until later.</summary>
    public void ForgetHandlers()
    {
        foreach (int signal in StartCode.HandledSignals)
        {
            ResetSignal(signal);
        }
    }

    public void BeginSession() => Add(LaunchStage.None, KernelCall.Setsid, tolerated: StartCall.AnyError);

    /// <summary>The steps that put the connection on descriptors 0, 1 and 2.</summary>
    public StartCall* PlaceSocket()
    {
        StartCall* begin = _next;
        for (int fd = 0; fd <= 2; fd++)
        {
            // dup3(2) does not like what dup2(2) does: a descriptor that is in its place.
            Add(LaunchStage.Descriptors, KernelCall.Dup, -1, fd, tolerated: EINVAL);
        }

        return begin;
    }

    /// <summary>sd_listen_fds(3). The sockets first go where none of them can be in another one's place; those copies end with the exec.</summary>
    public StartCall* PlaceListeners(int count)
    {
        StartCall* begin = _next;
        for (int i = 0; i < count; i++)
        {
            Add(LaunchStage.Descriptors, KernelCall.Fcntl, -1, F_DUPFD_CLOEXEC, FirstListener + count);
            begin[i].StoreAt = &begin[count + i].A;
        }

        for (int i = 0; i < count; i++)
        {
            Add(LaunchStage.Descriptors, KernelCall.Dup, -1, FirstListener + i);
        }

        return begin;
    }

    /// <summary>Waits until the daemon, which knows it first, has written the child's number; not for ever, as it may have been killed.</summary>
    public StartCall* LearnPid(int* isTold)
    {
        Add(LaunchStage.Descriptors, KernelCall.Futex, (nint)isTold, FUTEX_WAIT, 0, (nint)TellTime, tolerated: EAGAIN);
        return _next - 1;
    }

    /// <summary>
    /// Lets go of what is not the server's. It would be closed by the exec too, except what the C library's resolver may be opening on another
    /// thread; but the daemon is to be free to close a connection or to take a port anew as soon as the child has had its first turn. A kernel
    /// before 5.9 does not know the call.
    /// </summary>
    public void CloseOthers(int listeners) =>
        Add(LaunchStage.None, KernelCall.CloseRange, FirstListener + listeners, int.MaxValue, 0, tolerated: StartCall.AnyError);

    /// <summary>setexeccon(3).</summary>
    public StartCall* SetLabel(byte* label)
    {
        StartCall* open = _next;
        Add(LaunchStage.Label, KernelCall.Openat, AT_FDCWD, (nint)NextLabelFile, O_WRONLY_CLOEXEC);
        open->StoreAt = &_next->A;
        Add(LaunchStage.Label, KernelCall.Write, -1, (nint)label);
        return _next - 1;
    }

    public StartCall* SetPriority()
    {
        Add(LaunchStage.Priority, KernelCall.Setpriority);
        return _next - 1;
    }

    // Credentials are set by the kernel's calls: the C library's would signal the other threads of the daemon to follow.
    public void SetGroups(int count, uint* groups) => Add(LaunchStage.Groups, KernelCall.Setgroups, count, (nint)groups);

    public void SetGroup(uint gid) => Add(LaunchStage.Group, KernelCall.Setresgid, (nint)gid, (nint)gid, (nint)gid);

    public void SetUser(uint uid) => Add(LaunchStage.User, KernelCall.Setresuid, (nint)uid, (nint)uid, (nint)uid);

    // What is above the hard limit leaves the lower one as it is, as the original does (EPERM).
    public void SetLimit(LimitPlan* limit) => Add(LaunchStage.ResourceLimit, KernelCall.Setrlimit, limit->Resource, (nint)limit, tolerated: EPERM);

    public void SetUmask(int mask) => Add(LaunchStage.None, KernelCall.Umask, mask);

    public void ChangeToRoot() => Add(LaunchStage.Directory, KernelCall.Chdir, (nint)Root);

    public void SetSignals(System.ReadOnlySpan<int> toDefault)
    {
        foreach (int signal in toDefault)
        {
            ResetSignal(signal);
        }

        Add(LaunchStage.None, KernelCall.SignalMask, SIG_SETMASK, (nint)Zeroes, 0, SignalSetSize, StartCall.AnyError);
    }

    /// <summary>Lets itself be traced by its parent. Until that has seized it nothing else would end it with the daemon; after the rights
    /// were given up, which clears that.</summary>
    public void LetTrace()
    {
        Add(LaunchStage.Trace, KernelCall.Prctl, PR_SET_PDEATHSIG, Signal.KILL);
        Add(LaunchStage.Trace, KernelCall.Getppid);
        (_next - 1)->Expected = ThisProcess.Id;
        Add(LaunchStage.Trace, KernelCall.Ptrace);
    }

    public void Execute(byte* path, byte** arguments, byte** environment) =>
        Add(LaunchStage.Exec, KernelCall.Execve, (nint)path, (nint)arguments, (nint)environment);

    private void ResetSignal(int signal) =>
        Add(LaunchStage.None, KernelCall.SignalAction, signal, (nint)Zeroes, 0, SignalSetSize, StartCall.AnyError);

    private void Add(LaunchStage stage, nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, int tolerated = 0)
    {
        *_next = new StartCall
        {
            Number = number,
            A = a,
            B = b,
            C = c,
            D = d,
            Expected = StartCall.AnyResult,
            Stage = stage,
            Tolerated = tolerated,
        };
        _next++;
    }

    // struct timespec
    private static long* Seconds(long seconds)
    {
        long* time = (long*)NativeMemory.AllocZeroed(2 * sizeof(long));
        *time = seconds;
        return time;
    }

    private static byte* Text(System.ReadOnlySpan<byte> text)
    {
        byte* path = (byte*)NativeMemory.AllocZeroed((nuint)text.Length + 1);
        text.CopyTo(new System.Span<byte>(path, text.Length));
        return path;
    }
}
