using System;
using System.Buffers.Binary;
using Rouse.Linux.Tracing;

namespace Rouse.Server.Warm;

/// <summary>
/// Decides about each system call that a starting server is about to make, by the rule of its number and by what it is asked to do it on. It
/// makes no call itself: everything comes through its three collaborators.
/// </summary>
internal sealed partial class SyscallJudge(int pid, PlaceholderTable placeholder, Foresight foresight, ITraceeMemory memory, IOptionTrial trial)
{
    private const int PR_SET_SECCOMP = 22;
    private const int RLIMIT_NOFILE = 7;
    private const ulong CLONE_THREAD = 0x10000;
    private const ulong CLONE_FILES = 0x400;
    private const ulong MAP_ANONYMOUS = 0x20;

    public Verdict Judge(in SyscallStop call)
    {
        return SyscallRules.For(call.Number) switch
        {
            SyscallRule.Pass => Verdict.Pass,
            SyscallRule.First => ParkIf(placeholder.Holds(call.A0), call),
            SyscallRule.Second => ParkIf(placeholder.Holds(call.A1), call),
            SyscallRule.FirstOrSecond => ParkIf(placeholder.Holds(call.A0) || placeholder.Holds(call.A1), call),
            SyscallRule.FirstOrThird => ParkIf(placeholder.Holds(call.A0) || placeholder.Holds(call.A2), call),
            SyscallRule.Third => ParkIf(placeholder.Holds(call.A2), call),
            SyscallRule.Duplicate => ParkIf(placeholder.Holds(call.A0) && (uint)call.A1 >= PlaceholderTable.Room, call),
            SyscallRule.Fcntl => JudgeFcntl(call),
            SyscallRule.Ioctl => JudgeIoctl(call),
            SyscallRule.LocalAddress => JudgeLocalAddress(call),
            SyscallRule.GetOption => JudgeGetOption(call),
            SyscallRule.SetOption => JudgeSetOption(call),
            SyscallRule.Connect => JudgeConnect(call),
            SyscallRule.Bind => JudgeBind(call),
            SyscallRule.SendMessage => ParkIf(placeholder.Holds(call.A0) || CarriesControlData(call.A1), call),
            SyscallRule.Map => ParkIf((call.A3 & MAP_ANONYMOUS) == 0 && placeholder.Holds(call.A4), call),
            SyscallRule.Poll => JudgePoll(call),
            SyscallRule.Select => JudgeSelect(call),
            SyscallRule.Open => JudgeOpen(call.A0, call.A1),
            SyscallRule.OpenAt => JudgeOpen(call.A1, call.A2),
            SyscallRule.OpenAt2 => TryNumber(call.A2, out ulong flags) ? JudgeOpen(call.A1, flags) : Verdict.Pass,
            SyscallRule.ReadLink => ParkIf(LeadsToDescriptor(call.A0), call),
            SyscallRule.ReadLinkAt => ParkIf(LeadsToDescriptor(call.A1), call),
            SyscallRule.Alarm => ParkIf(call.A0 != 0, call),
            SyscallRule.IntervalTimer => ParkIf(StartsTimer(call.A1), call),
            SyscallRule.Clone => ParkIf(!IsThread(call.A0), "fork"),
            SyscallRule.Clone3 => ParkIf(!TryNumber(call.A0, out ulong cloneFlags) || !IsThread(cloneFlags), "fork"),
            SyscallRule.Kill => ParkIf(!IsToItself(call), call),
            SyscallRule.Prctl => ParkIf((int)call.A0 == PR_SET_SECCOMP, "seccomp"),
            SyscallRule.Limit => ParkIf(call.A2 != 0 && LeavesNoDescriptor((int)call.A1, call.A2), "limit of descriptors"),
            SyscallRule.OldLimit => ParkIf(LeavesNoDescriptor((int)call.A0, call.A1), "limit of descriptors"),
            SyscallRule.Unshare => ParkIf((call.A0 & CLONE_FILES) != 0, call),
            _ => Verdict.Park(call.Number.ToString()),
        };
    }

    private static Verdict ParkIf(bool needsConnection, string reason) => needsConnection ? Verdict.Park(reason) : Verdict.Pass;

    private static Verdict ParkIf(bool needsConnection, in SyscallStop call) =>
        needsConnection ? Verdict.Park(call.Number.ToString()) : Verdict.Pass;

    // A thread with a table of descriptors of its own could not be followed.
    private static bool IsThread(ulong flags) => (flags & CLONE_THREAD) != 0 && (flags & CLONE_FILES) != 0;

    // raise(3) and abort(3); signal 0 only asks.
    private bool IsToItself(in SyscallStop call) =>
        (int)call.A0 == pid || (call.Number == Syscall.kill && (int)call.A1 == 0);

    private bool StartsTimer(ulong address)
    {
        Span<byte> value = stackalloc byte[32]; // struct itimerval: the interval, then the time until it is over.
        return address != 0 && memory.Read(address, value) && value[16..].ContainsAnyExcept((byte)0);
    }

    // The connection comes as one descriptor more.
    private bool LeavesNoDescriptor(int resource, ulong address) =>
        resource == RLIMIT_NOFILE && TryNumber(address, out ulong soft) && soft < PlaceholderTable.Room;

    private bool TryNumber(ulong address, out ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bool read = memory.Read(address, bytes);
        number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return read;
    }
}
