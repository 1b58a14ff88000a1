using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>getdents64(2): what an open directory holds.</summary>
// SAFETY: the kernel writes whole records into a pinned array of the length that it is told; each says how long it is.
internal static unsafe partial class DirectoryReader
{
    private const int BufferSize = 32768;

    /// <summary>Adds every name but <c>.</c> and <c>..</c>, unsorted.</summary>
    public static SysResult Read(Fd directory, List<DirectoryEntry> entries)
    {
        byte[] room = new byte[BufferSize];
        fixed (byte* buffer = room)
        {
            nint n;
            while ((n = getdents64(directory.Value, buffer, BufferSize)) > 0)
            {
                for (nint at = 0; at < n; at += *(ushort*)(buffer + at + 16))
                {
                    string name = Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + 19));
                    if (name is not ("." or ".."))
                    {
                        entries.Add(new(name, KindOf(directory, name, buffer[at + 18])));
                    }
                }
            }

            return n < 0 ? SysResult.Fail(LastCall.Error()) : SysResult.Success();
        }
    }

    private static DirectoryEntryKind KindOf(Fd directory, string name, byte type)
    {
        const byte DT_UNKNOWN = 0;
        const byte DT_DIR = 4;
        const byte DT_REG = 8;
        const byte DT_LNK = 10;
        return type switch
        {
            DT_REG => DirectoryEntryKind.File,
            DT_DIR => DirectoryEntryKind.Directory,
            DT_LNK => DirectoryEntryKind.Link,
            DT_UNKNOWN => Files.EntryKindOf(directory, name),
            _ => DirectoryEntryKind.Other,
        };
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(int fd, byte* buffer, nint size);
}
