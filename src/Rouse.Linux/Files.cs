using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>open(2), read(2), write(2), access(2), getdents64(2), unlink(2), mkdir(2). Paths are one char a byte.</summary>
// SAFETY: paths are zero-terminated copies pinned for the call; buffers are locals or pinned spans passed with their own length.
public static unsafe partial class Files
{
    private const int O_RDONLY = 0;
    private const int O_WRONLY = 1;
    private const int O_RDWR = 2;
    private const int O_CREAT = 0x40;
    private const int O_EXCL = 0x80;
    private const int O_NOCTTY = 0x100;
    private const int O_TRUNC = 0x200;
    private const int O_APPEND = 0x400;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int O_DIRECTORY_X64 = 0x10000;
    private const int O_DIRECTORY_ARM = 0x4000;
    private const int X_OK = 1;
    private const int LargestFile = 256 * 1024 * 1024;

    /// <summary>The whole of a file, or the reason. A file over 256 MiB is refused as no configuration (EINVAL).</summary>
    public static SysResult Read(string path, out byte[] bytes)
    {
        bytes = [];
        SysResult opened = Open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult read = ReadToEnd(opened.Fd, out bytes);
        Sockets.Close(opened.Fd);
        return read;
    }

    private static SysResult ReadToEnd(Fd fd, out byte[] bytes)
    {
        Span<byte> first = stackalloc byte[4096]; // Most files are smaller; a thousand of them leave no garbage.
        Span<byte> more = stackalloc byte[1];
        Span<byte> buffer = first;
        byte[]? larger = null;
        int length = 0;
        while (true)
        {
            // A full buffer holds the whole file as a rule: only if there is more, a larger one is needed.
            bool isFull = length == buffer.Length;
            SysResult got = Read(fd, isFull ? more : buffer[length..]);
            if (!got.Ok && got.Error == Errno.EINTR)
            {
                continue;
            }

            if (!got.Ok || got.Value == 0)
            {
                bytes = larger is not null && larger.Length == length ? larger : buffer[..length].ToArray();
                return got;
            }

            if (isFull)
            {
                if (length >= LargestFile)
                {
                    bytes = [];
                    return SysResult.Fail(Errno.EINVAL);
                }

                // The kernel's own files have no size.
                long size = SizeOf(fd);
                larger = new byte[(int)Math.Min(LargestFile, size > length ? size : length * 4L)];
                buffer.CopyTo(larger);
                larger[length] = more[0];
                buffer = larger;
            }

            length += got.Value;
        }
    }

    /// <summary>The beginning of a regular file, as much as the buffer holds: how many bytes. Anything but a regular file is EINVAL.</summary>
    public static SysResult ReadStart(string path, Span<byte> buffer)
    {
        SysResult opened = Open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult read = KindOf(opened.Fd) == FileKind.Regular ? Read(opened.Fd, buffer) : SysResult.Fail(Errno.EINVAL);
        Sockets.Close(opened.Fd);
        return read;
    }

    public static SysResult Read(Fd fd, Span<byte> buffer)
    {
        fixed (byte* to = buffer)
        {
            return LastCall.Result(read(fd.Value, to, buffer.Length));
        }
    }

    public static SysResult Write(Fd fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return LastCall.Result(write(fd.Value, from, bytes.Length));
        }
    }

    /// <summary>For appending, made with mode 0644 where missing. A pipe without a reader fails (ENXIO) instead of blocking.</summary>
    public static SysResult OpenAppend(string path) =>
        Open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0x1a4);

    /// <summary>For a question and its answer: one of the kernel's files that is written and then read.</summary>
    public static SysResult OpenToAsk(string path) => Open(path, O_RDWR | O_CLOEXEC, 0);

    /// <summary>Makes a file that did not exist (mode 0644) and fills it; an old one, or a link in its place, is removed first.</summary>
    public static SysResult CreateAnew(string path, ReadOnlySpan<byte> content)
    {
        Unlink(path);
        return CreateNew(path, content);
    }

    /// <summary>Makes a file that did not exist (mode 0644) and fills it; EEXIST where anything has that name.</summary>
    public static SysResult CreateNew(string path, ReadOnlySpan<byte> content)
    {
        SysResult opened = Open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0x1a4);
        if (!opened.Ok)
        {
            return opened;
        }

        // The mode is 0644 whatever the umask.
        _ = fchmod(opened.Value, 0x1a4);
        SysResult written = Write(opened.Fd, content);
        Sockets.Close(opened.Fd);
        return written;
    }

    /// <summary>Replaces a file's content.</summary>
    public static SysResult Overwrite(string path, ReadOnlySpan<byte> content)
    {
        SysResult opened = Open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0x1a4);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult written = Write(opened.Fd, content);
        Sockets.Close(opened.Fd);
        return written;
    }

    public static SysResult OpenNull() => Open("/dev/null", O_RDWR | O_CLOEXEC, 0);

    public static SysResult Unlink(string path)
    {
        fixed (byte* name = Zero(path))
        {
            return LastCall.Result(unlink(name));
        }
    }

    /// <summary>mkdir(2), with this mode whatever the umask; a directory that is there already is left as it is (EEXIST).</summary>
    public static SysResult MakeDirectory(string path, uint mode)
    {
        fixed (byte* name = Zero(path))
        {
            SysResult made = LastCall.Result(mkdir(name, mode));
            if (made.Ok)
            {
                _ = chmod(name, mode);
            }

            return made;
        }
    }

    /// <summary>rmdir(2).</summary>
    public static SysResult RemoveDirectory(string path)
    {
        fixed (byte* name = Zero(path))
        {
            return LastCall.Result(rmdir(name));
        }
    }

    /// <summary>realpath(3): the absolute path without links, or the reason.</summary>
    public static SysResult RealPath(string path, out string real)
    {
        const int PATH_MAX = 4096;
        byte* buffer = stackalloc byte[PATH_MAX];
        fixed (byte* name = Zero(path))
        {
            bool found = realpath(name, buffer) is not null;
            SysResult result = found ? SysResult.Success() : SysResult.Fail(LastCall.Error());
            real = found ? Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer)) : path;
            return result;
        }
    }

    /// <summary>access(2) with X_OK.</summary>
    public static SysResult MayExecute(string path)
    {
        fixed (byte* name = Zero(path))
        {
            return LastCall.Result(access(name, X_OK));
        }
    }

    /// <summary>The names in a directory, unsorted, without <c>.</c> and <c>..</c>.</summary>
    public static SysResult List(string path, out List<string> names)
    {
        names = [];
        int directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? O_DIRECTORY_ARM : O_DIRECTORY_X64;
        SysResult opened = Open(path, O_RDONLY | directory | O_CLOEXEC, 0);
        if (!opened.Ok)
        {
            return opened;
        }

        List<DirectoryEntry> entries = [];
        SysResult result = DirectoryReader.Read(opened.Fd, entries);
        names = entries.ConvertAll(static entry => entry.Name);
        Sockets.Close(opened.Fd);
        return result;
    }

    internal static byte[] Zero(string path)
    {
        byte[] bytes = new byte[path.Length + 1];
        Encoding.Latin1.GetBytes(path, bytes);
        return bytes;
    }

    private static SysResult Open(string path, int flags, uint mode)
    {
        fixed (byte* name = Zero(path))
        {
            return LastCall.Result(open(name, flags, mode));
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlink(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int rmdir(byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* realpath(byte* path, byte* resolved);

    [LibraryImport("libc")]
    private static partial int fchmod(int fd, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mkdir(byte* path, uint mode);

    [LibraryImport("libc")]
    private static partial int chmod(byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int access(byte* path, int mode);
}
