using System.Runtime.InteropServices;

namespace Rouse.Linux.Tracing;

/// <summary>struct user_regs_struct of x86-64, as PTRACE_GETREGS has it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Registers
{
    /// <summary>The two bytes of the instruction <c>syscall</c>: so far the instruction pointer has to go back to run it again.</summary>
    public const ulong SyscallInstruction = 2;

    /// <summary>The value of <see cref="OriginalRax"/> that tells the kernel that no call is to be restarted.</summary>
    public const ulong NoCall = ulong.MaxValue;

    public ulong R15;
    public ulong R14;
    public ulong R13;
    public ulong R12;
    public ulong Rbp;
    public ulong Rbx;
    public ulong R11;
    public ulong R10;
    public ulong R9;
    public ulong R8;
    public ulong Rax;
    public ulong Rcx;
    public ulong Rdx;
    public ulong Rsi;
    public ulong Rdi;
    public ulong OriginalRax;
    public ulong Rip;
    public ulong Cs;
    public ulong Flags;
    public ulong Rsp;
    public ulong Ss;
    public ulong FsBase;
    public ulong GsBase;
    public ulong Ds;
    public ulong Es;
    public ulong Fs;
    public ulong Gs;
}
