using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Access.Addresses;

namespace Rouse.Access.Wrappers;

/// <summary>
/// Finds the first of many host patterns that fits, in a time that does not grow with their number. Each pattern stands for a number
/// (of a rule); what is found is the lowest. Networks and addresses lie in tables of ranges, names and domains in tables of names.
/// Patterns that are neither are <see cref="Others"/>, to be tried one by one.
/// <para>For hosts with <see cref="HostFacts.IsIndexed"/> only.</para>
/// </summary>
internal sealed class HostIndex
{
    public const int None = int.MaxValue;

    private readonly RangeTable<uint> _v4;
    private readonly RangeTable<UInt128> _v6;
    private readonly FirstNames _names;
    private readonly FirstNames _domains;
    private readonly int _everybody;
    private readonly int _firstName;

    private HostIndex(Builder from)
    {
        _v4 = RangeTable<uint>.BuildFirst(from.V4);
        _v6 = RangeTable<UInt128>.BuildFirst(from.V6);
        _names = from.Names.Build();
        _domains = from.Domains.Build();
        _everybody = from.Everybody;
        _firstName = Math.Min(_names.First, _domains.First);
        Others = [.. from.Others];
    }

    public ImmutableArray<HostPattern> Others { get; }

    /// <summary>
    /// The lowest number whose pattern fits, or <see cref="None"/>; and the lowest below it whose pattern a name might fit that nobody
    /// has asked for yet.
    /// </summary>
    public (int Sure, int IfNamed) Find(in HostFacts host)
    {
        int found = host.V4 is { } v4 ? _v4.Find(v4) : host.V6 is { } v6 ? _v6.Find(v6) : -1;
        int sure = found < 0 ? _everybody : Math.Min(found, _everybody);
        if (!host.IsCanonical)
        {
            // The word in the address's place is compared as the name is.
            sure = Math.Min(sure, _names.FindWhole(host.Address));
        }

        if (!host.Name.IsAsked)
        {
            return (sure, _firstName < sure ? _firstName : None);
        }

        if (_firstName < sure)
        {
            sure = Math.Min(sure, _names.FindWhole(host.Name.Text));
            sure = Math.Min(sure, _domains.FindEnds(host.Name.Text));
        }

        return (sure, None);
    }

    /// <summary>Collects the patterns.</summary>
    internal sealed class Builder
    {
        public List<RangeTable<uint>.Prefix> V4 { get; } = [];

        public List<RangeTable<UInt128>.Prefix> V6 { get; } = [];

        public FirstNames.Builder Names { get; } = new();

        public FirstNames.Builder Domains { get; } = new();

        public List<HostPattern> Others { get; } = [];

        public int Everybody { get; private set; } = None;

        /// <summary>False where the pattern must be tried by itself.</summary>
        public bool Add(HostPattern pattern, int entry)
        {
            switch (pattern.Kind)
            {
                case HostPatternKind.Always:
                    Everybody = Math.Min(Everybody, entry);
                    return true;
                case HostPatternKind.Never:
                    return true;
                case HostPatternKind.V4 when IsPrefix((uint)pattern.Mask):
                    V4.Add(new((uint)pattern.Net, (uint)pattern.Net | ~(uint)pattern.Mask, entry));
                    return true;
                case HostPatternKind.V6:
                    V6.Add(new(pattern.Net, pattern.Net | ~pattern.Mask, entry));
                    if (pattern.FitsMapped)
                    {
                        V4.Add(new((uint)pattern.Net, (uint)(pattern.Net | ~pattern.Mask), entry));
                    }

                    return true;
                case HostPatternKind.Text when pattern.Text.IsWhole && !AsciiText.IsNumeric(pattern.Text.Text):
                    Names.Add(pattern.Text.Text, entry);
                    return true;
                case HostPatternKind.Text when pattern.Text.IsEnd && !AsciiText.IsNumeric(pattern.Text.Text):
                    Domains.Add(pattern.Text.Text, entry);
                    return true;
                case HostPatternKind.File:
                    return pattern.File!.AddTo(this, entry);
                default:
                    Others.Add(pattern);
                    return false;
            }
        }

        public HostIndex Build() => new(this);

        /// <summary>A plain word always finds its place.</summary>
        public void Add(in PlainWord word, ReadOnlySpan<byte> text, int entry)
        {
            switch (word.Kind)
            {
                case PlainKind.Everybody:
                    Everybody = Math.Min(Everybody, entry);
                    break;
                case PlainKind.Spelled or PlainKind.V4:
                    V4.Add(new((uint)word.Net, (uint)word.Net | ~(uint)word.Mask, entry));
                    break;
                case PlainKind.V6:
                    V6.Add(new(word.Net, word.Net | ~word.Mask, entry));
                    break;
                default:
                    (word.Kind == PlainKind.Name ? Names : Domains).Add(text, entry);
                    break;
            }
        }

        private static bool IsPrefix(uint mask) => (~mask & (~mask + 1)) == 0;
    }
}
