using System.Runtime.InteropServices;

namespace Rouse.Linux.Starting;

/// <summary>The numbers of the system calls that a child makes on its way to its program: x86-64's and arm64's (syscalls(2)).</summary>
internal static class KernelCall
{
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static readonly nint Chdir = Arm ? 49 : 80;
    public static readonly nint CloseRange = 436;
    public static readonly nint Execve = Arm ? 221 : 59;

    /// <summary>dup3 on arm64, which has no dup2.</summary>
    public static readonly nint Dup = Arm ? 24 : 33;
    public static readonly nint Fcntl = Arm ? 25 : 72;
    public static readonly nint Futex = Arm ? 98 : 202;
    public static readonly nint Getpid = Arm ? 172 : 39;
    public static readonly nint Getppid = Arm ? 173 : 110;
    public static readonly nint Getpriority = Arm ? 141 : 140;
    public static readonly nint Openat = Arm ? 56 : 257;
    public static readonly nint Prctl = Arm ? 167 : 157;
    public static readonly nint Ptrace = Arm ? 117 : 101;
    public static readonly nint Setgroups = Arm ? 159 : 116;
    public static readonly nint Setpriority = Arm ? 140 : 141;
    public static readonly nint Setresgid = Arm ? 149 : 119;
    public static readonly nint Setresuid = Arm ? 147 : 117;
    public static readonly nint Setrlimit = Arm ? 164 : 160;
    public static readonly nint Setsid = Arm ? 157 : 112;
    public static readonly nint SignalAction = Arm ? 134 : 13;
    public static readonly nint SignalMask = Arm ? 135 : 14;
    public static readonly nint Umask = Arm ? 166 : 95;
    public static readonly nint Write = Arm ? 64 : 1;
}
