using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>One report: which watch, and the name in a watched directory, empty for the watched file itself.</summary>
public readonly record struct FileChange(int Watch, string Name);

/// <summary>inotify(7) over many files and directories. Watches may be added on one thread while another waits.</summary>
// SAFETY: paths are zero-terminated copies pinned for the call; the buffer is a local of the size passed along with it.
public static unsafe partial class FileWatch
{
    private const int IN_NONBLOCK = 0x800;
    private const int IN_CLOEXEC = 0x80000;
    private const uint IN_MODIFY = 0x2;
    private const uint IN_ATTRIB = 0x4;
    private const uint IN_MOVED_FROM = 0x40;
    private const uint IN_MOVED_TO = 0x80;
    private const uint IN_CREATE = 0x100;
    private const uint IN_DELETE = 0x200;
    private const uint IN_DELETE_SELF = 0x400;
    private const uint IN_MOVE_SELF = 0x800;
    private const uint IN_Q_OVERFLOW = 0x4000;
    private const uint IN_IGNORED = 0x8000;
    private const uint IN_MASK_ADD = 0x20000000;
    private const int HeaderSize = 16; // struct inotify_event without its name

    public static SysResult Open() => LastCall.Result(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));

    /// <summary>The file that a path leads to, by whichever name it is changed: its bytes, its rights, its names.</summary>
    /// <returns>The number of the watch: the same one for the same file.</returns>
    public static SysResult AddFile(Fd watch, string path) => Add(watch, path, IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF);

    /// <summary>The names in a directory, as they come and go.</summary>
    public static SysResult AddNames(Fd watch, string directory) =>
        Add(watch, directory, IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF);

    /// <summary>What has happened since it was last read. After an overflow there is a report of watch −1.</summary>
    public static void Read(Fd watch, List<FileChange> changes)
    {
        const int Room = 4096;
        byte* buffer = stackalloc byte[Room];
        nint length;
        while ((length = read(watch.Value, buffer, Room)) > 0)
        {
            ReadOnlySpan<byte> rest = new(buffer, (int)length);
            while (rest.Length >= HeaderSize)
            {
                int number = BinaryPrimitives.ReadInt32LittleEndian(rest);
                uint mask = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
                int nameLength = BinaryPrimitives.ReadInt32LittleEndian(rest[12..]);
                if ((mask & IN_IGNORED) == 0)
                {
                    ReadOnlySpan<byte> name = rest.Slice(HeaderSize, nameLength);
                    int end = name.IndexOf((byte)0);
                    changes.Add(new FileChange((mask & IN_Q_OVERFLOW) != 0 ? -1 : number, Encoding.Latin1.GetString(end < 0 ? name : name[..end])));
                }

                rest = rest[(HeaderSize + nameLength)..];
            }
        }
    }

    private static SysResult Add(Fd watch, string path, uint mask)
    {
        fixed (byte* name = Files.Zero(path))
        {
            return LastCall.Result(inotify_add_watch(watch.Value, name, mask | IN_MASK_ADD));
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_add_watch(int fd, byte* path, uint mask);

    [LibraryImport("libc")]
    private static partial nint read(int fd, byte* buffer, nint count);
}
