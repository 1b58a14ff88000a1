using System;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// The lines of a file as the rules have them, joined where they end in a backslash, without an object for each: <see cref="RuleLine"/> is the
/// same for whoever needs places too.
/// </summary>
internal readonly ref struct LineText(SourceFile file, Span<byte> joined)
{
    /// <summary>The bytes that a line may have with its end, after joining.</summary>
    public const int Room = 2047;

    private readonly Span<byte> _joined = joined;

    /// <summary>False where something is wrong with the line (<see cref="LineFlaw"/>).</summary>
    /// <param name="firstLine">Where it begins, counted from 1.</param>
    /// <param name="text">The line without its end. Of joined lines, until the next call.</param>
    /// <param name="lastLine">Where it ends.</param>
    public bool TryRead(int firstLine, out ReadOnlySpan<byte> text, out int lastLine)
    {
        int length = 0;
        for (lastLine = firstLine; ; lastLine++)
        {
            int end = lastLine < file.LineCount ? file.StartOf(lastLine + 1) : file.Bytes.Length;
            text = file.Bytes[file.StartOf(lastLine)..end];
            if (length + text.Length > Room || text.Contains((byte)0) || text[^1] != (byte)'\n')
            {
                return false;
            }

            text = text[..^1];
            bool continues = text.EndsWith("\\"u8);
            if (!continues && length == 0)
            {
                return true;
            }

            text = continues ? text[..^1] : text;
            text.CopyTo(_joined[length..]);
            length += text.Length;
            if (!continues)
            {
                text = _joined[..length];
                return true;
            }

            if (lastLine == file.LineCount)
            {
                return false;
            }
        }
    }
}
