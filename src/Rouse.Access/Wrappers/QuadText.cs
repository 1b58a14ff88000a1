using System;
using System.Buffers;
using Rouse.Config.Addresses;

namespace Rouse.Access.Wrappers;

/// <summary>Numbers and addresses as the rules have them: inet_addr(3) with four parts, strtol(3), sscanf(3).</summary>
internal static class QuadText
{
    private static readonly SearchValues<char> Space = SearchValues.Create(" \t\n\v\f\r");

    /// <summary>Four parts, each decimal, octal (leading 0) or hexadecimal (leading 0x). 255.255.255.255 is none, as in C.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        int end = text.IndexOfAny("\v\f");
        ReadOnlySpan<char> number = end < 0 ? text : text[..end];
        Span<byte> bytes = stackalloc byte[64];
        return number.Length <= bytes.Length && SourceBytes(number, bytes)
            && AddressText.TryReadV4(bytes[..number.Length], out address, out int parts) && parts == 4 && address != uint.MaxValue;
    }

    /// <summary>inet_pton(3) for IPv6; what stands behind a percent sign (an interface) is left out of it.</summary>
    public static bool TryReadV6(ReadOnlySpan<char> text, out UInt128 address)
    {
        int scope = text.IndexOf('%');
        ReadOnlySpan<char> number = scope < 0 ? text : text[..scope];
        Span<byte> bytes = stackalloc byte[64];
        address = 0;
        if (number.Length > bytes.Length || !SourceBytes(number, bytes) || !AddressText.TryReadV6(bytes[..number.Length], out IpAddress read))
        {
            return false;
        }

        address = read.Value;
        return true;
    }

    /// <summary>strtol(3) in base ten: the number at the beginning, whatever follows, as an int.</summary>
    public static int LeadingNumber(ReadOnlySpan<char> text)
    {
        ReadWholeNumber(text, 10, out long value, out _);
        return (int)value;
    }

    /// <summary>A number that sscanf(3) reads with %d, and nothing behind it.</summary>
    public static bool TryReadInt(ReadOnlySpan<char> text, out int value)
    {
        bool read = ReadWholeNumber(text, 10, out long number, out int used) && used == text.Length;
        value = (int)number;
        return read;
    }

    /// <summary>A number that sscanf(3) reads with %u or %o, and nothing behind it. A minus counts downwards from 2^64, as in C.</summary>
    public static bool TryReadUnsigned(ReadOnlySpan<char> text, int radix, out uint value)
    {
        value = 0;
        int at = SkipBlanks(text);
        bool negative = at < text.Length && text[at] == '-';
        at += at < text.Length && text[at] is '-' or '+' ? 1 : 0;
        int start = at;
        ulong sum = 0;
        bool overflow = false;
        for (; at < text.Length && text[at] - '0' is >= 0 and int digit && digit < radix; at++)
        {
            overflow |= sum > (ulong.MaxValue - (uint)digit) / (uint)radix;
            sum = (sum * (uint)radix) + (uint)digit;
        }

        value = overflow ? uint.MaxValue : (uint)(negative ? 0 - sum : sum);
        return at > start && at == text.Length;
    }

    private static bool ReadWholeNumber(ReadOnlySpan<char> text, int radix, out long value, out int used)
    {
        int at = SkipBlanks(text);
        bool negative = at < text.Length && text[at] == '-';
        at += at < text.Length && text[at] is '-' or '+' ? 1 : 0;
        int start = at;
        ulong limit = negative ? 1UL << 63 : long.MaxValue;
        ulong sum = 0;
        bool overflow = false;
        for (; at < text.Length && text[at] - '0' is >= 0 and int digit && digit < radix; at++)
        {
            overflow |= sum > (limit - (uint)digit) / (uint)radix;
            sum = (sum * (uint)radix) + (uint)digit;
        }

        sum = overflow ? limit : sum;
        value = negative ? (long)(0 - sum) : (long)sum;
        used = at;
        return at > start;
    }

    private static int SkipBlanks(ReadOnlySpan<char> text)
    {
        int first = text.IndexOfAnyExcept(Space);
        return first < 0 ? text.Length : first;
    }

    private static bool SourceBytes(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] > 127)
            {
                return false;
            }

            bytes[i] = (byte)text[i];
        }

        return true;
    }
}
