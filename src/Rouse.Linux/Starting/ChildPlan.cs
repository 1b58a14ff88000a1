using System.Runtime.InteropServices;

namespace Rouse.Linux.Starting;

/// <summary>What a child does and where it reports, all in plain memory that it shares with the daemon.</summary>
// SAFETY: lies at the beginning of the one block of memory that it points into.
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ChildPlan
{
    /// <summary>How the child is made.</summary>
    public CloneArguments Clone;

    /// <summary>Its steps, in their order.</summary>
    public StartCall* Calls;

    /// <summary>Not 0 from before the child's birth until the kernel has seen it exec or exit (set_tid_address(2), clear_child_tid).</summary>
    public int OnItsWay;

    /// <summary>Where it ended, if it did not become the server.</summary>
    public LaunchStage FailedStage;
    public int FailedErrno;

    /// <summary>The child's number, written by the daemon.</summary>
    public int Pid;

    /// <summary>So long the daemon waits at most until the child has become the server; 0: not at all.</summary>
    public int WaitMs;

    /// <summary>0 until the child's number stands in digits at <see cref="PidDigits"/>.</summary>
    public int PidIsTold;

    /// <summary>Where it is to stand, and the step in which the child waits for that; null where it need not be told.</summary>
    public byte* PidDigits;
    public StartCall* LearnPid;

    /// <summary>Where descriptors 1 and 2 lead in place of the socket; −1: they do not.</summary>
    public int Output;
    public int Nice;

    // Steps that differ from one start to the next; null where there is none.
    public StartCall* PlaceSocket;
    public StartCall* MoveListeners;
    public StartCall* WriteLabel;
    public StartCall* SetPriority;

    public byte* Label;

    /// <summary>Where the words about the connection begin in the environment.</summary>
    public byte** ConnectionSlots;
    public byte* Connection;

    /// <summary>Behind those that the next server is told.</summary>
    public byte** RemoteHostSlot;
    public byte* RemoteHost;
}

/// <summary>struct clone_args of clone3(2), as its first version has it.</summary>
// SAFETY: part of a plan; its one pointer leads into the same plan.
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CloneArguments
{
    public ulong Flags;
    public ulong PidDescriptor;
    public int* ChildTid;
    public ulong ParentTid;
    public ulong ExitSignal;
    public ulong Stack;
    public ulong StackSize;
    public ulong Tls;
}
