using System;
using System.Text;

namespace Rouse.Config.Text;

/// <summary>
/// The bytes of one configuration file and where its lines begin. Configuration is bytes, not characters: wherever this program turns
/// them into a <see cref="string"/> it makes one char of each byte (<see cref="Decode"/>), so that nothing is lost on the way to a
/// server's arguments, a log or a terminal, whatever the encoding was.
/// </summary>
public sealed class SourceFile
{
    private readonly int[] _lineStarts;
    private byte[] _bytes;

    // Of what is not to be forgotten: from the first byte to behind the last.
    private int _keepFrom = int.MaxValue;
    private int _keepTo;
    private bool _isForgotten;

    public SourceFile(string path, byte[] bytes)
    {
        Path = path;
        _bytes = bytes;
        ReadOnlySpan<byte> inner = bytes.AsSpan(0, Math.Max(0, bytes.Length - 1)); // A line end at the very end begins no line.
        _lineStarts = new int[inner.Count((byte)'\n') + 1];
        int at = 0;
        for (int line = 1; line < _lineStarts.Length; line++)
        {
            at += inner[at..].IndexOf((byte)'\n') + 1;
            _lineStarts[line] = at;
        }
    }

    public string Path { get; }

    /// <summary>All of them; none once they are forgotten.</summary>
    public ReadOnlySpan<byte> Bytes => _isForgotten ? [] : _bytes;

    public int LineCount => _lineStarts.Length;

    /// <summary>Line and column of a byte, both counted from 1; the column counts bytes.</summary>
    public (int Line, int Column) Position(int offset)
    {
        int index = Array.BinarySearch(_lineStarts, offset);
        index = index >= 0 ? index : ~index - 1;
        return (index + 1, offset - _lineStarts[index] + 1);
    }

    /// <summary>Where a line (counted from 1) begins.</summary>
    public int StartOf(int line) => _lineStarts[line - 1];

    /// <summary>The text of a stretch, as far as it is still known.</summary>
    public ReadOnlySpan<byte> TextOf(in SourceSpan span)
    {
        int start = span.Start - (_isForgotten ? _keepFrom : 0);
        return start < 0 || start > _bytes.Length || span.Length > _bytes.Length - start ? [] : _bytes.AsSpan(start, span.Length);
    }

    /// <summary><see cref="ForgetText"/> shall leave this stretch.</summary>
    public void Keep(in SourceSpan span) =>
        (_keepFrom, _keepTo) = (Math.Min(_keepFrom, span.Start), Math.Max(_keepTo, span.Start + span.Length));

    /// <summary>
    /// Lets go of the bytes, but for those from the first stretch that is kept to the last. Places are still known. For who holds definitions
    /// for months and shows only few of the lines that they came from, by <see cref="TextOf"/>.
    /// </summary>
    public void ForgetText()
    {
        if (!_isForgotten)
        {
            _bytes = _keepTo > _keepFrom ? _bytes[_keepFrom.._keepTo] : [];
            _isForgotten = true;
        }
    }

    /// <summary>The bytes of a line (counted from 1) without its line end; none once they are forgotten.</summary>
    public ReadOnlySpan<byte> Line(int line)
    {
        if (_isForgotten)
        {
            return [];
        }

        int start = _lineStarts[line - 1];
        int end = line < _lineStarts.Length ? _lineStarts[line] : _bytes.Length;
        return Bytes[start..end].TrimEnd("\r\n"u8);
    }

    /// <summary>One char a byte.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>One byte a char: the reverse of <see cref="Decode"/>.</summary>
    public static byte[] Encode(string text) => Encoding.Latin1.GetBytes(text);
}
