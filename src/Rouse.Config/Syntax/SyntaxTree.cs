using System;
using System.Buffers;
using System.Collections.Generic;
using Rouse.Config.Text;

namespace Rouse.Config.Syntax;

/// <summary>
/// A configuration file taken apart without losing a byte: lines that lie end to end, and the entries that they make up. An edit is a
/// replacement of a range found through the tree (<see cref="Replace"/>), so that every other byte stays as it was.
/// </summary>
public sealed class SyntaxTree
{
    private readonly List<Line> _lines;
    private readonly List<Entry> _entries;

    private SyntaxTree(SourceFile file)
    {
        File = file;
        _lines = new(file.LineCount);
        _entries = [];
    }

    public SourceFile File { get; }

    public ReadOnlySpan<Line> Lines => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_lines);

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    public static SyntaxTree Parse(SourceFile file)
    {
        SyntaxTree tree = new(file);
        SyntaxParser.Parse(tree, tree._lines, tree._entries);
        return tree;
    }

    /// <summary>The file again, token by token.</summary>
    public void Print(IBufferWriter<byte> destination)
    {
        foreach (Line line in Lines)
        {
            Lexer lexer = new(File, line);
            while (lexer.Next(out Token token))
            {
                destination.Write(File.Bytes.Slice(token.Range.Start, token.Range.Length));
            }
        }
    }

    /// <summary>The file's bytes with one range replaced.</summary>
    public byte[] Replace(TextRange range, ReadOnlySpan<byte> with)
    {
        ReadOnlySpan<byte> bytes = File.Bytes;
        return [.. bytes[..range.Start], .. with, .. bytes[range.End..]];
    }
}
