using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>The rights of this very process: setgroups(2), setresgid(2), setresuid(2), nice(2). What is given away does not come back.</summary>
// SAFETY: the groups are pinned for the call, which gets their own number. The C library's calls set the credentials of every thread.
public static unsafe partial class OwnRights
{
    private const int PRIO_PROCESS = 0;

    public static SysResult SetGroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* list = groups)
        {
            return LastCall.Result(setgroups((nuint)groups.Length, list));
        }
    }

    public static SysResult SetGroup(uint gid) => LastCall.Result(setresgid(gid, gid, gid));

    public static SysResult SetUser(uint uid) => LastCall.Result(setresuid(uid, uid, uid));

    /// <summary>Adds to the nice value, whose ends the kernel keeps to.</summary>
    public static SysResult AddNice(int by)
    {
        // -1 is a value too, and never read as a failure here: the call cannot fail for the process itself.
        int now = getpriority(PRIO_PROCESS, 0);
        return LastCall.Result(setpriority(PRIO_PROCESS, 0, Math.Clamp(now + Math.Clamp(by, -40, 40), -20, 19)));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setgroups(nuint count, uint* groups);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport("libc")]
    private static partial int getpriority(int which, int who);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setpriority(int which, int who, int value);
}
