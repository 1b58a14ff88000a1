using System;
using Rouse.Config.Addresses;

namespace Rouse.Access.Wrappers;

/// <summary>An answer that may have to wait for a fact.</summary>
internal enum Answer
{
    No,
    Yes,
    Ask,
}

/// <summary>What a host pattern compares.</summary>
internal enum HostPatternKind
{
    /// <summary>The address as it is written; if that does not fit, the name, unless the pattern is made of digits.</summary>
    Text,

    /// <summary>Every host. Also what cannot be understood, where that lets fewer in.</summary>
    Always,

    /// <summary>No host. Also what cannot be understood, where that lets fewer in.</summary>
    Never,

    Known,
    Local,
    Netgroup,

    /// <summary>IPv4 addresses whose bits under <see cref="HostPattern.Mask"/> are <see cref="HostPattern.Net"/>.</summary>
    V4,

    /// <summary>IPv6 addresses, likewise. IPv4 addresses are none of them.</summary>
    V6,

    /// <summary>Any of the patterns in a file.</summary>
    File,
}

/// <summary>A pattern for one end of a connection (hosts_access(5), PATTERNS and WILDCARDS).</summary>
internal sealed class HostPattern
{
    public static readonly HostPattern Always = new(HostPatternKind.Always, new TextPattern("ALL"));
    public static readonly HostPattern Never = new(HostPatternKind.Never, new TextPattern("NONE"));

    /// <summary>Stands for what is not understood, where fitting lets fewer in.</summary>
    public static readonly HostPattern DoubtfulAlways = new(HostPatternKind.Always, Always.Text) { IsDoubtful = true };

    /// <summary>Stands for what is not understood, where not fitting lets fewer in.</summary>
    public static readonly HostPattern DoubtfulNever = new(HostPatternKind.Never, Never.Text) { IsDoubtful = true };

    public HostPattern(HostPatternKind kind, TextPattern text)
    {
        Kind = kind;
        Text = text;
    }

    public HostPatternKind Kind { get; }

    public TextPattern Text { get; }

    public UInt128 Net { get; init; }

    public UInt128 Mask { get; init; }

    /// <summary>The pattern was one of text (<c>10.1.2.3</c>, <c>10.1.</c>): an unusual spelling of the address does not fit it.</summary>
    public bool ComparesSpelling { get; init; }

    /// <summary>A pattern for IPv6 that fits IPv4 addresses in their v4-mapped form too.</summary>
    public bool FitsMapped { get; init; }

    public PatternList? File { get; init; }

    /// <summary>What somebody wrote here means nothing to the original.</summary>
    public bool IsDoubtful { get; init; }

    public Answer Match(in HostFacts host, ref Question question)
    {
        switch (Kind)
        {
            case HostPatternKind.Always:
                return Answer.Yes;
            case HostPatternKind.Never:
                return Answer.No;
            case HostPatternKind.V4:
                return Of(ComparesSpelling && !host.IsCanonical ? Text.Fits(host.Address) : host.V4 is { } v4 && (v4 & Mask) == Net);
            case HostPatternKind.V6:
                return Of(host.V6 is { } v6 ? (v6 & Mask) == Net : FitsMapped && host.V4 is { } mapped && (Mapped(mapped) & Mask) == Net);
            case HostPatternKind.File:
                return File!.Match(host, ref question);
            case HostPatternKind.Text when Text.Fits(host.Address):
                return Answer.Yes;
            case HostPatternKind.Text when AsciiText.IsNumeric(Text.Text):
                return Answer.No;
            default:
                return host.Name.IsAsked ? MatchName(host, ref question) : AskName(host, ref question);
        }
    }

    private static UInt128 Mapped(uint v4) => IpAddress.FromV4(v4).Value;

    private Answer MatchName(in HostFacts host, ref Question question)
    {
        string name = host.Name.Text;
        bool isKnown = !AsciiText.Same(name, WrapperName.UnknownWord) && !AsciiText.Same(name, WrapperName.ParanoidWord);
        switch (Kind)
        {
            case HostPatternKind.Known:
                return Of(isKnown && !AsciiText.Same(host.Address, WrapperName.UnknownWord));
            case HostPatternKind.Local:
                return Of(isKnown && !name.Contains('.'));
            case HostPatternKind.Netgroup when host.IsInNetgroup(Text.Text) is { } isMember:
                return Of(isMember);
            case HostPatternKind.Netgroup:
                question = question.Need != WrapperNeed.Nothing
                    ? question
                    : new(host.IsServer ? WrapperNeed.ServerNetgroup : WrapperNeed.ClientNetgroup, Text.Text);
                return Answer.Ask;
            default:
                return Of(Text.Fits(name));
        }
    }

    public static Question NameQuestion(in HostFacts host) => new(host.IsServer ? WrapperNeed.ServerName : WrapperNeed.ClientName);

    private static Answer AskName(in HostFacts host, ref Question question)
    {
        // The first question stays: it is the one that the original would ask.
        question = question.Need != WrapperNeed.Nothing ? question : NameQuestion(host);
        return Answer.Ask;
    }

    private static Answer Of(bool fits) => fits ? Answer.Yes : Answer.No;
}
