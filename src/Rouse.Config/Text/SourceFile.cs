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
    private byte[] _bytes;
    private readonly int[] _lineStarts;

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

    public ReadOnlySpan<byte> Bytes => _bytes;

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

    /// <summary>
    /// Lets go of the bytes; places are still known. For who keeps definitions for months and never shows the lines that they came from.
    /// </summary>
    public void ForgetText() => _bytes = [];

    /// <summary>The bytes of a line (counted from 1) without its line end.</summary>
    public ReadOnlySpan<byte> Line(int line)
    {
        int start = _lineStarts[line - 1];
        int end = line < _lineStarts.Length ? _lineStarts[line] : _bytes.Length;
        return Bytes[start..end].TrimEnd("\r\n"u8);
    }

    /// <summary>One char a byte.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>One byte a char: the reverse of <see cref="Decode"/>.</summary>
    public static byte[] Encode(string text) => Encoding.Latin1.GetBytes(text);
}
