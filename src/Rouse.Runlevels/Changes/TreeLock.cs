using System;
using System.Threading;
using Rouse.Linux;

namespace Rouse.Runlevels.Changes;

/// <summary>
/// One change at a time. The journal is the lock: whoever holds it may change the tree, and whoever takes it first finishes what its last
/// holder left undone. It is there only while a change is made, and private, so that nobody but those who may change the tree can hold it.
/// </summary>
internal sealed class TreeLock
{
    public const string Path = "/etc/.rouse-change";

    private const int PauseMs = 20;

    private readonly IFileTree _tree;

    private TreeLock(IFileTree tree, Fd file)
    {
        _tree = tree;
        File = file;
    }

    public Fd File { get; private set; }

    /// <summary>EAGAIN where another holds it for longer than <paramref name="patienceMs"/>; ENOENT where there is none and none is made.</summary>
    public static SysResult Take(IFileTree tree, bool mayCreate, int patienceMs, out TreeLock? taken)
    {
        taken = null;
        long end = Environment.TickCount64 + patienceMs;
        while (true)
        {
            SysResult opened = tree.OpenLocked(Path, mayCreate);
            if (opened.Ok)
            {
                taken = new TreeLock(tree, opened.Fd);
                return opened;
            }

            if (opened.Error is not (Errno.EAGAIN or Errno.ESTALE or Errno.EINTR) || Environment.TickCount64 >= end)
            {
                return opened.Error == Errno.ESTALE ? SysResult.Fail(Errno.EAGAIN) : opened;
            }

            Thread.Sleep(opened.Error == Errno.EAGAIN ? PauseMs : 0);
        }
    }

    /// <summary>The change is complete: the journal goes, and the lock with it.</summary>
    public SysResult Finish()
    {
        // Emptied first: a journal that cannot be removed must not be gone through again one day.
        SysResult emptied = _tree.Empty(File);
        SysResult removed = _tree.Remove(Path);
        Release();
        return removed.Ok ? removed : emptied;
    }

    /// <summary>Lets go without removing the journal: the next holder goes on with it.</summary>
    public void Release()
    {
        if (File.IsOpen)
        {
            _tree.Close(File);
            File = Fd.None;
        }
    }
}
