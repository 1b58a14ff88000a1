using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>innetgr(3). It may wait for a name service: never called from the loop.</summary>
// SAFETY: the names are pinned for the call, which only reads them.
public static unsafe partial class Netgroups
{
    /// <summary>Whether a host is in a netgroup, whatever the user; in the host's own domain if it has one.</summary>
    public static bool HasHost(string netgroup, string host)
    {
        fixed (byte* group = Files.Zero(netgroup), name = Files.Zero(host))
        {
            return innetgr(group, name, null, null) != 0;
        }
    }

    [LibraryImport("libc")]
    private static partial int innetgr(byte* netgroup, byte* host, byte* user, byte* domain);
}
