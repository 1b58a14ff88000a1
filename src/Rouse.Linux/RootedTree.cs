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
    private const int O_NOCTTY = 0x100;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int O_PATH = 0x200000;
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

    public void Close(Fd file) => Sockets.Close(file);

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
    private static partial nint readlinkat(int directory, byte* path, byte* buffer, nint size);
}
