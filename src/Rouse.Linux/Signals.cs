using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Rouse.Linux;

/// <summary>signal(7) numbers (the same on x86-64 and arm64).</summary>
public static class Signal
{
    public const int HUP = 1;
    public const int INT = 2;
    public const int QUIT = 3;
    public const int ILL = 4;
    public const int TRAP = 5;
    public const int ABRT = 6;
    public const int BUS = 7;
    public const int FPE = 8;
    public const int KILL = 9;
    public const int USR1 = 10;
    public const int SEGV = 11;
    public const int USR2 = 12;
    public const int PIPE = 13;
    public const int ALRM = 14;
    public const int TERM = 15;
    public const int STKFLT = 16;
    public const int CHLD = 17;
    public const int CONT = 18;
    public const int TSTP = 20;
    public const int TTIN = 21;
    public const int TTOU = 22;
    public const int XCPU = 24;
    public const int XFSZ = 25;
    public const int VTALRM = 26;
    public const int PROF = 27;
    public const int WINCH = 28;
    public const int IO = 29;
    public const int PWR = 30;
    public const int SYS = 31;
}

/// <summary>
/// Signals come as readable events (signalfd(2)), never as handlers. That needs them blocked in every thread of the process; one thread
/// that does not block them would take them and die. The runtime has started its finalizer thread before Main runs, so that thread is
/// made to block them by a finalizer, which is the one piece of our code that runs on it.
/// </summary>
// SAFETY: signal sets are locals of the C library's size (128 bytes), struct sigaction of glibc's 152 bytes.
public static unsafe partial class Signals
{
    private const int SIG_BLOCK = 0;
    private const int SFD_CLOEXEC = 0x80000;
    private const int SFD_NONBLOCK = 0x800;
    private const int SigactionSize = 152;
    private const nint SIG_IGN = 1;

    // Not SIGSEGV and SIGFPE: the runtime makes exceptions of its own faults of them.
    private static readonly int[] Taken =
    [
        Signal.HUP, Signal.INT, Signal.QUIT, Signal.ABRT, Signal.USR1, Signal.USR2, Signal.PIPE, Signal.ALRM, Signal.TERM, Signal.CHLD,
        Signal.TSTP, Signal.TTIN, Signal.TTOU, Signal.IO, Signal.STKFLT, Signal.XCPU, Signal.XFSZ, Signal.VTALRM, Signal.PROF, Signal.PWR,
        Signal.SYS, Signal.ILL, Signal.TRAP, Signal.BUS,
    ];

    // What a program on a terminal wants to know besides: a new size, and that it runs again after a stop.
    private static readonly int[] OfTerminal = [Signal.WINCH, Signal.CONT];

    private static int _finalizerThreadBlocked;
    private static bool _withTerminal;

    /// <summary>Blocks what <see cref="OpenDescriptor"/> reads, in this thread, in the runtime's, and so in every thread made later.</summary>
    /// <param name="withTerminal">SIGWINCH and SIGCONT too.</param>
    public static void BlockInProcess(bool withTerminal = false)
    {
        _withTerminal = withTerminal;
        BlockInThread();
        while (Volatile.Read(ref _finalizerThreadBlocked) == 0)
        {
            MakeGarbage();
            GC.Collect(0);
            GC.WaitForPendingFinalizers();
        }

        DescriptorTable.EndProbe();
    }

    /// <summary>
    /// Signals that a program started by this process would inherit as ignored: those that our parent ignored (nohup(1)) and those that
    /// the runtime ignores (SIGPIPE). A server gets them back at their default.
    /// </summary>
    public static int[] InheritedAsIgnored()
    {
        byte* action = stackalloc byte[SigactionSize];
        Span<int> found = stackalloc int[65];
        int n = 0;
        for (int signal = 1; signal <= 64; signal++)
        {
            if (sigaction(signal, null, action) == 0 && *(nint*)action == SIG_IGN)
            {
                found[n++] = signal;
            }
        }

        return found[..n].ToArray();
    }

    /// <summary>
    /// SA_NOCLDSTOP of sigaction(2): SIGCHLD tells the end of children, and not each of the thousand stops of one that is traced.
    /// </summary>
    public static void QuietChildStops()
    {
        const int SA_NOCLDSTOP = 1;
        const int FlagsAt = 136; // glibc's struct sigaction: the handler (0, the default), a mask of 128 bytes, the flags.
        byte* action = stackalloc byte[SigactionSize];
        new Span<byte>(action, SigactionSize).Clear();
        *(int*)(action + FlagsAt) = SA_NOCLDSTOP;
        _ = sigaction(Signal.CHLD, action, null);
    }

    internal static SysResult OpenDescriptor()
    {
        byte* set = stackalloc byte[128];
        FillSet(set);
        return LastCall.Result(signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK));
    }

    internal static int Next(Fd signals)
    {
        byte* info = stackalloc byte[128];
        return read(signals.Value, info, 128) == 128 ? *(int*)info : 0;
    }

    /// <summary>pthread_sigmask(3) for this thread only.</summary>
    private static void BlockInThread()
    {
        byte* set = stackalloc byte[128];
        FillSet(set);
        _ = pthread_sigmask(SIG_BLOCK, set, null);
    }

    private static void FillSet(byte* set)
    {
        _ = sigemptyset(set);
        foreach (int signal in Taken)
        {
            _ = sigaddset(set, signal);
        }

        foreach (int signal in OfTerminal)
        {
            _ = _withTerminal ? sigaddset(set, signal) : 0;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeGarbage() => _ = new MaskOnFinalizerThread();

    private sealed class MaskOnFinalizerThread
    {
        ~MaskOnFinalizerThread()
        {
            BlockInThread();
            DescriptorTable.CloseCopies();
            Volatile.Write(ref _finalizerThreadBlocked, 1);
        }
    }

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* set);

    [LibraryImport("libc")]
    private static partial int sigaddset(byte* set, int signal);

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, byte* set, byte* old);

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, byte* action, byte* old);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int signalfd(int fd, byte* set, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nint count);
}
