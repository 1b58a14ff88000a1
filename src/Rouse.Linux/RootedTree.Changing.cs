using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <content>Names that come, go and move.</content>
// SAFETY: names are zero-terminated copies pinned for the call.
public sealed unsafe partial class RootedTree
{
    private const int RENAME_NOREPLACE = 1;

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

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, int directory, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int renameat2(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int fd);
}
