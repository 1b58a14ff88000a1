using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>An entry of the user database: passwd(5).</summary>
public sealed record PasswordEntry(string Name, uint Uid, uint Gid);

/// <summary>getpwnam_r(3), getpwuid_r(3), getgrnam_r(3), getgrouplist(3): through the name service switch, so LDAP and the like count too.</summary>
// SAFETY: results point into a local buffer that outlives their use; strings are copied at once.
public static unsafe partial class Users
{
    private const int BufferSize = 16 * 1024;

    public static PasswordEntry? Find(string name)
    {
        Passwd entry;
        Passwd* found;
        byte* buffer = stackalloc byte[BufferSize];
        fixed (byte* key = Files.Zero(name))
        {
            return getpwnam_r(key, &entry, buffer, BufferSize, &found) == 0 && found != null ? Copy(found) : null;
        }
    }

    public static PasswordEntry? Find(uint uid)
    {
        Passwd entry;
        Passwd* found;
        byte* buffer = stackalloc byte[BufferSize];
        return getpwuid_r(uid, &entry, buffer, BufferSize, &found) == 0 && found != null ? Copy(found) : null;
    }

    /// <summary>A group's number, or null.</summary>
    public static uint? FindGroup(string name)
    {
        Group entry;
        Group* found;
        const int GroupBuffer = 256 * 1024; // a group of thousands of members
        byte* buffer = (byte*)NativeMemory.Alloc(GroupBuffer);
        fixed (byte* key = Files.Zero(name))
        {
            uint? gid = getgrnam_r(key, &entry, buffer, GroupBuffer, &found) == 0 && found != null ? found->Gid : null;
            NativeMemory.Free(buffer);
            return gid;
        }
    }

    /// <summary>What initgroups(3) would set.</summary>
    public static uint[] GroupsOf(string userName, uint gid)
    {
        int count = 64;
        fixed (byte* key = Files.Zero(userName))
        {
            while (true)
            {
                uint[] groups = new uint[count];
                fixed (uint* to = groups)
                {
                    int room = count;
                    if (getgrouplist(key, gid, to, &count) >= 0)
                    {
                        return groups[..count];
                    }

                    if (count <= room)
                    {
                        return [gid];
                    }
                }
            }
        }
    }

    private static PasswordEntry Copy(Passwd* entry) =>
        new(Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->Name)), entry->Uid, entry->Gid);

    [StructLayout(LayoutKind.Sequential)]
    private struct Passwd
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
        public byte* Gecos;
        public byte* Directory;
        public byte* Shell;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Group
    {
        public byte* Name;
        public byte* Password;
        public uint Gid;
        public byte** Members;
    }

    [LibraryImport("libc")]
    private static partial int getpwnam_r(byte* name, Passwd* entry, byte* buffer, nint size, Passwd** result);

    [LibraryImport("libc")]
    private static partial int getpwuid_r(uint uid, Passwd* entry, byte* buffer, nint size, Passwd** result);

    [LibraryImport("libc")]
    private static partial int getgrnam_r(byte* name, Group* entry, byte* buffer, nint size, Group** result);

    [LibraryImport("libc")]
    private static partial int getgrouplist(byte* user, uint gid, uint* groups, int* count);
}
