using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>New files of a tree: complete and on the disk when they are there, and alike to those whose place they take.</summary>
// SAFETY: names are zero-terminated copies pinned for the call; buffers are pinned spans passed with their own length.
public sealed unsafe partial class RootedTree
{
    private const int O_WRONLY = 1;
    private const int O_RDWR = 2;
    private const int O_CREAT = 0x40;
    private const int O_EXCL = 0x80;
    private const int O_APPEND = 0x400;
    private const int LOCK_EX_NB = 6;

    public SysResult Create(string path, uint mode, ReadOnlySpan<byte> content) =>
        Make(path, content, new FileStatus(FileKind.Regular, mode, uint.MaxValue, uint.MaxValue), Fd.None);

    public SysResult CreateLike(string path, string model, ReadOnlySpan<byte> content)
    {
        SysResult opened = OpenIn(_root, Relative(model), O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult made = Files.TryStatus(opened.Fd, out FileStatus status)
            ? Make(path, content, status, opened.Fd)
            : SysResult.Fail(Errno.EIO);
        Sockets.Close(opened.Fd);
        return made;
    }

    public SysResult OpenLocked(string path, bool mayCreate)
    {
        SysResult parent = Parent(path, out string name);
        if (!parent.Ok)
        {
            return parent;
        }

        int create = mayCreate ? O_CREAT : 0;
        SysResult opened = OpenPlain(parent.Fd, name, O_RDWR | O_APPEND | create | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0x180);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult locked = LastCall.Result(flock(opened.Value, LOCK_EX_NB));
        if (locked.Ok && !Files.IsSame(opened.Fd, parent.Fd, name))
        {
            // Its last holder took the name away: whoever comes next makes a new one.
            locked = SysResult.Fail(Errno.ESTALE);
        }

        if (!locked.Ok)
        {
            Sockets.Close(opened.Fd);
            return locked;
        }

        return opened;
    }

    public SysResult Append(Fd file, ReadOnlySpan<byte> bytes)
    {
        SysResult written = WriteAll(file, bytes);
        return written.Ok ? LastCall.Result(fsync(file.Value)) : written;
    }

    public SysResult Empty(Fd file)
    {
        SysResult cut = LastCall.Result(ftruncate(file.Value, 0));
        return cut.Ok ? LastCall.Result(fsync(file.Value)) : cut;
    }

    private SysResult Make(string path, ReadOnlySpan<byte> content, in FileStatus like, Fd model)
    {
        SysResult parent = Parent(path, out string name);
        if (!parent.Ok)
        {
            return parent;
        }

        // Nobody but us until it has its owner: content of a private file is not shown in between.
        SysResult opened = OpenPlain(parent.Fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0x180);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult result = WriteAll(opened.Fd, content);
        if (result.Ok && like.Uid != uint.MaxValue)
        {
            result = LastCall.Result(fchown(opened.Value, like.Uid, like.Gid));
        }

        result = result.Ok ? LastCall.Result(fchmod(opened.Value, like.Mode)) : result;
        result = result.Ok && model.IsOpen ? ExtendedAttributes.Copy(model, opened.Fd) : result;
        result = result.Ok ? LastCall.Result(fsync(opened.Value)) : result;
        Sockets.Close(opened.Fd);
        if (!result.Ok)
        {
            Remove(path);
        }

        return result;
    }

    private static SysResult WriteAll(Fd file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            SysResult written = Files.Write(file, bytes);
            if (!written.Ok && written.Error != Errno.EINTR)
            {
                return written;
            }

            bytes = bytes[Math.Max(written.Value, 0)..];
        }

        return SysResult.Success();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int fd, int operation);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int fd, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(int fd, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(int fd, uint mode);
}
