using System;
using System.Collections.Generic;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>Why a line is not one that rules are read from.</summary>
internal enum LineFlaw
{
    None,

    /// <summary>The file ends in it.</summary>
    Unfinished,

    TooLong,

    /// <summary>A byte of zero, which would end the line in C and hide what follows.</summary>
    NulByte,
}

/// <summary>
/// A line as the rules have it: lines of the file that end in a backslash, and the one after them, make one. Text is one char a byte,
/// without the line's end.
/// </summary>
internal sealed class RuleLine
{
    private readonly SourceFile _file;

    // Where the parts of Text come from: an index in Text and an offset in the file.
    private readonly List<(int Index, int Offset)> _parts = [];

    private RuleLine(SourceFile file, string text, LineFlaw flaw, int firstLine, int lastLine, List<(int Index, int Offset)> parts)
    {
        _file = file;
        _parts = parts;
        Text = text;
        Flaw = flaw;
        FirstLine = firstLine;
        LastLine = lastLine;
    }

    public string Text { get; }

    public LineFlaw Flaw { get; }

    public int FirstLine { get; }

    public int LastLine { get; }

    public bool IsContinued => LastLine > FirstLine;

    /// <summary>Where a stretch of the text lies in the file.</summary>
    public SourceSpan SpanOf(int index, int length)
    {
        int start = OffsetOf(index);
        return new SourceSpan(_file, start, length == 0 ? 0 : Math.Max(OffsetOf(index + length - 1) + 1 - start, 1));
    }

    public SourceSpan Whole => SpanOf(0, Text.Length);

    /// <summary>
    /// The line that begins in a line of the file, counted from 1. The original's buffer holds 2,047 bytes with the line's end, after joining; a
    /// line that is longer, or that has no end, is the last that it makes a rule of.
    /// </summary>
    public static RuleLine At(SourceFile file, int firstLine) => Read(file, firstLine);

    private static RuleLine Read(SourceFile file, int firstLine)
    {
        List<(int, int)> parts = [];
        string text = "";
        for (int line = firstLine; ; line++)
        {
            int start = file.StartOf(line);
            int end = line < file.LineCount ? file.StartOf(line + 1) : file.Bytes.Length;
            ReadOnlySpan<byte> bytes = file.Bytes[start..end];
            parts.Add((text.Length, start));
            bool ends = bytes[^1] == (byte)'\n';
            LineFlaw flaw = bytes.Contains((byte)0) ? LineFlaw.NulByte
                : text.Length + bytes.Length > LineText.Room ? LineFlaw.TooLong
                : ends ? LineFlaw.None : LineFlaw.Unfinished;
            bytes = ends ? bytes[..^1] : bytes;
            bool continues = flaw == LineFlaw.None && bytes.EndsWith("\\"u8);
            text += SourceFile.Decode(continues ? bytes[..^1] : bytes);
            if (!continues)
            {
                return new RuleLine(file, text, flaw, firstLine, line, parts);
            }

            if (line == file.LineCount)
            {
                // The file ends in a backslash and the end of its line: there is nothing to go on with.
                return new RuleLine(file, text, text.Length == 0 ? LineFlaw.None : LineFlaw.Unfinished, firstLine, line, parts);
            }
        }
    }

    private int OffsetOf(int index)
    {
        int part = _parts.Count - 1;
        while (part > 0 && _parts[part].Index > index)
        {
            part--;
        }

        return _parts[part].Offset + index - _parts[part].Index;
    }
}
