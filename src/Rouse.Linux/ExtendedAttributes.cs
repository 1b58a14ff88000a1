using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// What a file carries beside its bytes and mode: its SELinux label, its access control list, the user's own attributes. xattr(7).
/// </summary>
// SAFETY: buffers are pinned arrays passed with their own length; names in the list are zero-terminated by the kernel.
public static unsafe partial class ExtendedAttributes
{
    /// <summary>XATTR_LIST_MAX and XATTR_SIZE_MAX: no list and no value is longer.</summary>
    private const int Room = 65536;

    /// <summary>All of one file's for another; where a file system has none there is nothing to do.</summary>
    public static SysResult Copy(Fd from, Fd to)
    {
        byte[] names = new byte[Room];
        byte[] value = new byte[Room];
        fixed (byte* list = names, content = value)
        {
            SysResult length = LastCall.Result(flistxattr(from.Value, list, Room));
            if (!length.Ok)
            {
                return length.Error == Errno.EOPNOTSUPP ? SysResult.Success() : length;
            }

            for (int at = 0; at < length.Value;)
            {
                byte* name = list + at;
                int nameLength = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name).Length;
                SysResult size = LastCall.Result(fgetxattr(from.Value, name, content, Room));
                SysResult set = size.Ok ? LastCall.Result(fsetxattr(to.Value, name, content, size.Value, 0)) : size;
                if (!set.Ok && !IsAlike(to, name, value.AsSpan(0, Math.Max(size.Value, 0))))
                {
                    return set;
                }

                at += nameLength + 1;
            }

            return SysResult.Success();
        }
    }

    /// <summary>The file that a path leads to has an attribute of this name.</summary>
    public static bool Has(string path, string attribute)
    {
        fixed (byte* file = Files.Zero(path), name = Files.Zero(attribute))
        {
            return getxattr(file, name, null, 0) >= 0;
        }
    }

    // Setting a label needs a right that is not needed where the new file got the same one anyway.
    private static bool IsAlike(Fd file, byte* name, ReadOnlySpan<byte> value)
    {
        byte[] room = new byte[Room];
        fixed (byte* own = room)
        {
            SysResult size = LastCall.Result(fgetxattr(file.Value, name, own, Room));
            return size.Ok && room.AsSpan(0, size.Value).SequenceEqual(value);
        }
    }

    [LibraryImport("libc")]
    private static partial nint getxattr(byte* path, byte* name, byte* value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint flistxattr(int fd, byte* list, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint fgetxattr(int fd, byte* name, byte* value, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsetxattr(int fd, byte* name, byte* value, nint size, int flags);
}
