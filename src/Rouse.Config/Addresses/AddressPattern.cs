using Rouse.Config.Text;

namespace Rouse.Config.Addresses;

/// <summary>The three shapes that an entry of only_from or no_access comes down to.</summary>
public enum AddressPatternKind
{
    /// <summary>An address with the number of its leading bits that count.</summary>
    Network,

    /// <summary>A host's full name, compared without case with the peer's reverse name.</summary>
    HostName,

    /// <summary>The end of a host's name, with its leading dot.</summary>
    Domain,
}

/// <summary>
/// One entry of only_from or no_access (xinetd.conf(5)). Factorised entries have been expanded, network names looked up.
/// <paramref name="PrefixLength"/> counts bits of the 128-bit form: an IPv4 network a.b.c.d/n has 96 + n, and 0.0.0.0 has 96.
/// </summary>
public readonly record struct AddressPattern(AddressPatternKind Kind, IpAddress Address, int PrefixLength, string Name, SourceSpan Span)
{
    public static AddressPattern Network(IpAddress address, int prefixLength, SourceSpan span) =>
        new(AddressPatternKind.Network, address, prefixLength, "", span);
}
