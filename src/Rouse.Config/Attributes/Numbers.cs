using System;

namespace Rouse.Config.Attributes;

/// <summary>Numbers as strtol(3) reads them, and nothing after them.</summary>
internal static class Numbers
{
    public static bool TryRead(ReadOnlySpan<byte> text, int radix, out long value)
    {
        value = 0;
        bool isNegative = text.Length > 0 && text[0] == (byte)'-';
        ReadOnlySpan<byte> digits = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (digits.IsEmpty || digits.Length > 24)
        {
            return false;
        }

        foreach (byte c in digits)
        {
            int digit = c - '0';
            if (digit < 0 || digit >= radix || value > (long.MaxValue - digit) / radix)
            {
                return false;
            }

            value = (value * radix) + digit;
        }

        value = isNegative ? -value : value;
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> text, long from, long to, out long value) =>
        TryRead(text, 10, out value) && value >= from && value <= to;

    /// <summary>A number of bytes with an optional suffix K or M.</summary>
    public static bool TryReadSize(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        long unit = (text[^1] | 0x20) switch
        {
            'k' => 1024,
            'm' => 1024 * 1024,
            _ => 1,
        };
        if (!TryRead(unit == 1 ? text : text[..^1], 0, long.MaxValue, out value) || value > long.MaxValue / unit)
        {
            return false;
        }

        value *= unit;
        return true;
    }

    public static bool AreDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
