using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Rouse.Config.Syntax;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Runlevels.Xinetd;

/// <summary>One entry of a file: the service, its id, and whether its own <c>disable</c> line lets it run.</summary>
public readonly record struct XinetdService(string Name, string Id, bool IsOn)
{
    /// <summary>
    /// Its entry has no name, or no braces on lines of their own, or a <c>disable</c> line that is no assignment: the super-server leaves it out.
    /// </summary>
    public bool IsLeftOut { get; init; }
}

/// <summary>A file of xinetd.d, which chkconfig shows and changes as one service.</summary>
public sealed class XinetdFile
{
    /// <summary>A larger file is no configuration that a person edits.</summary>
    public const int LargestFile = 16 * 1024 * 1024;

    private XinetdFile(string name, SyntaxTree? tree, Errno unreadable)
    {
        Name = name;
        Tree = tree;
        Unreadable = unreadable;
        Services = tree is null ? [] : [.. tree.Entries.Where(entry => entry.Kind == EntryKind.Service).Select(Service)];
        Header = tree is null ? new XinetdHeader() : XinetdHeader.Read(tree);
    }

    public string Name { get; }

    public string Path => $"{Layout.Xinetd}/{Name}";

    /// <summary>Null where the file cannot be read.</summary>
    public SyntaxTree? Tree { get; }

    public Errno Unreadable { get; }

    public IReadOnlyList<XinetdService> Services { get; }

    public XinetdHeader Header { get; }

    /// <summary>The super-server's includedir passes it over because of its name.</summary>
    public bool IsIgnored => !FileNames.IsReadBySuperServer(Name);

    /// <summary>Some service of it is on, and it is read.</summary>
    public bool IsOn => !IsIgnored && Services.Any(service => service.IsOn);

    /// <summary>Some of its services are on and others are off.</summary>
    public bool IsMixed => Services.Any(service => service.IsOn) && Services.Any(service => !service.IsOn);

    /// <summary>Null where there is no file of that name.</summary>
    public static XinetdFile? Read(IFileTree tree, string name)
    {
        SysResult read = tree.Read($"{Layout.Xinetd}/{name}", LargestFile, out byte[] bytes);
        if (read.Ok)
        {
            return new XinetdFile(name, SyntaxTree.Parse(new SourceFile($"{Layout.Xinetd}/{name}", bytes)), Errno.None);
        }

        return read.Error is Errno.ENOENT or Errno.EISDIR or Errno.EINVAL ? null : new XinetdFile(name, null, read.Error);
    }

    private static XinetdService Service(Entry entry)
    {
        string name = Text(entry, entry.Name);
        string id = entry.TryFind("id"u8, out AttributeSyntax line) ? Text(entry, FirstWord(entry, line)) : name;
        bool isOff = entry.TryFind("disable"u8, out line) && Text(entry, FirstWord(entry, line)).Equals("yes", StringComparison.OrdinalIgnoreCase);
        bool isLeftOut = entry.Fault != EntryFault.None || HasBrokenDisable(entry);
        return new(name, id, !isOff && !isLeftOut) { IsLeftOut = isLeftOut };
    }

    private static bool HasBrokenDisable(Entry entry)
    {
        foreach (Line line in entry.Lines)
        {
            if (line.Kind == LineKind.Attribute && AttributeSyntax.Read(entry.Tree.File, line) is { Fault: not AttributeFault.None } broken
                && Ascii.EqualsIgnoreCase(entry.Tree.File.Bytes.Slice(broken.Name.Start, broken.Name.Length), "disable"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An attribute's first value; of length 0 where it has none.</summary>
    internal static TextRange FirstWord(Entry entry, in AttributeSyntax line)
    {
        List<TextRange> values = [];
        line.CollectValues(entry.Tree.File, values);
        return values.Count > 0 ? values[0] : new(line.ValuesRange.Start, 0);
    }

    private static string Text(Entry entry, TextRange range) =>
        Encoding.Latin1.GetString(entry.Tree.File.Bytes.Slice(range.Start, range.Length));
}
