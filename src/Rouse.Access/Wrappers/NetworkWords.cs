using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>Reads the patterns for hosts that are made of addresses (hosts_access(5)).</summary>
internal readonly struct NetworkWords(RuleFindings findings, Doubt doubt)
{
    private static readonly UInt128 AllOfV6 = UInt128.MaxValue;

    /// <summary>A word with a slash outside of brackets: what stands before it, and the mask behind it.</summary>
    public HostPattern Read(string word, string net, string mask, SourceSpan span)
    {
        TextPattern text = new(word);
        if (net.Length > 1 && net[0] == '[' && net[^1] == ']')
        {
            return ReadV6Network(text, net[1..^1], mask, span);
        }

        if (!QuadText.TryRead(net, out uint address))
        {
            findings.Error(
                Codes.HostsBadMask, span,
                $"{Quoted.Of(word)} is no network: {doubt.Consequence}. Write n.n.n.n/bits, n.n.n.n/m.m.m.m or [n:n::]/bits");
            return doubt.Pattern;
        }

        if (!QuadText.TryRead(mask, out uint bits))
        {
            int length = QuadText.LeadingNumber(mask);
            if (mask == "255.255.255.255" || length is < 1 or > 32)
            {
                return ReadUselessMask(text, address, mask, span);
            }

            bits = uint.MaxValue << (32 - length);
        }

        if ((address & bits) == address)
        {
            return V4(text, address, bits);
        }

        findings.Error(
            Codes.HostsBitsOutsideMask, span,
            $"the address of {Quoted.Of(word)} has bits outside of its mask, so that "
            + (doubt.Closes ? "the original matches nothing; here the network around it fits" : "no host fits it")
            + ". Write the network's own address");
        return doubt.Meant(V4(text, address & bits, bits));
    }

    /// <summary>A word in brackets.</summary>
    public HostPattern ReadBracketed(TextPattern text, SourceSpan span)
    {
        string inner = text.Text[1..^1];
        if (QuadText.TryReadV6(inner, out UInt128 address))
        {
            if (address >> 32 != 0xffff)
            {
                return V6(text, address, AllOfV6);
            }

            findings.Error(
                Codes.HostsNeverMatches, span,
                $"an IPv4 host is never seen as {Quoted.Of(text.Text)}: "
                + (doubt.Closes ? "it fits here all the same" : "no host fits it") + ". Write the IPv4 address");
            return MappedV4(text, address, AllOfV6);
        }

        findings.Error(
            Codes.HostsNeverMatches, span,
            $"{Quoted.Of(inner)} is no IPv6 address: {doubt.Consequence}. Brackets hold an address, and nothing else");
        return doubt.Pattern;
    }

    /// <summary>A word of digits and dots.</summary>
    public HostPattern ReadNumeric(TextPattern text, SourceSpan span)
    {
        string word = text.Text;
        if (text.IsEnd && word.Length > 1 && word[^1] != '.')
        {
            return new HostPattern(HostPatternKind.Text, text);
        }

        bool isPrefix = text.IsBeginning;
        if (TryReadParts(isPrefix ? word[..^1] : word, out uint net, out int parts) && (isPrefix ? parts < 4 : parts == 4))
        {
            return V4(text, net, MaskOf(parts), comparesSpelling: true);
        }

        bool isUnfinished = !isPrefix && parts is > 0 and < 4;
        findings.Error(
            Codes.HostsNeverMatches, span,
            isUnfinished
                ? $"{Quoted.Of(word)} is no whole address, and "
                    + (doubt.Closes ? "the original matches nothing; here the addresses that begin so fit" : "no host fits it")
                    + ". Put a dot at its end if all addresses that begin so are meant"
                : $"no address is written as {Quoted.Of(word)}: {doubt.Consequence}. Four numbers from 0 to 255 without zeros before them");
        return isUnfinished ? doubt.Meant(V4(text, net, MaskOf(parts))) : doubt.Pattern;
    }

    private HostPattern ReadUselessMask(TextPattern text, uint address, string mask, SourceSpan span)
    {
        bool isHost = mask == "255.255.255.255";
        bool isAll = mask is "0" or "00";
        string meant = isHost ? "Leave the mask out" : isAll ? "Write 0.0.0.0/0.0.0.0 for every IPv4 address" : "A mask has 1 to 32 bits";
        string here = isHost ? "the one host fits it here" : isAll ? "every IPv4 host fits it here" : doubt.Consequence;
        findings.Error(
            Codes.HostsBadMask, span,
            $"{Quoted.Of(mask)} is no mask that the original takes: {(doubt.Closes ? here : "no host fits it")}. {meant}");
        return isHost ? doubt.Meant(V4(text, address, uint.MaxValue)) : isAll ? doubt.Meant(V4(text, 0, 0)) : doubt.Pattern;
    }

    private HostPattern ReadV6Network(TextPattern text, string net, string mask, SourceSpan span)
    {
        int length = QuadText.LeadingNumber(mask);
        if (length is >= 0 and <= 128 && QuadText.TryReadV6(net, out UInt128 address))
        {
            bool inV4 = address >> 32 == 0xffff && length >= 96;
            if (!inV4)
            {
                return V6(text, address, length == 0 ? 0 : AllOfV6 << (128 - length));
            }

            findings.Error(
                Codes.HostsNeverMatches, span,
                $"IPv4 hosts fit no IPv6 network: {(doubt.Closes ? "the IPv4 network is taken here" : "no host fits this one")}. "
                + "Write it as n.n.n.n/bits");
            return MappedV4(text, address, AllOfV6 << (128 - length));
        }

        findings.Error(
            Codes.HostsBadMask, span,
            $"{Quoted.Of(text.Text)} is no IPv6 network: {doubt.Consequence}. Write [n:n::]/bits, bits from 0 to 128");
        return doubt.Pattern;
    }

    // Fits what the original's fits, which no socket gives: an IPv4 address in colons and hexadecimal digits.
    private HostPattern MappedV4(TextPattern text, UInt128 net, UInt128 mask) => new(HostPatternKind.V6, text)
    {
        Net = net & mask,
        Mask = mask,
        FitsMapped = doubt.Closes,
        IsDoubtful = true,
    };

    private static HostPattern V4(TextPattern text, uint net, uint mask, bool comparesSpelling = false) => new(HostPatternKind.V4, text)
    {
        Net = net,
        Mask = mask,
        ComparesSpelling = comparesSpelling,
    };

    private static HostPattern V6(TextPattern text, UInt128 net, UInt128 mask) => new(HostPatternKind.V6, text)
    {
        Net = net & mask,
        Mask = mask,
    };

    private static uint MaskOf(int parts) => uint.MaxValue << (32 - (8 * parts));

    // One to four numbers as an address has them when it is printed.
    private static bool TryReadParts(ReadOnlySpan<char> text, out uint net, out int parts)
    {
        net = 0;
        parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            bool isPlain = part.Length is > 0 and <= 3 && (part.Length == 1 || part[0] != '0');
            if (parts == 4 || !isPlain || !byte.TryParse(part, out byte value))
            {
                parts = 0;
                return false;
            }

            parts++;
            net |= (uint)value << (32 - (8 * parts));
        }

        return true;
    }
}
