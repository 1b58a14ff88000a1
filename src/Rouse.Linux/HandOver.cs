using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>What a parked server is to do with the connection that it is sent.</summary>
public enum HandOverCommand
{
    /// <summary>Serve it.</summary>
    ToServer = 0,

    /// <summary>Have a copy of itself serve it, and wait for the next.</summary>
    ToClone = 1,
}

/// <summary>socketpair(2) and the SCM_RIGHTS of unix(7): how a connection comes to a server that runs already.</summary>
// SAFETY: the message and all that it points to are locals; structs are laid out as the kernel's.
public static unsafe partial class HandOver
{
    private const int AF_UNIX = 1;
    private const int SOCK_STREAM = 1;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SCM_RIGHTS = 1;
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;

    /// <summary>The daemon's end, and the one that stands in for a connection. Both close on exec.</summary>
    public static SysResult OpenPair(out Fd ours, out Fd theirs)
    {
        int* ends = stackalloc int[2];
        SysResult opened = LastCall.Result(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
        ours = opened.Ok ? new Fd(ends[0]) : Fd.None;
        theirs = opened.Ok ? new Fd(ends[1]) : Fd.None;
        return opened;
    }

    public static void Close(Fd end) => Sockets.Close(end);

    /// <summary>Sends a descriptor with a command of one byte, without waiting.</summary>
    internal static SysResult Send(Fd through, Fd what, HandOverCommand command)
    {
        byte order = (byte)command;
        ControlMessage control = new() { Length = 20, Level = SOL_SOCKET, Type = SCM_RIGHTS, Descriptor = what.Value };
        nint* vector = stackalloc nint[2] { (nint)(&order), 1 };
        Message message = new() { Vector = vector, VectorLength = 1, Control = &control, ControlLength = (nuint)sizeof(ControlMessage) };
        return LastCall.Result(sendmsg(through.Value, &message, MSG_DONTWAIT | MSG_NOSIGNAL));
    }

    // struct msghdr
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public nint* Vector;
        public nuint VectorLength;
        public ControlMessage* Control;
        public nuint ControlLength;
        public int Flags;
    }

    // struct cmsghdr with one descriptor, padded as CMSG_SPACE is.
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    private struct ControlMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socketpair(int family, int type, int protocol, int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int fd, Message* message, int flags);
}
