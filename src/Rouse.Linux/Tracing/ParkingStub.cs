using D = Rouse.Linux.Tracing.StubData;
using F = Rouse.Linux.Tracing.StubFacts;

namespace Rouse.Linux.Tracing;

/// <summary>
/// The code in which a started server waits for its connection. A thread that is about to make a call with its standard descriptors is
/// sent here instead. It waits in recvmsg(2) on one of them, which is one end of a pair of UNIX sockets; the daemon holds the other. What
/// comes is the connection: it is put on every descriptor that has led to the pair, all registers become what they were, and the call is
/// made. From then on nothing of this is left but two pages of memory, of which a copy has one. When the daemon closes its end the process
/// exits.
/// <code>
/// entry    the registers of the call stand in the facts; those that no call touches are as they were
/// hide     while parked the process is not dumpable: no process of the same user can trace it or read its memory
/// wait     recvmsg; interrupted: again; end of file, an error or a message without a descriptor: exit
/// share    if the command says so: clone, the copy goes on at install, the parked process tells its number and waits again; the copy has
///          the connection's descriptor in a register, as all that came in the message is in a page that it does not have
/// install  dup3 over every descriptor of the list, close the one that came
/// resume   dumpable again, registers back, jump to the call
/// </code>
/// Only the arithmetic flags are not kept: no compiler expects them to survive a system call.
/// </summary>
internal static class ParkingStub
{
    private const int MSG_CMSG_CLOEXEC = 0x40000000;
    private const int MSG_NOSIGNAL_DONTWAIT = 0x4040;
    private const int O_CLOEXEC = 0x80000;
    private const int PR_SET_DUMPABLE = 4;
    private const int EINTR = 4;
    private const int LeastControlLength = 20; // struct cmsghdr and one descriptor

    // Holds the connection's descriptor from the message until that is in its places: no call in between takes a sixth argument.
    private const Register Received = Register.R9;

    private static readonly Register[] Arguments = [Register.Rdi, Register.Rsi, Register.Rdx, Register.R10, Register.R8, Register.R9];
    private static readonly int[] Saved = [F.SavedRdi, F.SavedRsi, F.SavedRdx, F.SavedR10, F.SavedR8, F.SavedR9];

    /// <summary>Fits into one page; the page of <see cref="StubData"/> must follow it.</summary>
    public static byte[] Code { get; } = Assemble();

    private static byte[] Assemble()
    {
        StubAssembler code = new(D.PageSize);
        SetDumpable(code, false, "wait");
        WaitForConnection(code);
        CloneIfAsked(code);
        Install(code);
        SetDumpable(code, true, "resume");
        Resume(code);
        code.Label("exit");
        code.Clear(Register.Rdi);
        code.Syscall(Syscall.exit_group);
        return code.Assemble();
    }

    private static void SetDumpable(StubAssembler code, bool dumpable, string otherwise)
    {
        code.CompareData(F.Hides, 0);
        code.JumpIfEqual(otherwise);
        code.Set(Register.Rdi, PR_SET_DUMPABLE);
        code.Set(Register.Rsi, dumpable ? 1 : 0);
        code.Clear(Register.Rdx);
        code.Clear(Register.R10);
        code.Clear(Register.R8);
        code.Syscall(Syscall.prctl);
    }

    private static void WaitForConnection(StubAssembler code)
    {
        code.Label("wait");
        LoadControlDescriptor(code);
        code.SetData(D.ControlLength, 24);
        code.LoadDataAddress(Register.Rsi, D.Message);
        code.Set(Register.Rdx, MSG_CMSG_CLOEXEC);
        code.Syscall(Syscall.recvmsg);
        code.CompareRax(-EINTR);
        code.JumpIfEqual("wait");
        code.TestRax();
        code.JumpIfNotPositive("exit");
        code.CompareData(D.ControlLength, LeastControlLength);
        code.JumpIfBelow("exit");
        code.LoadData32(Received, D.ReceivedDescriptor);
    }

    // Any descriptor of the list leads to the daemon; the first one serves.
    private static void LoadControlDescriptor(StubAssembler code)
    {
        code.LoadData32(Register.Rdi, F.Descriptors);
        code.ResetTopBitOfEdi();
    }

    private static void CloneIfAsked(StubAssembler code)
    {
        code.TestDataByte(D.Command, (byte)HandOverCommand.ToClone);
        code.JumpIfZero("install");
        code.LoadData(Register.Rdi, F.CloneFlags);
        code.Clear(Register.Rsi);
        code.Clear(Register.Rdx);
        code.LoadData(Register.R10, F.TidAddress);
        code.Clear(Register.R8);
        code.Syscall(Syscall.clone);
        code.TestRax();
        code.JumpIfZero("clone");
        code.StoreData32(D.ClonePid, Register.Rax);
        CloseReceived(code);
        LoadControlDescriptor(code);
        code.LoadDataAddress(Register.Rsi, D.ClonePid);
        code.Set(Register.Rdx, sizeof(int));
        code.Set(Register.R10, MSG_NOSIGNAL_DONTWAIT);
        code.Clear(Register.R8);
        code.Clear(Register.R9);
        code.Syscall(Syscall.sendto);
        code.Jump("wait");

        // A session of its own, as every server has: its kill(0, …) must not reach the others.
        code.Label("clone");
        code.Syscall(Syscall.setsid);
        code.LoadData(Register.Rdi, F.RobustList);
        code.TestRdi();
        code.JumpIfZero("install");
        code.LoadData(Register.Rsi, F.RobustLength);
        code.Syscall(Syscall.set_robust_list);
    }

    private static void Install(StubAssembler code)
    {
        code.Label("install");
        code.LoadDataAddress(Register.R8, F.Descriptors);
        code.LoadData(Register.R10, F.DescriptorCount);
        code.Label("next");
        code.TestR10();
        code.JumpIfZero("installed");
        code.LoadEsiFromR8();
        code.Clear(Register.Rdx);
        code.ResetTopBitOfEsi();
        code.JumpIfNoCarry("place");
        code.Set(Register.Rdx, O_CLOEXEC);
        code.Label("place");
        code.Move(Register.Rdi, Received);
        code.Syscall(Syscall.dup3);
        code.AddToR8(sizeof(uint));
        code.DecrementR10();
        code.Jump("next");
        code.Label("installed");
        CloseReceived(code);
    }

    private static void CloseReceived(StubAssembler code)
    {
        code.Move(Register.Rdi, Received);
        code.Syscall(Syscall.close);
    }

    private static void Resume(StubAssembler code)
    {
        code.Label("resume");
        for (int i = 0; i < Arguments.Length; i++)
        {
            code.LoadData(Arguments[i], Saved[i]);
        }

        code.LoadData(Register.Rax, F.SavedRax);
        code.JumpToData(F.ResumeAt);
    }
}
