using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux.Starting;

/// <summary>
/// Who this process is: getresuid(2), getresgid(2), getgroups(2). It stays who it is, so a server that is to be the same needs no step for
/// that; the kernel makes new credentials at each such call, whatever it says. In a user namespace, which shows every number that it does not
/// know as the same one, nothing is known.
/// </summary>
// SAFETY: what is written to are locals and an array pinned for the call.
internal static unsafe partial class OwnIdentity
{
    private static readonly bool IsKnown = SeesAll("/proc/self/uid_map") && SeesAll("/proc/self/gid_map");
    private static readonly uint? OneUid = IsKnown ? One(&getresuid) : null;
    private static readonly uint? OneGid = IsKnown ? One(&getresgid) : null;
    private static readonly uint[]? Groups = IsKnown ? ReadGroups() : null;

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

    // user_namespaces(7): inside, outside, how many.
    private static bool SeesAll(string map) =>
        Files.Read(map, out byte[] text).Ok
        && Encoding.ASCII.GetString(text).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is ["0", "0", "4294967295"];

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
