namespace Rouse.Access.Addresses;

/// <summary>
/// The entry of a list that fits a peer best. <paramref name="Rank"/> compares entries of two lists for one peer: the higher one is the
/// more specific (<see cref="Ranks"/>).
/// </summary>
public readonly record struct AddressMatch(int Entry, int Rank)
{
    public static AddressMatch None => new(-1, -1);

    public bool Found => Entry >= 0;

    internal static AddressMatch Better(AddressMatch a, AddressMatch b) => b.Rank > a.Rank ? b : a;
}

/// <summary>
/// How specific an entry is for a peer. A network's rank is its prefix length in 128 bits; a host's full name ranks with a whole
/// address. A domain stands between "everybody" and the widest real network of the peer's family; the longer of two domains wins.
/// </summary>
internal static class Ranks
{
    private const int Step = 1 << 16;

    public const int Whole = 128 * Step;

    public static int OfNetwork(int prefixLength) => prefixLength * Step;

    public static int OfDomain(int length, bool peerIsV4) => ((peerIsV4 ? 96 : 0) * Step) + System.Math.Clamp(length, 1, Step - 1);
}
