using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux.Starting;

/// <summary>
/// Who this process is: getresuid(2), getresgid(2), getgroups(2). It stays who it is, so a server that is to be the same needs no step for
/// that; the kernel makes new credentials at each such call, whatever it says.
/// </summary>
// SAFETY: what is written to are locals and an array pinned for the call.
internal static unsafe partial class OwnIdentity
{
    private static readonly uint? OneUid = One(&getresuid);
    private static readonly uint? OneGid = One(&getresgid);
    private static readonly uint[]? Groups = ReadGroups();

    /// <summary>Real, effective and saved.</summary>
    public static bool IsUser(uint uid) => OneUid == uid;

    /// <summary>Real, effective and saved.</summary>
    public static bool IsGroup(uint gid) => OneGid == gid;

    /// <summary>Exactly these are its supplementary groups.</summary>
    public static bool HasGroups(ReadOnlySpan<uint> groups)
    {
        if (Groups is null || groups.Length != Groups.Length)
        {
            return false;
        }

        foreach (uint group in groups)
        {
            if (Array.IndexOf(Groups, group) < 0)
            {
                return false;
            }
        }

        foreach (uint group in Groups)
        {
            if (!groups.Contains(group))
            {
                return false;
            }
        }

        return true;
    }

    private static uint? One(delegate*<uint*, uint*, uint*, int> read)
    {
        uint real, effective, saved;
        return read(&real, &effective, &saved) == 0 && real == effective && real == saved ? real : null;
    }

    private static uint[]? ReadGroups()
    {
        int count = getgroups(0, null);
        if (count < 0)
        {
            return null;
        }

        uint[] groups = new uint[count];
        fixed (uint* first = groups)
        {
            return getgroups(count, first) == count ? groups : null;
        }
    }

    [LibraryImport("libc")]
    private static partial int getresuid(uint* real, uint* effective, uint* saved);

    [LibraryImport("libc")]
    private static partial int getresgid(uint* real, uint* effective, uint* saved);

    [LibraryImport("libc")]
    private static partial int getgroups(int count, uint* groups);
}
