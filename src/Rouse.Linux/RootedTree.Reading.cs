using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <content>What is there, without changing it.</content>
// SAFETY: names are zero-terminated copies pinned for the call; buffers are locals or pinned spans passed with their own length.
public sealed unsafe partial class RootedTree
{
    private const int W_OK = 2;
    private const int AT_EACCESS = 0x200;

    public SysResult List(string path, List<DirectoryEntry> entries)
    {
        entries.Clear();
        SysResult opened = OpenIn(_root, Relative(path), O_DIRECTORY | O_CLOEXEC);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult read = DirectoryReader.Read(opened.Fd, entries);
        Sockets.Close(opened.Fd);
        return read;
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

    [LibraryImport("libc", SetLastError = true)]
    private static partial int faccessat(int directory, byte* path, int mode, int flags);
}
