using System.Collections.Generic;
using Rouse.Config.Model;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>
/// Where the lines of a service's entry stand. A definition knows its values, not their places, as the daemon has no use for them; so the
/// files are taken apart once more. Services of an inetd.conf have a line and no entry: nothing is found for them.
/// </summary>
public sealed class EntryPlaces
{
    private readonly Dictionary<(SourceFile File, int Name), Entry> _services = [];
    private readonly List<Entry> _defaults = [];
    private readonly List<(Entry Entry, string Directory)> _directories = [];

    public EntryPlaces(Configuration configuration)
    {
        foreach (SourceFile file in configuration.Files)
        {
            foreach (Entry entry in SyntaxTree.Parse(file).Entries)
            {
                Add(file, entry);
            }
        }
    }

    /// <summary>The directories of <c>includedir</c> lines, each with its place.</summary>
    public IEnumerable<(string Path, SourceSpan Span)> Directories
    {
        get
        {
            foreach ((Entry entry, string directory) in _directories)
            {
                yield return (directory, entry.Name.In(entry.Tree.File));
            }
        }
    }

    /// <summary>The values of the first line for an attribute in the service's own entry; null where it has none.</summary>
    public SourceSpan? Of(ServiceDefinition service, string attribute) => Of(service.Span, attribute);

    /// <summary>The same for an entry that is known by the place of its name.</summary>
    public SourceSpan? Of(SourceSpan name, string attribute) => EntryAt(name) is { } entry ? ValuesIn(entry, attribute) : null;

    /// <summary>The values of the first line for an attribute in the defaults.</summary>
    public SourceSpan? InDefaults(string attribute)
    {
        foreach (Entry entry in _defaults)
        {
            if (ValuesIn(entry, attribute) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>A word among the values of the attribute's <c>=</c> and <c>+=</c> lines in the service's own entry.</summary>
    public SourceSpan? WordOf(ServiceDefinition service, string attribute, string word)
    {
        if (EntryAt(service.Span) is not { } entry)
        {
            return null;
        }

        SourceFile file = entry.Tree.File;
        SourceSpan? found = null;
        List<TextRange> values = [];
        foreach (AttributeSyntax line in Lines(entry, attribute))
        {
            line.CollectValues(file, values);
            foreach (TextRange value in values)
            {
                if (line.Operator != AssignOperator.Remove && file.Bytes.Slice(value.Start, value.Length).Is(word))
                {
                    found = value.In(file);
                }
            }
        }

        return found;
    }

    /// <summary>Whether a place lies within the service's own entry, so that what stands there was written for this service.</summary>
    public bool IsOwn(ServiceDefinition service, SourceSpan place)
    {
        if (place.File is null || place.File != service.Span.File)
        {
            return false;
        }

        if (EntryAt(service.Span) is not { } entry)
        {
            return place == service.Span;
        }

        System.ReadOnlySpan<Line> lines = entry.Lines;
        return place.Start >= lines[0].Range.Start && place.Start < lines[^1].Range.End;
    }

    private void Add(SourceFile file, Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Service when entry.Fault == EntryFault.None:
                _services.TryAdd((file, entry.Name.Start), entry);
                break;
            case EntryKind.Defaults when entry.Fault == EntryFault.None:
                _defaults.Add(entry);
                break;
            case EntryKind.IncludeDir when entry.Fault == EntryFault.None:
                _directories.Add((entry, SourceFile.Decode(file.Bytes.Slice(entry.Name.Start, entry.Name.Length))));
                break;
            default:
                break;
        }
    }

    private Entry? EntryAt(SourceSpan name) =>
        name.File is not null && _services.TryGetValue((name.File, name.Start), out Entry? entry) ? entry : null;

    private static SourceSpan? ValuesIn(Entry entry, string attribute)
    {
        List<TextRange> values = [];
        foreach (AttributeSyntax line in Lines(entry, attribute))
        {
            line.CollectValues(entry.Tree.File, values);
            return values.Count == 0
                ? line.Name.In(entry.Tree.File)
                : new SourceSpan(entry.Tree.File, values[0].Start, values[^1].End - values[0].Start);
        }

        return null;
    }

    private static List<AttributeSyntax> Lines(Entry entry, string attribute)
    {
        List<AttributeSyntax> found = [];
        foreach (Line line in entry.Lines)
        {
            if (line.Kind != LineKind.Attribute)
            {
                continue;
            }

            AttributeSyntax syntax = AttributeSyntax.Read(entry.Tree.File, line);
            if (syntax.Fault == AttributeFault.None && entry.Tree.File.Bytes.Slice(syntax.Name.Start, syntax.Name.Length).Is(attribute))
            {
                found.Add(syntax);
            }
        }

        return found;
    }
}
