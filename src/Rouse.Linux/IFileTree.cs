using System;
using System.Collections.Generic;

namespace Rouse.Linux;

/// <summary>What a directory holds under one name; links are not followed.</summary>
public enum DirectoryEntryKind : byte
{
    Other,
    File,
    Directory,
    Link,
}

/// <summary>A name in a directory, one char a byte.</summary>
public readonly record struct DirectoryEntry(string Name, DirectoryEntryKind Kind);

/// <summary>
/// The files below one directory, the root. Paths begin with <c>/</c>, one char a byte, and lead nowhere else: a link in the tree is followed
/// as after chroot(2). Nothing follows a link in the place of what is changed. <see cref="RootedTree"/> is the real one; tests give one that
/// fails, or stops, at the step of their choice.
/// </summary>
public interface IFileTree : IDisposable
{
    /// <summary>The root's own path.</summary>
    string Root { get; }

    SysResult List(string path, List<DirectoryEntry> entries);

    /// <summary>The whole of a regular file, links followed: EISDIR, EINVAL for what is none, EFBIG over <paramref name="limit"/> bytes.</summary>
    SysResult Read(string path, int limit, out byte[] bytes);

    /// <summary>stat(2), links followed; <see cref="FileKind.Missing"/> with the reason where it fails.</summary>
    SysResult Look(string path, out FileStatus status);

    /// <summary>The target of a link; EINVAL where it is none.</summary>
    SysResult ReadLink(string path, out string target);

    /// <summary>The same file's path without a link in it.</summary>
    SysResult Resolve(string path, out string real);

    /// <summary>access(2) with W_OK: a directory or file may be changed.</summary>
    SysResult MayWrite(string path);

    SysResult MakeLink(string path, string target);

    /// <summary>rename(2); EEXIST where <paramref name="mayReplace"/> is false and the new name is taken.</summary>
    SysResult Rename(string from, string to, bool mayReplace);

    SysResult Remove(string path);

    /// <summary>Makes a file that did not exist, with the mode, owner and labels (extended attributes) of another, and has it on the disk.</summary>
    SysResult CreateLike(string path, string model, ReadOnlySpan<byte> content);

    /// <summary>Makes a file that did not exist, owned by the caller, and has it on the disk.</summary>
    SysResult Create(string path, uint mode, ReadOnlySpan<byte> content);

    /// <summary>What a directory holds is on the disk.</summary>
    SysResult Sync(string directory);

    /// <summary>
    /// Opens a file of mode 0600, made where missing, and takes its lock (flock(2)) without waiting: EAGAIN where another process holds it,
    /// ESTALE where it went meanwhile: try again. The lock goes with the descriptor.
    /// </summary>
    SysResult OpenLocked(string path, bool mayCreate);

    /// <summary>Adds bytes at the end of a file that <see cref="OpenLocked"/> opened, and has them on the disk.</summary>
    SysResult Append(Fd file, ReadOnlySpan<byte> bytes);

    /// <summary>Takes out all that such a file holds.</summary>
    SysResult Empty(Fd file);

    void Close(Fd file);
}
