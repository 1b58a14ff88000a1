using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux.Tracing;

/// <summary>process_vm_readv(2), process_vm_writev(2): another process's memory, which that process may read or write itself.</summary>
// SAFETY: the local end is a span pinned for the call, the remote end is only ever looked at by the kernel, which fails on a bad address.
public static unsafe partial class RemoteMemory
{
    private const int PageSize = 4096;

    /// <summary>This thread's last call failed for want of rights, not for a bad address.</summary>
    public static bool WasDenied => LastCall.Error() == Errno.EPERM;

    /// <summary>All of the bytes, or false.</summary>
    public static bool Read(int tid, ulong address, Span<byte> bytes)
    {
        fixed (byte* to = bytes)
        {
            Vector local = new() { Base = (nint)to, Length = bytes.Length };
            Vector remote = new() { Base = (nint)address, Length = bytes.Length };
            return process_vm_readv(tid, &local, 1, &remote, 1, 0) == bytes.Length;
        }
    }

    public static bool Write(int tid, ulong address, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            Vector local = new() { Base = (nint)from, Length = bytes.Length };
            Vector remote = new() { Base = (nint)address, Length = bytes.Length };
            return process_vm_writev(tid, &local, 1, &remote, 1, 0) == bytes.Length;
        }
    }

    /// <summary>The string of a path, one char a byte; null where there is none, or a longer one than PATH_MAX.</summary>
    public static string? ReadPath(int tid, ulong address)
    {
        Span<byte> bytes = stackalloc byte[PageSize];
        int done = 0;
        while (done < bytes.Length)
        {
            // Up to the end of a page: the next one need not be there.
            int part = Math.Min(bytes.Length - done, PageSize - (int)((address + (ulong)done) % PageSize));
            if (!Read(tid, address + (ulong)done, bytes.Slice(done, part)))
            {
                return null;
            }

            int end = bytes.Slice(done, part).IndexOf((byte)0);
            if (end >= 0)
            {
                return Encoding.Latin1.GetString(bytes[..(done + end)]);
            }

            done += part;
        }

        return null;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public nint Base;
        public nint Length;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint process_vm_readv(int pid, Vector* local, nuint localCount, Vector* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint process_vm_writev(int pid, Vector* local, nuint localCount, Vector* remote, nuint remoteCount, nuint flags);
}
