using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>epoll(7) event bits, with the kernel's values.</summary>
[Flags]
public enum PollEvents : uint
{
    None = 0,
    In = 0x1,
    Exceptional = 0x2,
    Out = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    PeerClosed = 0x2000,

    /// <summary>Each readiness is told once, when it comes, not as long as it lasts.</summary>
    EdgeTriggered = 0x80000000,
}

/// <summary>One ready descriptor, named by the token that it was watched with.</summary>
public readonly record struct PollEvent(PollEvents Events, ulong Token);

/// <summary>epoll(7).</summary>
// SAFETY: every pointer is to a local or to a pinned stack buffer of the size passed along with it.
internal static unsafe partial class Epoll
{
    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EPOLL_CTL_ADD = 1;
    private const int EPOLL_CTL_DEL = 2;
    private const int EPOLL_CTL_MOD = 3;
    private const int MaxEvents = 128;

    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static SysResult Open() => LastCall.Result(epoll_create1(EPOLL_CLOEXEC));

    public static SysResult Add(Fd poll, Fd fd, PollEvents events, ulong token) => Control(poll, EPOLL_CTL_ADD, fd, events, token);

    public static SysResult Modify(Fd poll, Fd fd, PollEvents events, ulong token) => Control(poll, EPOLL_CTL_MOD, fd, events, token);

    public static SysResult Remove(Fd poll, Fd fd) => Control(poll, EPOLL_CTL_DEL, fd, PollEvents.None, 0);

    public static SysResult Wait(Fd poll, Span<PollEvent> events, int timeoutMs)
    {
        // struct epoll_event is packed (12 bytes) on x86-64 and has its natural 16 bytes elsewhere.
        int size = Packed ? 12 : 16;
        int tokenAt = size - 8;
        byte* raw = stackalloc byte[MaxEvents * 16];
        int max = Math.Min(events.Length, MaxEvents);
        int n = epoll_wait(poll.Value, raw, max, timeoutMs);
        if (n < 0)
        {
            Errno error = LastCall.Error();
            return error == Errno.EINTR ? SysResult.Success() : SysResult.Fail(error);
        }

        for (int i = 0; i < n; i++)
        {
            byte* at = raw + (i * size);
            events[i] = new PollEvent((PollEvents)(*(uint*)at), *(ulong*)(at + tokenAt));
        }

        return SysResult.Success(n);
    }

    private static SysResult Control(Fd poll, int operation, Fd fd, PollEvents events, ulong token)
    {
        byte* raw = stackalloc byte[16];
        *(uint*)raw = (uint)events;
        *(ulong*)(raw + (Packed ? 4 : 8)) = token;
        return LastCall.Result(epoll_ctl(poll.Value, operation, fd.Value, raw));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int poll, int operation, int fd, byte* eventPointer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int poll, byte* events, int maxEvents, int timeoutMs);
}
