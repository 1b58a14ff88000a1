using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux.Tracing;

/// <summary>
/// ptrace(2). All of it belongs to one thread: only the one that began to trace may ask anything, and what it traces dies with it
/// (<see cref="Options"/>). A tracee must be stopped for everything but <see cref="Seize"/> and <see cref="Interrupt"/>.
/// </summary>
// SAFETY: every pointer is to a local or to a struct pinned for the call, of the size that the kernel writes.
public static unsafe partial class Ptrace
{
    private const int PTRACE_POKEDATA = 5;
    private const int PTRACE_GETREGS = 12;
    private const int PTRACE_SETREGS = 13;
    private const int PTRACE_DETACH = 17;
    private const int PTRACE_SYSCALL = 24;
    private const int PTRACE_GETEVENTMSG = 0x4201;
    private const int PTRACE_SEIZE = 0x4206;
    private const int PTRACE_INTERRUPT = 0x4207;
    private const int PTRACE_GET_SYSCALL_INFO = 0x420e;
    private const nint PTRACE_O_TRACESYSGOOD = 1;
    private const nint PTRACE_O_TRACECLONE = 8;
    private const nint PTRACE_O_TRACEEXEC = 0x10;
    private const nint PTRACE_O_EXITKILL = 0x100000;
    private const nint SYS_ptrace = 101;

    /// <summary>New threads and images are told, calls are told apart from traps, and no tracee outlives its tracer.</summary>
    private const nint Options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

    /// <summary>Begins to trace a process that does not know of it.</summary>
    public static SysResult Seize(int pid) => LastCall.Result(syscall(SYS_ptrace, PTRACE_SEIZE, pid, 0, Options));

    /// <summary>Stops a thread; the stop is told by <see cref="TraceWait"/>.</summary>
    public static SysResult Interrupt(int tid) => LastCall.Result(syscall(SYS_ptrace, PTRACE_INTERRUPT, tid, 0, 0));

    /// <summary>Lets it run to its next stop at a system call; <paramref name="signal"/> is delivered to it first, if it is not 0.</summary>
    public static SysResult Resume(int tid, int signal = 0) => LastCall.Result(syscall(SYS_ptrace, PTRACE_SYSCALL, tid, 0, signal));

    /// <summary>Lets it go.</summary>
    public static SysResult Detach(int tid, int signal = 0) => LastCall.Result(syscall(SYS_ptrace, PTRACE_DETACH, tid, 0, signal));

    public static bool Read(int tid, out Registers registers)
    {
        fixed (Registers* to = &registers)
        {
            return syscall(SYS_ptrace, PTRACE_GETREGS, tid, 0, (nint)to) >= 0;
        }
    }

    public static bool Write(int tid, in Registers registers)
    {
        fixed (Registers* from = &registers)
        {
            return syscall(SYS_ptrace, PTRACE_SETREGS, tid, 0, (nint)from) >= 0;
        }
    }

    /// <summary>What call the tracee has stopped at.</summary>
    public static bool Read(int tid, out SyscallStop stop)
    {
        stop = default;
        fixed (SyscallStop* to = &stop)
        {
            return syscall(SYS_ptrace, PTRACE_GET_SYSCALL_INFO, tid, sizeof(SyscallStop), (nint)to) > 0;
        }
    }

    /// <summary>Writes bytes over any memory of it, also over what it may only read; up to seven bytes of zeros more.</summary>
    public static bool Poke(int tid, ulong address, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ulong word = 0;
            int length = Math.Min(bytes.Length, sizeof(ulong));
            bytes[..length].CopyTo(new Span<byte>(&word, sizeof(ulong)));
            if (syscall(SYS_ptrace, PTRACE_POKEDATA, tid, (nint)address, (nint)word) < 0)
            {
                return false;
            }

            address += sizeof(ulong);
            bytes = bytes[length..];
        }

        return true;
    }

    /// <summary>At <see cref="TraceEventKind.NewThread"/>: which.</summary>
    public static int NewThread(int tid)
    {
        ulong message = 0;
        return syscall(SYS_ptrace, PTRACE_GETEVENTMSG, tid, 0, (nint)(&message)) < 0 ? 0 : (int)message;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint request, nint pid, nint address, nint data);
}
