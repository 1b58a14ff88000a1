using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Linux;
using Rouse.Runlevels.Links;
using Rouse.Runlevels.Scripts;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Runlevels;

/// <summary>Every service of a host: its init scripts with their links, and the files of xinetd.d, each sorted by name (strcmp).</summary>
public sealed class Catalogue
{
    private readonly IFileTree _tree;
    private readonly bool _hasOverrides;
    private IReadOnlyList<InitScript>? _scripts;
    private IReadOnlyList<XinetdFile>? _xinetd;
    private LinkFarm? _links;

    /// <summary>Nothing is read before it is asked for.</summary>
    public Catalogue(IFileTree tree)
    {
        _tree = tree;
        ScriptsFault = Layout.Find(tree, out Layout layout).Error;
        Layout = layout;
        _hasOverrides = tree.Look(Layout.Overrides, out FileStatus status).Ok && status.Kind == FileKind.Directory;
    }

    public Layout Layout { get; }

    /// <summary>Why there are no init scripts; ENOENT where the host has no directory for them.</summary>
    public Errno ScriptsFault { get; private set; }

    public IReadOnlyList<InitScript> Scripts => _scripts ??= ReadScripts();

    public IReadOnlyList<XinetdFile> XinetdFiles => _xinetd ??= ReadXinetd();

    public LinkFarm Links => _links ??= LinkFarm.Read(_tree, Layout);

    /// <summary>Null where there is no such script. Without reading any other.</summary>
    public InitScript? Script(string name) =>
        ScriptsFault != Errno.None || !FileNames.IsPlain(name) ? null : InitScript.Read(_tree, Layout, name, _hasOverrides);

    /// <summary>Null where there is no such file. Without reading any other.</summary>
    public XinetdFile? XinetdFile(string name) => FileNames.IsPlain(name) ? Xinetd.XinetdFile.Read(_tree, name) : null;

    /// <summary>Names with links in some level and no script that they could lead to.</summary>
    public IEnumerable<string> Dangling() =>
        Links.Services.Where(name => Script(name) is null).Order(StringComparer.Ordinal);

    private List<InitScript> ReadScripts()
    {
        List<InitScript> scripts = [];
        List<string> names = NamesIn(Layout.Scripts, out Errno fault);
        foreach (string name in names)
        {
            if (InitScript.Read(_tree, Layout, name, _hasOverrides) is { } script)
            {
                scripts.Add(script);
            }
        }

        ScriptsFault = fault;
        return scripts;
    }

    private List<XinetdFile> ReadXinetd()
    {
        List<XinetdFile> files = [];
        foreach (string name in NamesIn(Layout.Xinetd, out _))
        {
            if (Xinetd.XinetdFile.Read(_tree, name) is { } file)
            {
                files.Add(file);
            }
        }

        return files;
    }

    private List<string> NamesIn(string directory, out Errno fault)
    {
        List<DirectoryEntry> entries = [];
        fault = _tree.List(directory, entries).Error;
        List<string> names = [];
        foreach (DirectoryEntry entry in entries)
        {
            if (entry.Kind is DirectoryEntryKind.File or DirectoryEntryKind.Link && !FileNames.IsPassedOver(entry.Name))
            {
                names.Add(entry.Name);
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
