using System;
using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Runlevels.Links;

/// <summary>All links of all levels, read with one pass over each directory.</summary>
public sealed class LinkFarm
{
    private readonly Dictionary<string, ServiceLinks> _services = new(StringComparer.Ordinal);

    private LinkFarm()
    {
    }

    /// <summary>The names of services that have a link somewhere; some may have no script.</summary>
    public IEnumerable<string> Services => _services.Keys;

    /// <summary>Levels whose directory could not be read, and why. A level without a directory has no links.</summary>
    public IReadOnlyList<(string Directory, Errno Error)> Unreadable { get; private set; } = [];

    public ServiceLinks Of(string service) => _services.GetValueOrDefault(service, ServiceLinks.None);

    public static LinkFarm Read(IFileTree tree, Layout layout)
    {
        LinkFarm farm = new();
        List<DirectoryEntry> entries = [];
        List<(string Directory, Errno Error)> unreadable = [];
        for (int level = 0; level < Levels.Count; level++)
        {
            SysResult listed = tree.List(layout.Level(level), entries);
            if (!listed.Ok && listed.Error != Errno.ENOENT)
            {
                unreadable.Add((layout.Level(level), listed.Error));
            }

            // What a directory holds twice is no link of init's, but a file of such a name would be run like one.
            foreach (DirectoryEntry entry in entries)
            {
                if (entry.Kind is DirectoryEntryKind.Link or DirectoryEntryKind.File && LevelLink.TryParse(entry.Name, out LevelLink link))
                {
                    farm.Add(level, link);
                }
            }
        }

        farm.Unreadable = unreadable;
        return farm;
    }

    private void Add(int level, in LevelLink link)
    {
        if (!_services.TryGetValue(link.Service, out ServiceLinks? links))
        {
            links = new ServiceLinks();
            _services.Add(link.Service, links);
        }

        links.Add(level, link);
    }
}
