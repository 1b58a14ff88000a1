using System.Runtime.InteropServices;

namespace Rouse.Linux.Tracing;

/// <summary>struct ptrace_syscall_info: a system call that is about to begin, or that has ended.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SyscallStop
{
    private const byte EntryStop = 1;
    private const byte ExitStop = 2;
    private const uint AUDIT_ARCH_X86_64 = 0xC000003E;

    private readonly byte _op;
    private readonly byte _pad0;
    private readonly byte _pad1;
    private readonly byte _pad2;
    private readonly uint _architecture;
    private readonly ulong _instruction;
    private readonly ulong _stack;

    // At an entry stop the call's number and arguments; at an exit stop only the first, which then is what the call returned.
    private readonly ulong _first;

    /// <summary>A call as an entry stop would tell it.</summary>
    public SyscallStop(Syscall number, ulong a0 = 0, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 = 0)
    {
        _op = EntryStop;
        _architecture = AUDIT_ARCH_X86_64;
        _first = (ulong)number;
        (A0, A1, A2, A3, A4, A5) = (a0, a1, a2, a3, a4, a5);
    }

    public ulong A0 { get; }

    public ulong A1 { get; }

    public ulong A2 { get; }

    public ulong A3 { get; }

    public ulong A4 { get; }

    public ulong A5 { get; }

    public readonly bool IsEntry => _op == EntryStop;

    public readonly bool IsExit => _op == ExitStop;

    /// <summary>A 64-bit call: the numbers of other architectures mean other calls.</summary>
    public readonly bool IsNative => _architecture == AUDIT_ARCH_X86_64;

    public readonly Syscall Number => (Syscall)_first;

    /// <summary>At an exit stop: a value, or −errno.</summary>
    public readonly long Result => (long)_first;
}
