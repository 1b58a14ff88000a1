using System;
using System.Collections.Immutable;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// Reads the patterns for hosts. A pattern that the original can never match is one that somebody wrote in vain: it is reported, and
/// where leaving it without effect would let more peers in, it takes its evident meaning, or every host if it has none.
/// Differs from tcp_wrappers: D-070, see docs/differences.md.
/// </summary>
/// <param name="lists">The files of patterns that have been read.</param>
/// <param name="findings">Where to report.</param>
/// <param name="closing">
/// The place of the pattern is one where matching lets fewer in: in a rule that denies, or in an exception of one that grants.
/// </param>
internal readonly struct HostWords(PatternFiles lists, RuleFindings findings, bool closing)
{
    private static readonly UInt128 AllOfV6 = UInt128.MaxValue;

    public HostPattern Read(string word, SourceSpan span, ImmutableArray<string> within)
    {
        if (word.Length == 0)
        {
            findings.Error(Codes.HostsNeverMatches, span, $"no host is named behind the @: {Consequence}. Name one, or take the @ out");
            return Doubtful;
        }

        if (word.StartsWith('@'))
        {
            return new HostPattern(HostPatternKind.Netgroup, new TextPattern(word[1..]));
        }

        if (word.StartsWith('/'))
        {
            return lists.Read(word, span, findings, closing, within) is { } list
                ? new HostPattern(HostPatternKind.File, new TextPattern(word)) { File = list, IsDoubtful = list.IsDoubtful }
                : Doubtful;
        }

        TextPattern text = new(word);
        if (AsciiText.Same(word, "KNOWN"))
        {
            return new HostPattern(HostPatternKind.Known, text);
        }

        if (AsciiText.Same(word, "LOCAL"))
        {
            return new HostPattern(HostPatternKind.Local, text);
        }

        int slash = RuleSyntax.Find(word, '/');
        if (slash >= 0)
        {
            return ReadNetwork(word, word[..slash], word[(slash + 1)..], span);
        }

        if (text.IsAll)
        {
            return HostPattern.Always;
        }

        if (text.IsWildcard)
        {
            return ReadWildcard(text, span);
        }

        if (word.Length > 1 && word[0] == '[' && word[^1] == ']')
        {
            return ReadBracketed(text, span);
        }

        return AsciiText.IsNumeric(word) ? ReadNumeric(text, span) : ReadName(text, span);
    }

    private HostPattern Doubtful => closing ? HostPattern.DoubtfulAlways : HostPattern.DoubtfulNever;

    private string Consequence => closing ? "every host fits it here, so that nobody is let in by mistake" : "no host fits it";

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

    // A pattern that no host fits: what somebody seems to have meant, where that lets fewer in.
    private HostPattern Meant(HostPattern evident) => !closing ? HostPattern.DoubtfulNever : new(evident.Kind, evident.Text)
    {
        Net = evident.Net,
        Mask = evident.Mask,
        IsDoubtful = true,
    };

    private HostPattern ReadNetwork(string word, string net, string mask, SourceSpan span)
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
                $"{Quoted.Of(word)} is no network: {Consequence}. Write n.n.n.n/bits, n.n.n.n/m.m.m.m or [n:n::]/bits");
            return Doubtful;
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
            + (closing ? "the original matches nothing; here the network around it fits" : "no host fits it")
            + ". Write the network's own address");
        return Meant(V4(text, address & bits, bits));
    }

    // Fits what the original's fits, which no socket gives: an IPv4 address in colons and hexadecimal digits.
    private HostPattern MappedV4(TextPattern text, UInt128 net, UInt128 mask) => new(HostPatternKind.V6, text)
    {
        Net = net & mask,
        Mask = mask,
        FitsMapped = closing,
        IsDoubtful = true,
    };

    private HostPattern ReadUselessMask(TextPattern text, uint address, string mask, SourceSpan span)
    {
        bool isHost = mask == "255.255.255.255";
        bool isAll = mask is "0" or "00";
        string meant = isHost ? "Leave the mask out" : isAll ? "Write 0.0.0.0/0.0.0.0 for every IPv4 address" : "A mask has 1 to 32 bits";
        string here = isHost ? "the one host fits it here" : isAll ? "every IPv4 host fits it here" : Consequence;
        findings.Error(
            Codes.HostsBadMask, span,
            $"{Quoted.Of(mask)} is no mask that the original takes: {(closing ? here : "no host fits it")}. {meant}");
        return isHost ? Meant(V4(text, address, uint.MaxValue)) : isAll ? Meant(V4(text, 0, 0)) : Doubtful;
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
                $"IPv4 hosts fit no IPv6 network: {(closing ? "the IPv4 network is taken here" : "no host fits this one")}. "
                + "Write it as n.n.n.n/bits");
            return MappedV4(text, address, AllOfV6 << (128 - length));
        }

        findings.Error(
            Codes.HostsBadMask, span, $"{Quoted.Of(text.Text)} is no IPv6 network: {Consequence}. Write [n:n::]/bits, bits from 0 to 128");
        return Doubtful;
    }

    private HostPattern ReadBracketed(TextPattern text, SourceSpan span)
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
                + (closing ? "it fits here all the same" : "no host fits it") + ". Write the IPv4 address");
            return MappedV4(text, address, AllOfV6);
        }

        findings.Error(
            Codes.HostsNeverMatches, span, $"{Quoted.Of(inner)} is no IPv6 address: {Consequence}. Brackets hold an address, and nothing else");
        return Doubtful;
    }

    private HostPattern ReadName(TextPattern text, SourceSpan span)
    {
        if (!text.Text.AsSpan().ContainsAny('[', ']', '\\'))
        {
            return new HostPattern(HostPatternKind.Text, text);
        }

        findings.Error(
            Codes.HostsNeverMatches, span, $"no host has the name {Quoted.Of(text.Text)}: {Consequence}. An IPv6 address stands in one pair of brackets");
        return Doubtful;
    }

    private HostPattern ReadWildcard(TextPattern text, SourceSpan span)
    {
        // A wildcard takes the special meaning of dots away: `.example.*` wants a name that begins with a dot.
        if (text.Text[0] == '.' || text.Text[^1] == '.')
        {
            findings.Error(
                Codes.HostsMixedWildcard, span,
                $"with * or ? in it {Quoted.Of(text.Text)} wants a name that begins or ends with a dot: {Consequence}. "
                + "Put * before a dot at the beginning, or behind one at the end");
            return Doubtful;
        }

        return new HostPattern(HostPatternKind.Text, text);
    }

    private HostPattern ReadNumeric(TextPattern text, SourceSpan span)
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
                    + (closing ? "the original matches nothing; here the addresses that begin so fit" : "no host fits it")
                    + ". Put a dot at its end if all addresses that begin so are meant"
                : $"no address is written as {Quoted.Of(word)}: {Consequence}. Four numbers from 0 to 255 without zeros before them");
        return isUnfinished ? Meant(V4(text, net, MaskOf(parts))) : Doubtful;
    }

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
