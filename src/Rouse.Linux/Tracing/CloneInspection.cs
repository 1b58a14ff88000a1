using System;

namespace Rouse.Linux.Tracing;

/// <summary>
/// Finds out where the C library of a process keeps the number of its thread: a copy that still had the original's would signal the
/// original when it means itself (abort(3), raise(3)).
/// </summary>
public static class CloneInspection
{
    private const ulong CLONE_PARENT = 0x8000;
    private const ulong CLONE_CHILD_CLEARTID = 0x200000;
    private const ulong CLONE_CHILD_SETTID = 0x1000000;
    private const int ThreadArea = 1024;

    /// <param name="fsBase">The thread pointer.</param>
    /// <param name="tidAddress">What it gave set_tid_address(2), or 0: glibc keeps the number there.</param>
    public static CloneDetails Of(int pid, ulong fsBase, ulong tidAddress, ulong robustList, ulong robustLength)
    {
        ulong flags = CLONE_PARENT | (ulong)Signal.CHLD;
        Span<byte> word = stackalloc byte[sizeof(int)];
        if (tidAddress != 0 && RemoteMemory.Read(pid, tidAddress, word) && BitConverter.ToInt32(word) == pid)
        {
            return new(flags | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, tidAddress, robustList, robustLength);
        }

        // musl gives set_tid_address a lock; the number is one word in the thread's own block.
        ulong found = FindOnce(pid, fsBase);
        return new(found == 0 ? flags : flags | CLONE_CHILD_SETTID, found, robustList, robustLength);
    }

    private static ulong FindOnce(int pid, ulong fsBase)
    {
        Span<byte> area = stackalloc byte[ThreadArea];
        if (fsBase == 0 || !RemoteMemory.Read(pid, fsBase, area))
        {
            return 0;
        }

        ulong found = 0;
        for (int at = 0; at < ThreadArea; at += sizeof(int))
        {
            if (BitConverter.ToInt32(area[at..]) == pid)
            {
                if (found != 0)
                {
                    return 0;
                }

                found = fsBase + (ulong)at;
            }
        }

        return found;
    }
}
