using System;
using System.Buffers;

namespace Rouse.Access;

/// <summary>strcasecmp(3) and its kin in the C locale, on text of one char a byte.</summary>
internal static class AsciiText
{
    private static readonly SearchValues<char> NumericLetters = SearchValues.Create("0123456789./");

    public static bool Same(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (int i = 0; i < a.Length; i++)
        {
            if (Lower(a[i]) != Lower(b[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same for a text that is still in the bytes of its file.</summary>
    public static bool Same(ReadOnlySpan<char> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (int i = 0; i < a.Length; i++)
        {
            if (Lower(a[i]) != Lower((char)b[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool StartsWith(ReadOnlySpan<char> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Same(text[..start.Length], start);

    public static bool EndsWith(ReadOnlySpan<char> text, ReadOnlySpan<byte> end) =>
        text.Length >= end.Length && Same(text[^end.Length..], end);

    /// <summary>One char a byte.</summary>
    public static void Widen(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            text[i] = (char)bytes[i];
        }
    }

    public static bool StartsWith(ReadOnlySpan<char> text, ReadOnlySpan<char> start) =>
        text.Length >= start.Length && Same(text[..start.Length], start);

    public static bool EndsWith(ReadOnlySpan<char> text, ReadOnlySpan<char> end) =>
        text.Length >= end.Length && Same(text[^end.Length..], end);

    /// <summary>Holds nothing that a host's name would have to have: digits, dots and slashes only.</summary>
    public static bool IsNumeric(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(NumericLetters) < 0;

    // Not char.ToLower: bytes above 127 are no letters here.
    public static char Lower(char c) => c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
}
