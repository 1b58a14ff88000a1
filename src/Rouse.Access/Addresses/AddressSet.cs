using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Addresses;

namespace Rouse.Access.Addresses;

/// <summary>
/// An only_from or no_access list, compiled at load. A look-up allocates nothing and takes the same time for ten entries and for
/// 100,000. An IPv4 peer is its v4-mapped address, whichever kind of socket it came in on: IPv6 networks wide enough to hold
/// ::ffff:0:0/96 (<c>::/0</c>) match it, as the original's do on its usual dual-stack sockets.
/// </summary>
public sealed class AddressSet
{
    private static readonly UInt128 V4First = IpAddress.FromV4(0).Value;
    private static readonly UInt128 V4Last = IpAddress.FromV4(uint.MaxValue).Value;

    private readonly RangeTable<uint> _v4;
    private readonly RangeTable<UInt128> _v6;
    private readonly NameTable _hosts;
    private readonly NameTable _domains;
    private readonly byte[] _prefixLengths;
    private readonly int _firstHost = -1;
    private readonly int _longestDomain = -1;

    private AddressSet(ImmutableArray<AddressPattern> patterns)
    {
        Patterns = patterns;
        _prefixLengths = new byte[patterns.Length];
        List<RangeTable<uint>.Prefix> v4 = [];
        List<RangeTable<UInt128>.Prefix> v6 = [];
        List<(string, int)> hosts = [];
        List<(string, int)> domains = [];
        int allOfV4 = -1;
        for (int i = 0; i < patterns.Length; i++)
        {
            AddressPattern pattern = patterns[i];
            switch (pattern.Kind)
            {
                case AddressPatternKind.HostName:
                    hosts.Add((pattern.Name, i));
                    _firstHost = _firstHost < 0 ? i : _firstHost;
                    break;
                case AddressPatternKind.Domain:
                    domains.Add((pattern.Name, i));
                    bool longer = _longestDomain < 0 || pattern.Name.Length > patterns[_longestDomain].Name.Length;
                    _longestDomain = longer ? i : _longestDomain;
                    break;
                default:
                    _prefixLengths[i] = (byte)pattern.PrefixLength;
                    (UInt128 first, UInt128 last) = Ends(pattern);
                    if (first > V4First || last < V4Last)
                    {
                        AddSmaller(first, last, i, v4, v6);
                        break;
                    }

                    v6.Add(new(first, last, i));
                    bool better = allOfV4 < 0 || pattern.PrefixLength > patterns[allOfV4].PrefixLength;
                    allOfV4 = better ? i : allOfV4;
                    break;
            }
        }

        if (allOfV4 >= 0)
        {
            // Of the networks that hold all of IPv4 only the longest can decide over an IPv4 peer.
            v4.Add(new(uint.MinValue, uint.MaxValue, allOfV4));
        }

        _v4 = RangeTable<uint>.Build(v4);
        _v6 = RangeTable<UInt128>.Build(v6);
        _hosts = new NameTable(hosts);
        _domains = new NameTable(domains);
    }

    public static AddressSet Compile(ImmutableArray<AddressPattern> patterns) => new(patterns);

    public ImmutableArray<AddressPattern> Patterns { get; }

    /// <summary>Holds host names or domains: a decision may depend on the peer's name.</summary>
    public bool HasNames => _firstHost >= 0 || _longestDomain >= 0;

    /// <summary>The longest network that holds <paramref name="peer"/>.</summary>
    public AddressMatch Match(IpAddress peer)
    {
        int entry = peer.IsV4 ? _v4.Find(peer.V4) : _v6.Find(peer.Value);
        return entry < 0 ? AddressMatch.None : new AddressMatch(entry, Ranks.OfNetwork(_prefixLengths[entry]));
    }

    /// <summary>The host name or longest domain that the peer's reverse name fits.</summary>
    public AddressMatch MatchName(ReadOnlySpan<char> name, IpAddress peer)
    {
        int host = _hosts.FindWhole(name);
        if (host >= 0)
        {
            return new AddressMatch(host, Ranks.Whole);
        }

        int domain = _domains.FindLongestEnd(name);
        return domain < 0 ? AddressMatch.None : new AddressMatch(domain, Ranks.OfDomain(Patterns[domain].Name.Length, peer.IsV4));
    }

    /// <summary>The best that any name at all could reach for this peer: what a name not known (yet) may turn out to be.</summary>
    public AddressMatch BestName(IpAddress peer)
    {
        if (_firstHost >= 0)
        {
            return new AddressMatch(_firstHost, Ranks.Whole);
        }

        return _longestDomain < 0
            ? AddressMatch.None
            : new AddressMatch(_longestDomain, Ranks.OfDomain(Patterns[_longestDomain].Name.Length, peer.IsV4));
    }

    private static (UInt128 First, UInt128 Last) Ends(AddressPattern network)
    {
        UInt128 hostBits = network.PrefixLength == 0 ? UInt128.MaxValue : (UInt128.One << (128 - network.PrefixLength)) - 1;
        UInt128 first = network.Address.Value & ~hostBits;
        return (first, first | hostBits);
    }

    // A network that lies within IPv4 or wholly outside of it.
    private static void AddSmaller(
        UInt128 first, UInt128 last, int entry, List<RangeTable<uint>.Prefix> v4, List<RangeTable<UInt128>.Prefix> v6)
    {
        if (first >= V4First && last <= V4Last)
        {
            v4.Add(new((uint)first, (uint)last, entry));
        }
        else
        {
            v6.Add(new(first, last, entry));
        }
    }
}
