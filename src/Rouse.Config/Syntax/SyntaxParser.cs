using System;
using System.Collections.Generic;
using Rouse.Config.Text;

namespace Rouse.Config.Syntax;

/// <summary>
/// Finds the entries of a file as the original's reader does. After anything that is no entry it passes over everything up to the next
/// lone closing brace, even over whole entries: that is what the original does, so that is what a service depends on.
/// </summary>
internal ref struct SyntaxParser
{
    private readonly SyntaxTree _tree;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<Line> _lines;
    private readonly List<Entry> _entries;
    private int _at;

    private SyntaxParser(SyntaxTree tree, List<Line> lines, List<Entry> entries)
    {
        _tree = tree;
        _bytes = tree.File.Bytes;
        _lines = lines;
        _entries = entries;
    }

    public static void Parse(SyntaxTree tree, List<Line> lines, List<Entry> entries)
    {
        SyntaxParser parser = new(tree, lines, entries);
        while (parser.NextSignificant(out TextRange line))
        {
            parser.ParseEntry(line);
        }
    }

    private void ParseEntry(TextRange line)
    {
        int first = _lines.Count;
        int at = line.Start;
        int end = EndWithoutLineEnd(line);
        Blanks.NextWord(_bytes, ref at, end, out TextRange keyword);
        Blanks.NextWord(_bytes, ref at, end, out TextRange name);
        EntryKind kind = KindOf(_bytes.Slice(keyword.Start, keyword.Length));
        bool needsName = kind is EntryKind.Service or EntryKind.Include or EntryKind.IncludeDir;
        name = needsName ? name : new(keyword.End, 0);
        EntryFault fault = EntryFault.None;
        int blamed = first;
        _lines.Add(new(kind == EntryKind.Stray ? LineKind.Skipped : LineKind.Keyword, line));
        if (kind == EntryKind.Stray)
        {
            SkipToCloseBrace();
        }
        else if (needsName && name.Length == 0)
        {
            fault = EntryFault.MissingName;
            SkipToCloseBrace();
        }
        else if (kind is EntryKind.Service or EntryKind.Defaults)
        {
            fault = ParseBody(ref blamed);
        }

        _entries.Add(new(_tree, kind, fault, keyword, name, first, _lines.Count - first, blamed));
    }

    private EntryFault ParseBody(ref int blamed)
    {
        if (!NextSignificant(out TextRange line))
        {
            return EntryFault.MissingOpenBrace;
        }

        if (!Blanks.IsLone(Slice(line), (byte)'{'))
        {
            // The line is used up, even where it is a closing brace or begins the next entry.
            blamed = _lines.Count;
            _lines.Add(new(LineKind.Skipped, line));
            SkipToCloseBrace();
            return EntryFault.MissingOpenBrace;
        }

        _lines.Add(new(LineKind.OpenBrace, line));
        while (NextSignificant(out line))
        {
            if (Blanks.IsLone(Slice(line), (byte)'}'))
            {
                _lines.Add(new(LineKind.CloseBrace, line));
                return EntryFault.None;
            }

            _lines.Add(new(LineKind.Attribute, line));
        }

        return EntryFault.Incomplete;
    }

    private void SkipToCloseBrace()
    {
        while (NextSignificant(out TextRange line))
        {
            if (Blanks.IsLone(Slice(line), (byte)'}'))
            {
                _lines.Add(new(LineKind.CloseBrace, line));
                return;
            }

            _lines.Add(new(LineKind.Skipped, line));
        }
    }

    /// <summary>The next line that is neither blank nor a comment; those before it are taken into the tree.</summary>
    private bool NextSignificant(out TextRange line)
    {
        while (_at < _bytes.Length)
        {
            int length = _bytes[_at..].IndexOf((byte)'\n') + 1;
            line = new(_at, length > 0 ? length : _bytes.Length - _at);
            _at = line.End;
            int text = Blanks.SkipSpaces(_bytes, line.Start, line.End);
            if (text == line.End)
            {
                _lines.Add(new(LineKind.Blank, line));
            }
            else if (_bytes[text] == (byte)'#')
            {
                _lines.Add(new(LineKind.Comment, line));
            }
            else
            {
                return true;
            }
        }

        line = default;
        return false;
    }

    private static EntryKind KindOf(ReadOnlySpan<byte> keyword) =>
        keyword.Is("service"u8) ? EntryKind.Service
        : keyword.Is("defaults"u8) ? EntryKind.Defaults
        : keyword.Is("include"u8) ? EntryKind.Include
        : keyword.Is("includedir"u8) ? EntryKind.IncludeDir
        : EntryKind.Stray;

    private readonly ReadOnlySpan<byte> Slice(TextRange range) => _bytes.Slice(range.Start, range.Length);

    private readonly int EndWithoutLineEnd(TextRange line) =>
        _bytes[line.End - 1] == (byte)'\n' ? line.End - 1 : line.End;
}
