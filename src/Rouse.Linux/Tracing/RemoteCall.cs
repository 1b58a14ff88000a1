namespace Rouse.Linux.Tracing;

/// <summary>
/// Has a stopped thread run a system call of our choice, with the one instruction <c>syscall</c> that it has stopped at. What it was about
/// to call is not lost: <see cref="Rewind"/> has it call that again.
/// </summary>
public sealed class RemoteCall(int tid)
{
    /// <summary>What a call returns here when the thread is gone.</summary>
    public const long Gone = long.MinValue;

    /// <summary>Signals (bit n − 1) that came meanwhile. They are kept from the thread until somebody sends them again.</summary>
    public ulong HeldSignals { get; private set; }

    /// <summary>
    /// From the stop at the beginning of a call: this call instead. The thread then stands at the end of it.
    /// </summary>
    /// <param name="now">Its registers at this stop.</param>
    public long Instead(in Registers now, Syscall number, ulong a0 = 0, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 = 0)
    {
        Registers changed = With(now, a0, a1, a2, a3, a4, a5);
        changed.OriginalRax = (ulong)number;
        return Ptrace.Write(tid, changed) && NextStop() ? Result() : Gone;
    }

    /// <summary>From the stop at the end of a call: another one. The thread then stands at the end of that.</summary>
    /// <param name="now">Its registers at the stop where this began.</param>
    public long Then(in Registers now, Syscall number, ulong a0 = 0, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 = 0)
    {
        Registers changed = Again(With(now, a0, a1, a2, a3, a4, a5), (ulong)number);
        return Ptrace.Write(tid, changed) && NextStop() && NextStop() ? Result() : Gone;
    }

    /// <summary>From the stop at the end of a call: back to the beginning of the one that the thread had stopped at first.</summary>
    public bool Rewind(in Registers now) => Ptrace.Write(tid, Again(now, now.OriginalRax)) && NextStop();

    /// <summary>The same registers with the instruction <c>syscall</c> before them.</summary>
    internal static Registers Again(in Registers now, ulong number)
    {
        Registers changed = now;
        changed.Rip = now.Rip - Registers.SyscallInstruction;
        changed.Rax = number;
        changed.OriginalRax = Registers.NoCall;
        return changed;
    }

    private static Registers With(in Registers now, ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5)
    {
        Registers changed = now;
        changed.Rdi = a0;
        changed.Rsi = a1;
        changed.Rdx = a2;
        changed.R10 = a3;
        changed.R8 = a4;
        changed.R9 = a5;
        return changed;
    }

    private long Result() => Ptrace.Read(tid, out Registers after) ? (long)after.Rax : Gone;

    private bool NextStop()
    {
        while (Ptrace.Resume(tid).Ok && TraceWait.Of(tid, out TraceEvent report) && report.Kind != TraceEventKind.Ended)
        {
            if (report.Kind == TraceEventKind.Call)
            {
                return true;
            }

            if (report.Kind == TraceEventKind.Signal)
            {
                HeldSignals |= 1UL << (report.Signal - 1);
            }
        }

        return false;
    }
}
