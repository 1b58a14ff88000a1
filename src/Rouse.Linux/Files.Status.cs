using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>What stat(2) says a path names.</summary>
public enum FileKind
{
    Missing,
    Regular,
    Directory,
    Other,
}

/// <summary>What stat(2) says of a path, links followed. <paramref name="Mode"/> holds the permission bits (07777).</summary>
public readonly record struct FileStatus(FileKind Kind, uint Mode, uint Uid, uint Gid);

/// <summary>statx(2): what a path or a descriptor leads to.</summary>
// SAFETY: paths are zero-terminated copies pinned for the call; what is written to is a struct of the kernel's size, pinned too.
public static unsafe partial class Files
{
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC = 0x7ff;

    /// <summary>The time that a file would get that is changed now, in nanoseconds since 1970.</summary>
    public static long NowNs => Clock.UnixNs();

    /// <summary>Which version of a file a path leads to now.</summary>
    public static FileStamp StampOf(string path)
    {
        if (Look(path, 0, out Statx stat))
        {
            return stat.Stamp;
        }

        // A link that leads nowhere now may lead somewhere later, and nothing in its own directory tells.
        return Look(path, AT_SYMLINK_NOFOLLOW, out _) ? FileStamp.Unknown : FileStamp.Nothing;
    }

    /// <summary>Something has this name; links are not followed.</summary>
    public static bool IsThere(string path) => Look(path, AT_SYMLINK_NOFOLLOW, out _);

    public static FileKind KindOf(string path) => Look(path, 0, out Statx stat) ? stat.Kind : FileKind.Missing;

    /// <summary>A program that runs with other rights than its caller's: set-user-ID, set-group-ID, or capabilities of its own.</summary>
    public static bool GivesRights(string path)
    {
        const uint SetIds = 0xc00; // S_ISUID, S_ISGID
        return !TryStatus(path, out FileStatus status) || (status.Mode & SetIds) != 0 || ExtendedAttributes.Has(path, "security.capability");
    }

    /// <summary>readlink(2): where a link leads to, empty where there is none.</summary>
    public static string LinkTarget(string path)
    {
        const int PATH_MAX = 4096;
        byte* buffer = stackalloc byte[PATH_MAX];
        fixed (byte* name = Zero(path))
        {
            nint length = readlink(name, buffer, PATH_MAX);
            return length <= 0 ? "" : System.Text.Encoding.Latin1.GetString(buffer, (int)length);
        }
    }

    public static FileKind KindOf(Fd fd) => Look(fd, out Statx stat) ? stat.Kind : FileKind.Missing;

    /// <param name="size">In bytes; 0 where it is not known.</param>
    internal static FileKind KindOf(Fd fd, out long size)
    {
        bool found = Look(fd, out Statx stat);
        size = found ? (long)stat.Size : 0;
        return found ? stat.Kind : FileKind.Missing;
    }

    /// <summary>A file's size in bytes, or −1.</summary>
    public static long SizeOf(Fd fd) => Look(fd, out Statx stat) ? (long)stat.Size : -1;

    /// <summary>False where there is nothing, or where we may not look.</summary>
    public static bool TryStatus(string path, out FileStatus status)
    {
        bool found = Look(path, 0, out Statx stat);
        status = found ? new FileStatus(stat.Kind, stat.Mode & 0xfffu, stat.Uid, stat.Gid) : default;
        return found;
    }

    /// <summary>False where the kernel does not tell.</summary>
    public static bool TryStatus(Fd fd, out FileStatus status)
    {
        bool found = Look(fd, out Statx stat);
        status = found ? new FileStatus(stat.Kind, stat.Mode & 0xfffu, stat.Uid, stat.Gid) : default;
        return found;
    }

    /// <summary>What a directory holds under a name; links are not followed.</summary>
    internal static DirectoryEntryKind EntryKindOf(Fd directory, string name) =>
        !Look(directory, name, out Statx stat) ? DirectoryEntryKind.Other : (stat.Mode & 0xf000) switch
        {
            0x8000 => DirectoryEntryKind.File,
            0x4000 => DirectoryEntryKind.Directory,
            0xa000 => DirectoryEntryKind.Link,
            _ => DirectoryEntryKind.Other,
        };

    /// <summary>A name in a directory is still the open file's.</summary>
    internal static bool IsSame(Fd file, Fd directory, string name) =>
        Look(file, out Statx open) && Look(directory, name, out Statx named)
        && open.Stamp.Inode == named.Stamp.Inode && open.Stamp.Device == named.Stamp.Device;

    /// <summary>A socket's name, and which one; links are not followed.</summary>
    internal static bool IsSocket(string path, out long inode)
    {
        bool isSocket = Look(path, AT_SYMLINK_NOFOLLOW, out Statx stat) && (stat.Mode & 0xf000) == 0xc000;
        inode = isSocket ? (long)stat.Inode : 0;
        return isSocket;
    }

    private static bool Look(string path, int flags, out Statx stat)
    {
        fixed (byte* name = Zero(path))
        fixed (Statx* result = &stat)
        {
            return statx(AT_FDCWD, name, flags, STATX_BASIC, result) >= 0;
        }
    }

    private static bool Look(Fd directory, string name, out Statx stat)
    {
        fixed (byte* path = Zero(name))
        fixed (Statx* result = &stat)
        {
            return statx(directory.Value, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC, result) >= 0;
        }
    }

    private static bool Look(Fd fd, out Statx stat)
    {
        byte empty = 0;
        fixed (Statx* result = &stat)
        {
            return statx(fd.Value, &empty, AT_EMPTY_PATH, STATX_BASIC, result) >= 0;
        }
    }

    // struct statx: only what is read here, at its place.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(20)]
        public uint Uid;

        [FieldOffset(24)]
        public uint Gid;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;

        public readonly FileStamp Stamp => new(
            ((ulong)DeviceMajor << 32) | DeviceMinor,
            Inode,
            Size,
            (ModifiedSeconds * 1_000_000_000) + ModifiedNanoseconds,
            (ChangedSeconds * 1_000_000_000) + ChangedNanoseconds);

        public readonly FileKind Kind => (Mode & 0xf000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            _ => FileKind.Other,
        };
    }

    [LibraryImport("libc")]
    private static partial nint readlink(byte* path, byte* buffer, nint size);

    [LibraryImport("libc")]
    private static partial int statx(int directory, byte* path, int flags, uint mask, Statx* result);
}
