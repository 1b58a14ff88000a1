using System.Collections.Generic;

namespace Rouse.Linux.Tracing;

/// <summary>The two pages that <see cref="ParkingStub"/> needs in a process: put there when its program has just begun.</summary>
public static class StubPages
{
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int PROT_EXEC = 4;
    private const int MAP_PRIVATE = 2;
    private const int MAP_ANONYMOUS = 0x20;
    private const int MADV_DONTFORK = 10;
    private const int PR_SET_PDEATHSIG = 1;
    private const int PR_GET_DUMPABLE = 3;

    /// <summary>
    /// From the stop at the beginning of a program's first call, and back to it. Where writable and executable memory is never mapped both
    /// ways (MemoryDenyWriteExecute) this works too: the right to run is taken away from a page, not given.
    /// </summary>
    /// <returns>The address of the code, or why there can be none; ESRCH where the process ended meanwhile.</returns>
    public static SysResult<ulong> Map(int tid, RemoteCall call)
    {
        if (!Ptrace.Read(tid, out Registers now))
        {
            return new(0, Errno.ESRCH);
        }

        long mapped = call.Instead(
            now, Syscall.mmap, 0, 2 * StubData.PageSize, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, ulong.MaxValue, 0);
        if (mapped is < 0 and > -4096 or RemoteCall.Gone)
        {
            return new(0, mapped == RemoteCall.Gone ? Errno.ESRCH : (Errno)(-mapped));
        }

        ulong code = (ulong)mapped;
        long writable = call.Then(now, Syscall.mprotect, code + StubData.PageSize, StubData.PageSize, PROT_READ | PROT_WRITE);
        if (writable != 0)
        {
            return new(0, writable == RemoteCall.Gone ? Errno.ESRCH : Errno.EACCES);
        }

        // A kernel without this call does without it: a copy then has a page more than it needs.
        if (call.Then(now, Syscall.madvise, code + StubData.PageSize, StubData.PageSize, MADV_DONTFORK) == RemoteCall.Gone)
        {
            return new(0, Errno.ESRCH);
        }

        // It is the tracer now that ends it with the daemon, and later the end of its connection to it.
        bool done = call.Then(now, Syscall.prctl, PR_SET_PDEATHSIG) == 0 && Ptrace.Poke(tid, code, ParkingStub.Code) && call.Rewind(now);
        return new(done ? code : 0, done ? Errno.None : Errno.ESRCH);
    }

    /// <summary>
    /// From the stop at the beginning of the call that is to wait: sends the thread into the code and lets go of it.
    /// </summary>
    /// <param name="now">Its registers at the stop.</param>
    /// <param name="descriptors">See <see cref="StubFacts.Descriptors"/>.</param>
    public static bool Park(int tid, RemoteCall call, in Registers now, ulong code, IReadOnlyList<uint> descriptors, in CloneDetails clone)
    {
        if (descriptors.Count is 0 or > StubFacts.MostDescriptors)
        {
            return false;
        }

        long dumpable = call.Instead(now, Syscall.prctl, PR_GET_DUMPABLE);
        byte[] facts = StubFacts.Write(now, descriptors, clone, hides: dumpable == 1);
        ulong page = code + StubData.PageSize;
        if (dumpable == RemoteCall.Gone || !Ptrace.Poke(tid, page - (ulong)facts.Length, facts)
            || !RemoteMemory.Write(tid, page, StubData.Write(page)))
        {
            return false;
        }

        Registers parked = now;
        parked.Rip = code;
        parked.OriginalRax = Registers.NoCall;
        return Ptrace.Write(tid, parked) && Ptrace.Detach(tid, FirstOf(call.HeldSignals)).Ok;
    }

    /// <summary>The lowest signal of a set, or 0.</summary>
    public static int FirstOf(ulong signals) => signals == 0 ? 0 : System.Numerics.BitOperations.TrailingZeroCount(signals) + 1;
}
