using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>sched(7): where a thread may run, and whether only when nothing else wants to. Thread 0 is the calling one.</summary>
// SAFETY: masks are arrays pinned for the call, which gets their own size; the parameter is a local.
public static unsafe partial class Scheduling
{
    private const int SCHED_OTHER = 0;
    private const int SCHED_IDLE = 5;
    private const int MaskBytes = 1024; // 8192 processors

    /// <summary>The processors that a thread may run on, as a mask for <see cref="SetProcessors"/>.</summary>
    public static byte[] Processors(int tid)
    {
        byte[] mask = new byte[MaskBytes];
        fixed (byte* to = mask)
        {
            _ = sched_getaffinity(tid, MaskBytes, to);
        }

        return mask;
    }

    public static SysResult SetProcessors(int tid, byte[] mask)
    {
        fixed (byte* from = mask)
        {
            return LastCall.Result(sched_setaffinity(tid, (nuint)mask.Length, from));
        }
    }

    /// <summary>The mask of the one processor that the calling thread is on.</summary>
    public static byte[] ThisProcessor()
    {
        byte[] mask = new byte[MaskBytes];
        int number = Math.Clamp(sched_getcpu(), 0, (MaskBytes * 8) - 1);
        mask[number / 8] = (byte)(1 << (number % 8));
        return mask;
    }

    /// <summary>SCHED_IDLE, or SCHED_OTHER again.</summary>
    public static SysResult SetIdle(int tid, bool idle)
    {
        int priority = 0;
        return LastCall.Result(sched_setscheduler(tid, idle ? SCHED_IDLE : SCHED_OTHER, &priority));
    }

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int tid, nuint size, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int tid, nuint size, byte* mask);

    [LibraryImport("libc")]
    private static partial int sched_getcpu();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setscheduler(int tid, int policy, int* priority);
}
