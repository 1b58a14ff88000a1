using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Rouse.Linux;

namespace Rouse.Runlevels.Tests;

/// <summary>A host's tree in a scratch folder, in one of the two layouts, and what it holds at any moment.</summary>
internal sealed class HostTree : IDisposable
{
    // In memory where there is such a place: every change waits for its disk several times.
    private readonly string _folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "rouse-tree-" + Guid.NewGuid().ToString("N"))).FullName;

    private readonly string _base;

    /// <param name="underRc">Scripts and links below /etc/rc.d, and links to them in /etc, as Red Hat has it.</param>
    public HostTree(bool underRc = true)
    {
        _base = underRc ? "etc/rc.d" : "etc";
        foreach (string name in (string[])["init.d", .. Enumerable.Range(0, 7).Select(level => $"rc{level}.d")])
        {
            Directory.CreateDirectory(At($"{_base}/{name}"));
            if (underRc)
            {
                Directory.CreateSymbolicLink(At($"etc/{name}"), $"/etc/rc.d/{name}");
            }
        }

        Directory.CreateDirectory(At("etc/xinetd.d"));
        Open = RootedTree.Open(_folder, out Errno error) ?? throw new InvalidOperationException(error.Describe());
    }

    public RootedTree Open { get; }

    public string Folder => _folder;

    public string At(string path) => Path.Combine(_folder, path);

    public HostTree Script(string name, params string[] comments)
    {
        File.WriteAllText(At($"{_base}/init.d/{name}"), $"#!/bin/sh\n{string.Concat(comments.Select(line => $"# {line}\n"))}exit 0\n");
        return this;
    }

    public HostTree LsbScript(string name, string defaultStart, string needs = "", string more = "") => ScriptText(
        name,
        $"#!/bin/sh\n### BEGIN INIT INFO\n# Provides: {name}\n# Required-Start: {needs}\n# Required-Stop: {needs}\n# Default-Start: {defaultStart}\n"
        + $"{more}### END INIT INFO\n");

    public HostTree ScriptText(string name, string text)
    {
        File.WriteAllText(At($"{_base}/init.d/{name}"), text);
        return this;
    }

    public HostTree Xinetd(string name, string text)
    {
        File.WriteAllText(At($"etc/xinetd.d/{name}"), text);
        return this;
    }

    public HostTree Override(string name, params string[] comments)
    {
        Directory.CreateDirectory(At("etc/chkconfig.d"));
        File.WriteAllText(At($"etc/chkconfig.d/{name}"), string.Concat(comments.Select(line => $"# {line}\n")));
        return this;
    }

    public HostTree Link(int level, string name, string target)
    {
        File.CreateSymbolicLink(At($"{_base}/rc{level}.d/{name}"), target);
        return this;
    }

    public string LevelFolder(int level) => At($"{_base}/rc{level}.d");

    /// <summary>The links of a level, in order.</summary>
    public string[] Links(int level) => [.. Directory.GetFileSystemEntries(LevelFolder(level)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>All links of a service, as <c>rc3.d/S13portmap</c>.</summary>
    public string[] LinksOf(string service) =>
        [.. Enumerable.Range(0, 7).SelectMany(level => Links(level).Where(name => name[3..] == service).Select(name => $"rc{level}.d/{name}"))];

    /// <summary>Every name below the root with its content, target or mode: two trees with one snapshot are the same.</summary>
    public string Snapshot()
    {
        StringBuilder text = new();
        foreach (string path in Entries(_folder).Order(StringComparer.Ordinal))
        {
            FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            string what = info.LinkTarget is { } target ? $"-> {target}"
                : info is FileInfo ? $"{info.UnixFileMode} {Convert.ToHexString(File.ReadAllBytes(path))}"
                : $"{info.UnixFileMode}";
            text.Append(path.AsSpan(_folder.Length)).Append(' ').Append(what).Append('\n');
        }

        return text.ToString();
    }

    public void Dispose()
    {
        Open.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // Links are not followed: a loop of them is no loop of ours.
    private static IEnumerable<string> Entries(string folder)
    {
        foreach (string path in Directory.GetFileSystemEntries(folder))
        {
            yield return path;
            if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            {
                foreach (string below in Entries(path))
                {
                    yield return below;
                }
            }
        }
    }
}
