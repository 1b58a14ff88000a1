using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>
/// The kernel's files below a directory. Directories are opened with openat2(2) and RESOLVE_IN_ROOT, once each, and everything happens
/// beside their descriptors: whatever is moved meanwhile, no change lands outside the tree.
/// </summary>
// SAFETY: names are zero-terminated copies pinned for the call; buffers are locals or pinned spans passed with their own length.
public sealed unsafe partial class RootedTree : IFileTree
{
    private const int AT_FDCWD = -100;
    private const int O_WRONLY = 1;
    private const int O_RDWR = 2;
    private const int O_CREAT = 0x40;
    private const int O_EXCL = 0x80;
    private const int O_NOCTTY = 0x100;
    private const int O_APPEND = 0x400;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int O_PATH = 0x200000;
    private const int W_OK = 2;
    private const int AT_EACCESS = 0x200;
    private const int RENAME_NOREPLACE = 1;
    private const int LOCK_EX_NB = 6;
    private const int OpenAt2 = 437;
    private const ulong RESOLVE_IN_ROOT = 0x10;
    private const ulong RESOLVE_NO_MAGICLINKS = 0x02;

    private readonly Dictionary<string, Fd> _directories = new(StringComparer.Ordinal);
    private readonly Fd _root;

    // The machine's own tree needs no confinement, and old kernels have none to give.
    private readonly bool _isWhole;

    private RootedTree(string root, Fd fd)
    {
        Root = root;
        _root = fd;
        _isWhole = root == "/";
    }

    public string Root { get; }

    private static int O_DIRECTORY => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    private static int O_NOFOLLOW => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>Null with the reason: ENOSYS where the kernel (before 5.6) cannot keep a tree apart and the root is not <c>/</c>.</summary>
    public static RootedTree? Open(string root, out Errno error)
    {
        SysResult result = Files.RealPath(root, out string real);
        result = result.Ok ? OpenPlain(new Fd(AT_FDCWD), real, O_DIRECTORY | O_CLOEXEC, 0) : result;
        error = result.Error;
        if (!result.Ok)
        {
            return null;
        }

        RootedTree tree = new(real, result.Fd);
        SysResult probe = tree.OpenIn(tree._root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        error = probe.Error;
        if (!probe.Ok)
        {
            tree.Dispose();
            return null;
        }

        Sockets.Close(probe.Fd);
        return tree;
    }

    public void Dispose()
    {
        foreach (Fd directory in _directories.Values)
        {
            Sockets.Close(directory);
        }

        _directories.Clear();
        Sockets.Close(_root);
    }

    public SysResult List(string path, List<DirectoryEntry> entries)
    {
        entries.Clear();
        SysResult opened = OpenIn(_root, Relative(path), O_DIRECTORY | O_CLOEXEC);
        if (!opened.Ok)
        {
            return opened;
        }

        const int BufferSize = 32768;
        byte[] room = new byte[BufferSize];
        SysResult result;
        fixed (byte* buffer = room)
        {
            nint n;
            while ((n = getdents64(opened.Value, buffer, BufferSize)) > 0)
            {
                for (nint at = 0; at < n; at += *(ushort*)(buffer + at + 16))
                {
                    string name = Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer + at + 19));
                    if (name is not ("." or ".."))
                    {
                        entries.Add(new(name, KindOf(opened.Fd, name, buffer[at + 18])));
                    }
                }
            }

            result = n < 0 ? SysResult.Fail(LastCall.Error()) : SysResult.Success();
        }

