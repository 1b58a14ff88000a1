using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using Rouse.Linux.Tracing;

namespace Rouse.Linux.Starting;

/// <summary>
/// A few instructions that make a child and go through its steps. The child shares the daemon's memory, which is neither copied nor
/// waited for: both run at once, as soon as there is a processor for each. So the child must touch nothing that the daemon's own thread
/// works with: no stack, no errno, no code of the runtime's. It has its registers, its plan, and the kernel.
/// <code>
/// entry    rdi = plan; clone3(2) or clone(2); the parent returns its result, a process id or −errno
/// step     the call with its arguments; error: tolerated, or failed; otherwise the result: stored, compared
/// failed   the stage and errno go into the plan, exit_group(127)
/// </code>
/// With CLONE_CLEAR_SIGHAND the child has no handler from its birth on, which would run on the daemon's stack. clone(2) does not know that; it is
/// for the filters of containers that refuse clone3, whose arguments they cannot see.
/// </summary>
// SAFETY: the code is written once, into pages that can never be written and executed at once, and stays there. It keeps what the ABI has a
// function keep, and writes only into the plan and where the plan's calls say.
internal static unsafe partial class StartCode
{
    private const int CLONE_VM = 0x100;
    private const int CLONE_PIDFD = 0x1000;
    private const int clone = 56;
    private const int clone3 = 435;
    private const int LastSignal = 64;
    private const int SignalSetSize = 8;
    private const nint SIG_IGN = 1;
    private const int LargestError = -4095;
    private const int PROT_READ_WRITE = 3;
    private const int PROT_READ_EXEC = 5;
    private const int MAP_PRIVATE = 2;
    private const int MAP_ANONYMOUS = 0x20;
    private const uint MFD_CLOEXEC = 1;
    private const int PageSize = 4096;
    private const Register Plan = Register.Rbx;
    private const Register Call = Register.Rbp;

    private static readonly Lock Gate = new();
    private static readonly void* MAP_FAILED = (void*)-1;

    private static delegate* unmanaged<ChildPlan*, nint> s_entry;
    private static volatile StartWay s_way;
    private static int[] s_handledSignals = [];

    /// <summary>How children are made, as far as the kernel, its policy and the processor let us.</summary>
    public static StartWay Way
    {
        get
        {
            if (s_way == StartWay.Unknown)
            {
                Prepare();
            }

            return s_way;
        }
    }

    /// <summary>Signals that a child has a handler of the daemon's for at its birth.</summary>
    public static ReadOnlySpan<int> HandledSignals
    {
        get
        {
            _ = Way;
            return s_handledSignals;
        }
    }

    /// <summary>It has turned out that the kernel does not take the call.</summary>
    public static void GiveUp() => s_way = StartWay.StandStill;

    /// <summary>The child's process id, or −errno.</summary>
    public static nint Run(ChildPlan* plan) => s_entry(plan);

    // The loop and the thread that starts servers beforehand may both come here; what one has made stays.
    private static void Prepare()
    {
        lock (Gate)
        {
            if (s_way == StartWay.Unknown)
            {
                StartWay way = HasClone3() ? StartWay.Clone3 : StartWay.Clone;
                s_entry = Map(way);
                s_handledSignals = way == StartWay.Clone3 && s_entry != null ? [] : FindHandlers();
                s_way = s_entry == null ? StartWay.StandStill : way;
            }
        }
    }

    // A kernel that takes the flags comes as far as the address that cannot be written to, and makes no child. One before 5.5 does not know
    // the last of them; a filter, or a kernel without the call, says something else.
    private static bool HasClone3()
    {
        CloneArguments nowhere = new() { Flags = CLONE_VM | CLONE_PIDFD | ServerSpawn.CLONE_CLEAR_SIGHAND, PidDescriptor = 1, ExitSignal = Signal.CHLD };
        return LastCall.Result((int)syscall(clone3, &nowhere, sizeof(CloneArguments))).Error == Errno.EFAULT;
    }

    private static int[] FindHandlers()
    {
        List<int> signals = [];
        KernelSignalAction action;
        for (int signal = 1; signal <= LastSignal; signal++)
        {
            if (syscall(KernelCall.SignalAction, signal, null, &action, SignalSetSize) == 0 && action.Handler > SIG_IGN)
            {
                signals.Add(signal);
            }
        }

        return [.. signals];
    }

