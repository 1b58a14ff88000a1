using System;
using System.Collections.Immutable;
using Rouse.Config.Addresses;

namespace Rouse.Access.Tests;

/// <summary>The rules written a second time, entry by entry and without any table, for the compiled form to be held against.</summary>
internal static class NaiveModel
{
    public readonly record struct Fit(int Entry, double Rank);

    public static Fit? Best(ImmutableArray<AddressPattern> list, IpAddress peer, string? name)
    {
        Fit? best = null;
        for (int i = 0; i < list.Length; i++)
        {
            if (RankOf(list[i], peer, name) is { } rank && (best is null || rank > best.Value.Rank))
            {
                best = new Fit(i, rank);
            }
        }

        return best;
    }

    public static bool Allowed(
        ImmutableArray<AddressPattern> onlyFrom, ImmutableArray<AddressPattern> noAccess, IpAddress peer, string? name)
    {
        Fit? only = onlyFrom.IsDefault ? null : Best(onlyFrom, peer, name);
        Fit? no = noAccess.IsDefault ? null : Best(noAccess, peer, name);
        if (!onlyFrom.IsDefault && only is null)
        {
            return false;
        }

        return no is null || (only is not null && only.Value.Rank > no.Value.Rank);
    }

    private static double? RankOf(AddressPattern pattern, IpAddress peer, string? name) => pattern.Kind switch
    {
        AddressPatternKind.Network => Holds(pattern, peer) ? pattern.PrefixLength : null,
        AddressPatternKind.HostName => string.Equals(name, pattern.Name, StringComparison.OrdinalIgnoreCase) ? 128 : null,
        _ => name is not null && name.EndsWith(pattern.Name, StringComparison.OrdinalIgnoreCase)
            ? (peer.IsV4 ? 96 : 0) + (pattern.Name.Length / 1000.0)
            : null,
    };

    private static bool Holds(AddressPattern network, IpAddress peer) =>
        network.PrefixLength == 0 || (network.Address.Value ^ peer.Value) >> (128 - network.PrefixLength) == 0;
}
