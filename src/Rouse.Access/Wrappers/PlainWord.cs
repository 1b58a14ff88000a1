using System;
using System.Buffers;
using Rouse.Config.Addresses;

namespace Rouse.Access.Wrappers;

/// <summary>What a plain word for a host compares.</summary>
internal enum PlainKind : byte
{
    Everybody,

    /// <summary>An IPv4 address, or the beginning of one: an unusual spelling of the same address does not fit.</summary>
    Spelled,

    /// <summary>An IPv4 network.</summary>
    V4,

    /// <summary>An IPv6 address or network.</summary>
    V6,

    /// <summary>One host's name.</summary>
    Name,

    /// <summary>The end of a name, with its dot.</summary>
    Domain,
}

/// <summary>
/// A word for hosts that an index can hold and nothing is wrong with: an address, a network, a name, a domain, ALL. Long files consist of such
/// words, so that they are read from the bytes into no object; whatever is not certainly plain is read by <see cref="HostWords"/>, which knows
/// the whole language.
/// </summary>
internal readonly record struct PlainWord(PlainKind Kind, UInt128 Net = default, UInt128 Mask = default)
{
    private static readonly SearchValues<byte> OfNumbers = SearchValues.Create("0123456789./"u8);
    private static readonly SearchValues<byte> OfNames = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"u8);

    /// <summary>False where the word may be anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> word, out PlainWord read)
    {
        read = default;
        if (word.IsEmpty)
        {
            return false;
        }

        if (word[0] == (byte)'[')
        {
            return TryReadV6(word, out read);
        }

        return word.IndexOfAnyExcept(OfNumbers) < 0 ? TryReadNumbers(word, out read) : TryReadName(word, out read);
    }

    /// <summary>A daemon's name, or ALL: no pattern, no port, and no word that means something else.</summary>
    public static bool IsDaemon(ReadOnlySpan<byte> word) =>
        !word.IsEmpty && char.IsAsciiLetter((char)word[0]) && word[^1] != (byte)'.' && word.IndexOfAnyExcept(OfNames) < 0
        && !AsciiText.Same("EXCEPT", word) && !AsciiText.Same("KNOWN", word) && !AsciiText.Same("LOCAL", word)
        && !AsciiText.Same("PARANOID", word);

    /// <summary>The host fits the word; what <see cref="HostPattern.Match"/> says of it.</summary>
    public Answer Match(ReadOnlySpan<byte> word, in HostFacts host, ref Question question)
    {
        switch (Kind)
        {
            case PlainKind.Everybody:
                return Answer.Yes;
            case PlainKind.Spelled when !host.IsCanonical:
                return Of(
                    word[^1] == (byte)'.' ? AsciiText.StartsWith(TextPattern.Unmapped(host.Address), word) : AsciiText.Same(TextPattern.Unmapped(host.Address), word));
            case PlainKind.Spelled or PlainKind.V4:
                return Of(host.V4 is { } v4 && (v4 & Mask) == Net);
            case PlainKind.V6:
                return Of(host.V6 is { } v6 && (v6 & Mask) == Net);
            default:
                if (FitsName(word, host.Address))
                {
                    return Answer.Yes;
                }

                if (host.Name.IsAsked)
                {
                    return Of(FitsName(word, host.Name.Text));
                }

                question = question.Need != WrapperNeed.Nothing ? question : HostPattern.NameQuestion(host);
                return Answer.Ask;
        }
    }

    private bool FitsName(ReadOnlySpan<byte> word, ReadOnlySpan<char> text)
    {
        text = TextPattern.Unmapped(text);
        return Kind == PlainKind.Domain ? text.Length > word.Length && AsciiText.EndsWith(text, word) : AsciiText.Same(text, word);
    }

    private static Answer Of(bool fits) => fits ? Answer.Yes : Answer.No;

    private static bool TryReadName(ReadOnlySpan<byte> word, out PlainWord read)
    {
        read = default;
        if (word.IndexOfAnyExcept(OfNames) >= 0 || AsciiText.Same("EXCEPT", word) || AsciiText.Same("KNOWN", word) || AsciiText.Same("LOCAL", word))
        {
            return false;
        }

        if (AsciiText.Same("ALL", word))
        {
            return true;
        }

        bool isDomain = word[0] == (byte)'.';
        read = new PlainWord(isDomain ? PlainKind.Domain : PlainKind.Name);

        // A dot at the end makes it the beginning of a name.
        return isDomain || word[^1] != (byte)'.';
    }

    private static bool TryReadNumbers(ReadOnlySpan<byte> word, out PlainWord read)
    {
        read = default;
        int slash = word.IndexOf((byte)'/');
        if (!TryReadQuad(slash < 0 ? word : word[..slash], out uint net, out int parts, out bool endsInDot))
        {
            return false;
        }

        if (slash < 0)
        {
            read = new PlainWord(PlainKind.Spelled, net, MaskOf(8 * parts));
            return endsInDot ? parts < 4 : parts == 4;
        }

        // 255.255.255.255 is no address in C, neither here nor as a mask.
        if (parts != 4 || endsInDot || net == uint.MaxValue || !TryReadMask(word[(slash + 1)..], out uint mask) || (net & mask) != net)
        {
            return false;
        }

        read = new PlainWord(PlainKind.V4, net, mask);
        return true;
    }

    private static bool TryReadMask(ReadOnlySpan<byte> text, out uint mask)
    {
        if (TryReadLength(text, 32, out int length))
        {
            mask = MaskOf(length);
            return length > 0;
        }

        // Bits in one piece only: others are no range of addresses.
        return TryReadQuad(text, out mask, out int parts, out bool endsInDot) && parts == 4 && !endsInDot && mask != uint.MaxValue
            && (~mask & (~mask + 1)) == 0;
    }

    private static bool TryReadV6(ReadOnlySpan<byte> word, out PlainWord read)
    {
        read = default;
        int end = word.IndexOf((byte)']');
        if (end < 0 || !AddressText.TryReadV6(word[1..end], out IpAddress address) || address.IsV4)
        {
            return false;
        }

        int length = 128;
        ReadOnlySpan<byte> behind = word[(end + 1)..];
        if (!behind.IsEmpty && (behind[0] != (byte)'/' || !TryReadLength(behind[1..], 128, out length)))
        {
            return false;
        }

        UInt128 mask = length == 0 ? 0 : UInt128.MaxValue << (128 - length);
        read = new PlainWord(PlainKind.V6, address.Value & mask, mask);
        return true;
    }

    // Digits without a zero before them.
    private static bool TryReadLength(ReadOnlySpan<byte> text, int most, out int length)
    {
        length = 0;
        if (text.Length is 0 or > 3 || (text.Length > 1 && text[0] == (byte)'0'))
        {
            return false;
        }

        foreach (byte c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            length = (length * 10) + (c - '0');
        }

        return length <= most;
    }

    private static uint MaskOf(int length) => length == 0 ? 0 : uint.MaxValue << (32 - length);

    // One to four numbers as an address has them when it is printed.
    private static bool TryReadQuad(ReadOnlySpan<byte> text, out uint address, out int parts, out bool endsInDot)
    {
        address = 0;
        parts = 0;
        endsInDot = false;
        uint value = 0;
        int digits = 0;
        foreach (byte c in text)
        {
            if (c == (byte)'.')
            {
                if (digits == 0 || parts == 4)
                {
                    return false;
                }

                parts++;
                digits = 0;
                value = 0;
                continue;
            }

            if (c is < (byte)'0' or > (byte)'9' || parts == 4 || (digits > 0 && value == 0))
            {
                return false;
            }

            value = (value * 10) + c - '0';
            if (value > 255)
            {
                return false;
            }

            digits++;
            int shift = 24 - (8 * parts);
            address = (address & ~(0xffu << shift)) | (value << shift);
        }

        endsInDot = digits == 0;
        parts += digits > 0 ? 1 : 0;
        return parts > 0;
    }
}