    private static delegate* unmanaged<ChildPlan*, nint> Map(StartWay way)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return null;
        }

        byte[] code = Assemble(way);
        void* page = MapMemory(code);
        return (delegate* unmanaged<ChildPlan*, nint>)(page == null ? MapFile(code) : page);
    }

    private static void* MapMemory(byte[] code)
    {
        byte* page = (byte*)mmap(null, PageSize, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED)
        {
            return null;
        }

        code.AsSpan().CopyTo(new Span<byte>(page, PageSize));
        if (mprotect(page, PageSize, PROT_READ_EXEC) == 0)
        {
            return page;
        }

        _ = munmap(page, PageSize);
        return null;
    }

    // Where what was writable can never be executed (PR_SET_MDWE of prctl(2), MemoryDenyWriteExecute= of systemd.exec(5)).
    private static void* MapFile(byte[] code)
    {
        byte* name = stackalloc byte[6];
        "start\0"u8.CopyTo(new Span<byte>(name, 6));
        SysResult file = LastCall.Result(memfd_create(name, MFD_CLOEXEC));
        if (!file.Ok)
        {
            return null;
        }

        void* page = Files.Write(file.Fd, code).Ok ? mmap(null, PageSize, PROT_READ_EXEC, MAP_PRIVATE, file.Value, 0) : MAP_FAILED;
        Sockets.Close(file.Fd);
        return page == MAP_FAILED ? null : page;
    }

    private static byte[] Assemble(StartWay way)
    {
        StubAssembler code = new(dataDistance: 0);
        Clone(code, way);
        Step(code);
        JudgeResult(code);
        JudgeError(code);
        Fail(code);
        code.Label("next");
        code.Add(Call, (sbyte)sizeof(StartCall));
        code.Jump("step");
        return code.Assemble();
    }

    private static void Clone(StubAssembler code, StartWay way)
    {
        ChildPlan plan;
        code.Push(Plan);
        code.Move(Plan, Register.Rdi);
        if (way == StartWay.Clone3)
        {
            code.LoadAddress(Register.Rdi, Plan, Offset(&plan, &plan.Clone));
            code.Set(Register.Rsi, sizeof(CloneArguments));
            code.Set(Register.Rax, clone3);
        }
        else
        {
            code.Load(Register.Rdi, Plan, Offset(&plan, &plan.Clone.Flags));
            code.Clear(Register.Rsi);
            code.Clear(Register.Rdx);
            code.Load(Register.R10, Plan, Offset(&plan, &plan.Clone.ChildTid));
            code.Clear(Register.R8);
            code.Set(Register.Rax, clone);
        }

        code.Syscall();
        code.TestRax();
        code.JumpIfZero("child");
        code.Pop(Plan);
        code.Return();
        code.Label("child");
        code.Load(Call, Plan, Offset(&plan, &plan.Calls));
    }

    private static void Step(StubAssembler code)
    {
        StartCall call;
        code.Label("step");
        code.Load(Register.Rax, Call, Offset(&call, &call.Number));
        code.Load(Register.Rdi, Call, Offset(&call, &call.A));
        code.Load(Register.Rsi, Call, Offset(&call, &call.B));
        code.Load(Register.Rdx, Call, Offset(&call, &call.C));
        code.Load(Register.R10, Call, Offset(&call, &call.D));
        code.Syscall();
        code.CompareWideRax(LargestError);
        code.JumpIfNotBelow("error");
    }

    private static void JudgeResult(StubAssembler code)
    {
        StartCall call;
        code.Load(Register.Rcx, Call, Offset(&call, &call.StoreAt));
        code.TestRcx();
        code.JumpIfZero("stored");
        code.Store(Register.Rcx, 0, Register.Rax);
        code.Label("stored");
        code.Compare(Call, Offset(&call, &call.Expected), (sbyte)StartCall.AnyResult);
        code.JumpIfEqual("next");
        code.Compare(Call, Offset(&call, &call.Expected), Register.Rax);
        code.JumpIfEqual("next");
        code.Clear(Register.Rax);
        code.Jump("failed");
    }

    private static void JudgeError(StubAssembler code)
    {
        StartCall call;
        code.Label("error");
        code.NegateRax();
        code.Compare32(Call, Offset(&call, &call.Tolerated), StartCall.AnyError);
        code.JumpIfEqual("next");
        code.Compare32(Call, Offset(&call, &call.Tolerated), Register.Rax);
        code.JumpIfEqual("next");
    }

    private static void Fail(StubAssembler code)
    {
        ChildPlan plan;
        StartCall call;
        code.Label("failed");
        code.Store32(Plan, Offset(&plan, &plan.FailedErrno), Register.Rax);
        code.Load32(Register.Rcx, Call, Offset(&call, &call.Stage));
        code.Store32(Plan, Offset(&plan, &plan.FailedStage), Register.Rcx);
        code.Set(Register.Rdi, ServerSpawn.ExitStatusOfFailure);
        code.Syscall(Tracing.Syscall.exit_group);
    }

    private static sbyte Offset(void* structure, void* field) => checked((sbyte)((byte*)field - (byte*)structure));

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc")]
    private static partial int mprotect(void* address, nint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int memfd_create(byte* name, uint flags);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, void* arguments, nint size);

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint signal, void* next, KernelSignalAction* old, nint size);

    // struct kernel_sigaction of x86-64 and arm64, whose set has eight bytes.
    [StructLayout(LayoutKind.Sequential)]
    private struct KernelSignalAction
    {
        public nint Handler;
        public nint Flags;
        public nint Restorer;
        public ulong Mask;
    }
}
