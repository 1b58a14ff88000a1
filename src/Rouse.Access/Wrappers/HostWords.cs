using System;
using System.Collections.Immutable;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// Reads the patterns for hosts. A pattern that the original can never match is one that somebody wrote in vain: it is reported, and
/// where leaving it without effect would let more peers in, it takes its evident meaning, or every host if it has none.
/// </summary>
/// <param name="lists">The files of patterns that have been read.</param>
/// <param name="findings">Where to report.</param>
/// <param name="closing">See <see cref="Doubt"/>.</param>
internal readonly struct HostWords(PatternFiles lists, RuleFindings findings, bool closing)
{
    public HostPattern Read(string word, SourceSpan span, ImmutableArray<string> within)
    {
        if (word.Length == 0)
        {
            findings.Error(Codes.HostsNeverMatches, span, $"no host is named behind the @: {Doubt.Consequence}. Name one, or take the @ out");
            return Doubt.Pattern;
        }

        if (word.StartsWith('@'))
        {
            return new HostPattern(HostPatternKind.Netgroup, new TextPattern(word[1..]));
        }

        if (word.StartsWith('/'))
        {
            return lists.Read(word, span, findings, closing, within) is { } list
                ? new HostPattern(HostPatternKind.File, new TextPattern(word)) { File = list, IsDoubtful = list.IsDoubtful }
                : Doubt.Pattern;
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
            return Networks.Read(word, word[..slash], word[(slash + 1)..], span);
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
            return Networks.ReadBracketed(text, span);
        }

        return AsciiText.IsNumeric(word) ? Networks.ReadNumeric(text, span) : ReadName(text, span);
    }

    private Doubt Doubt => new(closing);

    private NetworkWords Networks => new(findings, new Doubt(closing));

    private HostPattern ReadName(TextPattern text, SourceSpan span)
    {
        if (!text.Text.AsSpan().ContainsAny('[', ']', '\\'))
        {
            return new HostPattern(HostPatternKind.Text, text);
        }

        findings.Error(
            Codes.HostsNeverMatches, span,
            $"no host has the name {Quoted.Of(text.Text)}: {Doubt.Consequence}. An IPv6 address stands in one pair of brackets");
        return Doubt.Pattern;
    }

    private HostPattern ReadWildcard(TextPattern text, SourceSpan span)
    {
        // A wildcard takes the special meaning of dots away: `.example.*` wants a name that begins with a dot.
        if (text.Text[0] == '.' || text.Text[^1] == '.')
        {
            findings.Error(
                Codes.HostsMixedWildcard, span,
                $"with * or ? in it {Quoted.Of(text.Text)} wants a name that begins or ends with a dot: {Doubt.Consequence}. "
                + "Put * before a dot at the beginning, or behind one at the end");
            return Doubt.Pattern;
        }

        return new HostPattern(HostPatternKind.Text, text);
    }

}
