using System;

namespace Rouse.Config.Text;

/// <summary>
/// The two ideas of white space that the original has: its words are split at blanks and tabs only, but what may stand around a brace,
/// before an attribute or before its operator is everything that isspace(3) accepts. A carriage return is therefore part of a value.
/// </summary>
internal static class Blanks
{
    public static bool IsSpace(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    public static bool IsWordBreak(byte value) => value is (byte)' ' or (byte)'\t';

    public static int SkipSpaces(ReadOnlySpan<byte> bytes, int at, int end)
    {
        while (at < end && IsSpace(bytes[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>The next word at or after <paramref name="at"/>, which moves behind it; false at the end.</summary>
    public static bool NextWord(ReadOnlySpan<byte> bytes, ref int at, int end, out TextRange word)
    {
        while (at < end && IsWordBreak(bytes[at]))
        {
            at++;
        }

        int start = at;
        int length = bytes[start..end].IndexOfAny((byte)' ', (byte)'\t');
        at = length < 0 ? end : start + length;
        word = new(start, at - start);
        return at > start;
    }

    /// <summary>The stretch holds the byte once and nothing else but white space.</summary>
    public static bool IsLone(ReadOnlySpan<byte> bytes, byte wanted)
    {
        bool seen = false;
        foreach (byte value in bytes)
        {
            if (value == wanted && !seen)
            {
                seen = true;
            }
            else if (!IsSpace(value))
            {
                return false;
            }
        }

        return seen;
    }
}
