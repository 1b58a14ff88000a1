using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Runlevels.Xinetd;

/// <summary>Turns the services of a file on or off by one word of each: every other byte of the file stays.</summary>
public static class DisableEdit
{
    private const int TabWidth = 8;

    /// <summary>The file's bytes with the change; the same bytes where nothing has to change.</summary>
    /// <param name="id">Only this service (its id or name); null for all of the file.</param>
    /// <param name="fault">file:line:column, what is wrong and what to do, where the file cannot be changed.</param>
    public static byte[]? Apply(XinetdFile file, bool on, string? id, out string fault)
    {
        fault = "";
        List<(TextRange Range, string Text)> edits = [];
        if (file.Tree is not { } tree)
        {
            return null;
        }

        bool isAny = false;
        int index = 0;
        foreach (Entry entry in tree.Entries.Where(entry => entry.Kind == EntryKind.Service))
        {
            XinetdService service = file.Services[index++];
            if (id is not null && id != service.Id && id != service.Name)
            {
                continue;
            }

            isAny = true;
            if (!TryEdit(entry, on, edits, out fault))
            {
                return null;
            }
        }

        if (!isAny)
        {
            fault = id is null
                ? $"{file.Path}:1:1: no service in this file; there is nothing to turn on or off"
                : $"{file.Path}:1:1: no service '{id}' in this file; it has {string.Join(", ", file.Services.Select(service => service.Id))}";
            return null;
        }

        return Replace(tree.File.Bytes, edits);
    }

    private static bool TryEdit(Entry entry, bool on, List<(TextRange Range, string Text)> edits, out string fault)
    {
        SourceFile file = entry.Tree.File;
        fault = "";
        Line? open = null;
        Line? first = null;
        bool isThere = false;
        foreach (Line line in entry.Lines)
        {
            open ??= line.Kind == LineKind.OpenBrace ? line : null;
            if (line.Kind != LineKind.Attribute)
            {
                continue;
            }

            first ??= line;
            AttributeSyntax attribute = AttributeSyntax.Read(file, line);
            if (!Ascii.EqualsIgnoreCase(file.Bytes.Slice(attribute.Name.Start, attribute.Name.Length), "disable"u8))
            {
                continue;
            }

            TextRange word = XinetdFile.FirstWord(entry, attribute);
            if (attribute.Fault != AttributeFault.None || attribute.Operator != AssignOperator.Set || word.Length == 0)
            {
                fault = Place(file, attribute.Name.Start) + ": this line is not understood; write 'disable = yes' or 'disable = no'";
                return false;
            }

            // All of them: which of several counts is not the same for every reader.
            isThere = true;
            string wanted = on ? "no" : "yes";
            if (!Encoding.Latin1.GetString(file.Bytes.Slice(word.Start, word.Length)).Equals(wanted, StringComparison.OrdinalIgnoreCase))
            {
                edits.Add((word, wanted));
            }
        }

        if (open is not { } brace || entry.Fault != EntryFault.None)
        {
            fault = Place(file, entry.Keyword.Start) + ": this entry is not complete; give it a '{' and a '}', each on a line of its own";
            return false;
        }

        if (!isThere)
        {
            edits.Add((new(brace.Range.End, 0), NewLine(file, brace, first, on)));
        }

        return true;
    }

    // Written as the entry's first line is: the same indentation, the equals sign in the same column.
    private static string NewLine(SourceFile file, Line brace, Line? first, bool on)
    {
        string lineEnd = file.Bytes[brace.Range.End - 1] == (byte)'\n' ? "" : "\n";
        string indent = "\t";
        string gap = "\t\t";
        if (first is { } like)
        {
            AttributeSyntax attribute = AttributeSyntax.Read(file, like);
            indent = Encoding.Latin1.GetString(file.Bytes[like.Range.Start..attribute.Name.Start]);
            string between = Encoding.Latin1.GetString(file.Bytes[attribute.Name.End..attribute.OperatorRange.Start]);
            if (between.Length > 0)
            {
                int column = Column(Column(0, indent) + attribute.Name.Length, between);
                gap = Gap(Column(0, indent) + "disable".Length, column, between.Contains('\t', StringComparison.Ordinal));
            }
        }

        return $"{lineEnd}{indent}disable{gap}= {(on ? "no" : "yes")}\n";
    }

    private static int Column(int from, string text)
    {
        foreach (char c in text)
        {
            from = c == '\t' ? ((from / TabWidth) + 1) * TabWidth : from + 1;
        }

        return from;
    }

    private static string Gap(int from, int to, bool byTabs)
    {
        StringBuilder gap = new();
        while (from < to && byTabs)
        {
            from = ((from / TabWidth) + 1) * TabWidth;
            gap.Append('\t');
        }

        gap.Append(' ', Math.Max(to - from, 0));
        return gap.Length == 0 ? " " : gap.ToString();
    }

    private static byte[] Replace(ReadOnlySpan<byte> bytes, List<(TextRange Range, string Text)> edits)
    {
        List<byte> result = new(bytes.Length + (edits.Count * 16));
        int at = 0;
        foreach ((TextRange range, string text) in edits.OrderBy(edit => edit.Range.Start))
        {
            result.AddRange(bytes[at..range.Start]);
            result.AddRange(Encoding.Latin1.GetBytes(text));
            at = range.End;
        }

        result.AddRange(bytes[at..]);
        return [.. result];
    }

    private static string Place(SourceFile file, int offset)
    {
        (int line, int column) = file.Position(offset);
        return $"{file.Path}:{line}:{column}";
    }
}
