using System;
using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Runlevels.Tests;

/// <summary>The process was killed: nothing that the program would do afterwards happens.</summary>
internal sealed class KilledException : Exception;

/// <summary>
/// A tree whose n-th change (counted from 0) does not happen: the process is killed at it, before or half-way through, or the kernel refuses
/// it and every later one that needs room.
/// </summary>
internal sealed class FailingTree(IFileTree tree, int at, Errno error, bool isCut = false) : IFileTree
{
    private bool _isDead;

    /// <summary>Changes asked for so far.</summary>
    public int Changes { get; private set; }

    public string Root => tree.Root;

    public SysResult List(string path, List<DirectoryEntry> entries) => tree.List(path, entries);

    public SysResult Read(string path, int limit, out byte[] bytes) => tree.Read(path, limit, out bytes);

    public SysResult Look(string path, out FileStatus status) => tree.Look(path, out status);

    public SysResult ReadLink(string path, out string target) => tree.ReadLink(path, out target);

    public SysResult Resolve(string path, out string real) => tree.Resolve(path, out real);

    public SysResult MayWrite(string path) => tree.MayWrite(path);

    public SysResult MakeLink(string path, string target) => Do(() => tree.MakeLink(path, target), needsRoom: true);

    public SysResult Rename(string from, string to, bool mayReplace) => Do(() => tree.Rename(from, to, mayReplace), needsRoom: false);

    public SysResult Remove(string path) => Do(() => tree.Remove(path), needsRoom: false);

    public SysResult CreateLike(string path, string model, ReadOnlySpan<byte> content)
    {
        byte[] bytes = content.ToArray();
        return Do(() => tree.CreateLike(path, model, bytes), needsRoom: true, () => tree.CreateLike(path, model, bytes.AsSpan(0, bytes.Length / 2)));
    }

    public SysResult Create(string path, uint mode, ReadOnlySpan<byte> content)
    {
        byte[] bytes = content.ToArray();
        return Do(() => tree.Create(path, mode, bytes), needsRoom: true, () => tree.Create(path, mode, bytes.AsSpan(0, bytes.Length / 2)));
    }

    public SysResult Sync(string directory) => Do(() => tree.Sync(directory), needsRoom: false);

    public SysResult OpenLocked(string path, bool mayCreate)
    {
        SysResult Half()
        {
            SysResult opened = tree.OpenLocked(path, mayCreate);
            if (opened.Ok)
            {
                tree.Close(opened.Fd);
            }

            return opened;
        }

        return Do(() => tree.OpenLocked(path, mayCreate), needsRoom: true, Half);
    }

    public SysResult Append(Fd file, ReadOnlySpan<byte> bytes)
    {
        byte[] content = bytes.ToArray();
        return Do(() => tree.Append(file, content), needsRoom: true, () => tree.Append(file, content.AsSpan(0, content.Length / 2)));
    }

    public SysResult Empty(Fd file) => Do(() => tree.Empty(file), needsRoom: false);

    // What the process holds goes with it, also when it is killed.
    public void Close(Fd file) => tree.Close(file);

    public void Dispose() => tree.Dispose();

    private SysResult Do(Func<SysResult> change, bool needsRoom, Func<SysResult>? half = null)
    {
        if (_isDead)
        {
            throw new KilledException();
        }

        int now = Changes++;
        if (error == Errno.None && now == at)
        {
            _isDead = true;
            if (isCut)
            {
                (half ?? change)();
            }

            throw new KilledException();
        }

        return error != Errno.None && now >= at && needsRoom ? SysResult.Fail(error) : change();
    }
}
