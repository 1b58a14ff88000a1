using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>innetgr(3), setnetgrent(3): through the name service switch. May wait for a server, and is not for two threads at once.</summary>
// SAFETY: pointers are to buffers of this program that outlive the call, or into the C library's until its next call and only tested.
public static unsafe partial class Netgroups
{
    private const int DomainSize = 65;

    /// <summary>The host is a member of the netgroup in this machine's NIS domain, or in any where it has none.</summary>
    public static bool HasHost(string netgroup, string host)
    {
        byte* domain = stackalloc byte[DomainSize];
        new Span<byte>(domain, DomainSize).Clear();
        bool hasDomain = getdomainname(domain, DomainSize - 1) == 0 && domain[0] != 0
            && !MemoryMarshal.CreateReadOnlySpanFromNullTerminated(domain).SequenceEqual("(none)"u8);
        fixed (byte* group = Files.Zero(netgroup), name = Files.Zero(host))
        {
            return innetgr(group, name, null, hasDomain ? domain : null) == 1;
        }
    }

    /// <summary>The netgroup has a member.</summary>
    public static bool HasMembers(string netgroup)
    {
        byte* buffer = stackalloc byte[4096];
        byte* host;
        byte* user;
        byte* domain;
        fixed (byte* group = Files.Zero(netgroup))
        {
            bool found = setnetgrent(group) == 1 && getnetgrent_r(&host, &user, &domain, buffer, 4096) == 1;
            endnetgrent();
            return found;
        }
    }

    [LibraryImport("libc")]
    private static partial int getdomainname(byte* name, nuint size);

    [LibraryImport("libc")]
    private static partial int innetgr(byte* netgroup, byte* host, byte* user, byte* domain);

    [LibraryImport("libc")]
    private static partial int setnetgrent(byte* netgroup);

    [LibraryImport("libc")]
    private static partial int getnetgrent_r(byte** host, byte** user, byte** domain, byte* buffer, nuint size);

    [LibraryImport("libc")]
    private static partial void endnetgrent();
}