        Sockets.Close(opened.Fd);
        return result;
    }

    public SysResult Read(string path, int limit, out byte[] bytes)
    {
        bytes = [];
        const int Flags = O_NOCTTY | O_NONBLOCK | O_CLOEXEC;

        // Most names are no links: those need no way through the tree.
        SysResult parent = Parent(path, out string name);
        SysResult opened = parent.Ok ? OpenPlain(parent.Fd, name, Flags | O_NOFOLLOW, 0) : parent;
        opened = opened.Error == Errno.ELOOP ? OpenIn(_root, Relative(path), Flags) : opened;
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult result = Files.KindOf(opened.Fd, out long size) switch
        {
            FileKind.Regular => ReadAll(opened.Fd, size, limit, out bytes),
            FileKind.Directory => SysResult.Fail(Errno.EISDIR),
            _ => SysResult.Fail(Errno.EINVAL),
        };
        Sockets.Close(opened.Fd);
        return result;
    }

    public SysResult Look(string path, out FileStatus status)
    {
        status = default;
        SysResult opened = OpenIn(_root, Relative(path), O_PATH | O_CLOEXEC);
        if (!opened.Ok)
        {
            return opened;
        }

        bool found = Files.TryStatus(opened.Fd, out status);
        Sockets.Close(opened.Fd);
        return found ? SysResult.Success() : SysResult.Fail(Errno.EIO);
    }

    public SysResult ReadLink(string path, out string target)
    {
        const int PATH_MAX = 4096;
        target = "";
        SysResult parent = Parent(path, out string name);
        if (!parent.Ok)
        {
            return parent;
        }

        byte* buffer = stackalloc byte[PATH_MAX];
        fixed (byte* link = Files.Zero(name))
        {
            SysResult length = LastCall.Result(readlinkat(parent.Value, link, buffer, PATH_MAX));
            target = length.Ok ? Encoding.Latin1.GetString(buffer, length.Value) : "";
            return length;
        }
    }

    public SysResult Resolve(string path, out string real)
    {
        real = path;
        SysResult opened = OpenIn(_root, Relative(path), O_PATH | O_CLOEXEC);
        if (!opened.Ok)
        {
            return opened;
        }

        // The kernel's own name for what is open: what was resolved, not what a path would lead to now.
        SysResult found = OfDescriptor(opened.Fd, out string whole);
        Sockets.Close(opened.Fd);
        if (!found.Ok)
        {
            return found;
        }

        string inside = _isWhole ? "/" : Root + "/";
        if (!whole.StartsWith(inside, StringComparison.Ordinal) || !Files.TryStatus(whole, out _))
        {
            return SysResult.Fail(Errno.ENOENT);
        }

        real = "/" + whole[inside.Length..];
        return SysResult.Success();
    }

    public SysResult MayWrite(string path)
    {
        SysResult parent = Parent(path, out string name);
        if (!parent.Ok)
        {
            return parent;
        }

        fixed (byte* file = Files.Zero(name))
        {
            return LastCall.Result(faccessat(parent.Value, file, W_OK, AT_EACCESS));
        }
    }

    public SysResult MakeLink(string path, string target)
    {
        SysResult parent = Parent(path, out string name);
        if (!parent.Ok)
        {
            return parent;
        }

        fixed (byte* link = Files.Zero(name), to = Files.Zero(target))
        {
            return LastCall.Result(symlinkat(to, parent.Value, link));
        }
    }

    public SysResult Rename(string from, string to, bool mayReplace)
    {
        SysResult source = Parent(from, out string oldName);
        string newName = "";
        SysResult target = source.Ok ? Parent(to, out newName) : source;
        if (!target.Ok)
        {
            return target;
        }

        fixed (byte* old = Files.Zero(oldName), name = Files.Zero(newName))
        {
            SysResult renamed = LastCall.Result(renameat2(source.Value, old, target.Value, name, mayReplace ? 0u : RENAME_NOREPLACE));

            // Some file systems (NFS among them) know no flags. The caller holds the tree's lock; only a stranger could come between.
            if (mayReplace || renamed.Error != Errno.EINVAL)
            {
                return renamed;
            }

            return ReadLink(to, out _).Error == Errno.ENOENT
                ? LastCall.Result(renameat2(source.Value, old, target.Value, name, 0))
                : SysResult.Fail(Errno.EEXIST);
        }
    }

    public SysResult Remove(string path)
    {
        SysResult parent = Parent(path, out string name);
        if (!parent.Ok)
        {
            return parent;
        }

        fixed (byte* file = Files.Zero(name))
        {
            return LastCall.Result(unlinkat(parent.Value, file, 0));
        }
    }

    public SysResult Sync(string directory)
    {
        SysResult opened = OpenIn(_root, Relative(directory), O_DIRECTORY | O_CLOEXEC);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult synced = LastCall.Result(fsync(opened.Value));
        Sockets.Close(opened.Fd);

        // Not every file system can (EINVAL): those have nothing to lose.
        return synced.Error == Errno.EINVAL ? SysResult.Success() : synced;
    }

    public void Close(Fd file) => Sockets.Close(file);

    private static SysResult ReadAll(Fd file, long size, int limit, out byte[] bytes)
    {
        byte[] buffer = new byte[(int)Math.Min(size, limit) + (size is 0 || size > limit ? 1 : 0)];
        int length = 0;
        bytes = [];
        while (true)
        {
            if (length > limit)
            {
                return SysResult.Fail(Errno.EFBIG);
            }

            if (length == size && size > 0)
            {
                bytes = buffer;
                return SysResult.Success(length);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(limit + 1L, buffer.Length * 2L));
            }

            SysResult got = Files.Read(file, buffer.AsSpan(length));
            if (got.Error == Errno.EINTR)
            {
                continue;
            }

            if (!got.Ok || got.Value == 0)
            {
                Array.Resize(ref buffer, length);
                bytes = got.Ok ? buffer : [];
                return got;
            }

            length += got.Value;
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

    private static SysResult OfDescriptor(Fd fd, out string path)
    {
        const int PATH_MAX = 4096;
        byte* buffer = stackalloc byte[PATH_MAX];
        fixed (byte* link = Files.Zero($"/proc/self/fd/{fd.Value.ToString(CultureInfo.InvariantCulture)}"))
        {
            SysResult length = LastCall.Result(readlinkat(AT_FDCWD, link, buffer, PATH_MAX));
            path = length.Ok ? Encoding.Latin1.GetString(buffer, length.Value) : "";
            return length;
        }
    }

    /// <summary>The directory of a path, kept open from now on.</summary>
    private SysResult Parent(string path, out string name)
    {
        int slash = path.LastIndexOf('/');
        name = path[(slash + 1)..];
        string directory = path[..Math.Max(slash, 0)];
        if (name.Length == 0 || name is "." or "..")
        {
            return SysResult.Fail(Errno.EINVAL);
        }

        if (_directories.TryGetValue(directory, out Fd known))
        {
            return SysResult.Success(known.Value);
        }

        SysResult opened = OpenIn(_root, Relative(directory), O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (opened.Ok)
        {
            _directories.Add(directory, opened.Fd);
        }

        return opened;
    }

    private static string Relative(string path)
    {
        string relative = path.TrimStart('/');
        return relative.Length == 0 ? "." : relative;
    }

    private SysResult OpenIn(Fd directory, string path, int flags)
    {
        if (_isWhole)
        {
            return OpenPlain(directory, path, flags, 0);
        }

        OpenHow how = new() { Flags = (ulong)flags, Resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
        fixed (byte* name = Files.Zero(path))
        {
            return LastCall.Result(syscall(OpenAt2, directory.Value, name, &how, sizeof(OpenHow)));
        }
    }

    private static SysResult OpenPlain(Fd directory, string path, int flags, uint mode)
    {
        fixed (byte* name = Files.Zero(path))
        {
            return LastCall.Result(openat(directory.Value, name, flags, mode));
        }
    }

    // struct open_how.
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint directory, byte* path, OpenHow* how, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int directory, byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(int fd, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readlinkat(int directory, byte* path, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int faccessat(int directory, byte* path, int mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, int directory, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat2(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int fd);
}
