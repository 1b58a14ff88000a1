using System;
using Rouse.Access.Addresses;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Access;

/// <summary>
/// May this peer come in? The one place that decides it, for the daemon and for <c>rouse why</c>; pure, and without allocation.
/// <para>
/// The lists (xinetd.conf(5)): without any, everybody may. With only_from a peer must fit one of its entries; one that fits no_access
/// may not. Where both fit, the more specific entry decides and a draw refuses, as the manual says; the original's program refuses
/// whenever both fit. Differs from xinetd: D-001, see docs/differences.md.
/// </para>
/// <para>
/// Names: where the lists' networks decide whatever the peer's name may be, the name is not asked for. A name that cannot be found out
/// fits nothing in only_from and may be any name in no_access, so that breaking the look-up opens no door (CVE-2000-0536).
/// </para>
/// </summary>
public static class AccessControl
{
    /// <summary>The hours, then the lists. The daemon asks for the two apart, because its limits come between them.</summary>
    public static Verdict Decide(in AccessRequest request, AccessPolicy policy)
    {
        Verdict time = DecideTime(request.MinuteOfDay, policy);
        return time.Allowed ? DecideAddress(request, policy) : time;
    }

    public static Verdict DecideTime(int minuteOfDay, AccessPolicy policy)
    {
        if (policy.Times.IsEmpty)
        {
            return Verdict.Allow(DecidedBy.NoRule);
        }

        foreach (AccessHours hours in policy.Times)
        {
            if (minuteOfDay >= hours.FromMinute && minuteOfDay <= hours.ToMinute)
            {
                return Verdict.Allow(DecidedBy.AccessTimes, hours.Span);
            }
        }

        return Verdict.Refuse(RefusalReason.Time, DecidedBy.OutsideAccessTimes, policy.Times[0].Span);
    }

    public static Verdict DecideAddress(in AccessRequest request, AccessPolicy policy)
    {
        if (policy.OnlyFrom is null && policy.NoAccess is null)
        {
            return Verdict.Allow(DecidedBy.NoRule);
        }

        if (request.Peer is not { } peer)
        {
            // Nobody can be shown to be in only_from; and nobody to be in no_access, as in the original.
            return policy.OnlyFrom is null
                ? Verdict.Allow(DecidedBy.NoPeerAddress)
                : Verdict.Refuse(RefusalReason.Address, DecidedBy.NotInOnlyFrom);
        }

        AddressMatch only = policy.OnlyFrom?.Match(peer) ?? AddressMatch.None;
        AddressMatch no = policy.NoAccess?.Match(peer) ?? AddressMatch.None;
        if (policy.OnlyFrom is not { HasNames: true } && policy.NoAccess is not { HasNames: true })
        {
            return Weigh(only, no, policy);
        }

        return DecideWithName(request.Name, peer, only, no, policy);
    }

    private static Verdict DecideWithName(PeerName name, IpAddress peer, AddressMatch only, AddressMatch no, AccessPolicy policy)
    {
        if (name.State == PeerNameState.Known)
        {
            only = AddressMatch.Better(only, policy.OnlyFrom?.MatchName(name.Text, peer) ?? AddressMatch.None);
            no = AddressMatch.Better(no, policy.NoAccess?.MatchName(name.Text, peer) ?? AddressMatch.None);
            return Weigh(only, no, policy);
        }

        // A better match in only_from can only open, one in no_access only close: the two extremes show whether the name matters.
        AddressMatch onlyAtBest = AddressMatch.Better(only, policy.OnlyFrom?.BestName(peer) ?? AddressMatch.None);
        AddressMatch noAtWorst = AddressMatch.Better(no, policy.NoAccess?.BestName(peer) ?? AddressMatch.None);
        Verdict byAddress = Weigh(only, no, policy);
        Verdict atWorst = Weigh(only, noAtWorst, policy);
        if (name.State is PeerNameState.Unknown or PeerNameState.Unconfirmed)
        {
            return atWorst.Allowed == byAddress.Allowed
                ? byAddress
                : Verdict.Refuse(RefusalReason.Address, DecidedBy.NameUnknown, RuleOf(policy.NoAccess, noAtWorst));
        }

        return atWorst.Allowed == Weigh(onlyAtBest, no, policy).Allowed ? byAddress : Verdict.AskName;
    }

    private static Verdict Weigh(AddressMatch only, AddressMatch no, AccessPolicy policy)
    {
        if (policy.OnlyFrom is not null && !only.Found)
        {
            return no.Found
                ? Verdict.Refuse(RefusalReason.Address, DecidedBy.NoAccess, RuleOf(policy.NoAccess, no))
                : Verdict.Refuse(RefusalReason.Address, DecidedBy.NotInOnlyFrom);
        }

        if (!no.Found)
        {
            return policy.OnlyFrom is null
                ? Verdict.Allow(DecidedBy.NotInNoAccess)
                : Verdict.Allow(DecidedBy.OnlyFrom, RuleOf(policy.OnlyFrom, only));
        }

        return only.Rank.CompareTo(no.Rank) switch
        {
            > 0 => Verdict.Allow(DecidedBy.OnlyFrom, RuleOf(policy.OnlyFrom, only)),
            < 0 => Verdict.Refuse(RefusalReason.Address, DecidedBy.NoAccess, RuleOf(policy.NoAccess, no)),
            _ => Verdict.Refuse(RefusalReason.Address, DecidedBy.EqualMatch, RuleOf(policy.NoAccess, no)),
        };
    }

    private static SourceSpan RuleOf(AddressSet? set, AddressMatch match) =>
        set is null || !match.Found ? SourceSpan.None : set.Patterns[match.Entry].Span;

    /// <summary>
    /// What goes to the daemon's log beside a refusal by <see cref="DecidedBy.EqualMatch"/>, in the original's words. Returns the number
    /// of bytes; <paramref name="destination"/> must hold 128 more than the service's id.
    /// </summary>
    public static int FormatEqualMatch(Span<byte> destination, ReadOnlySpan<byte> serviceId, IpAddress peer, bool asMapped)
    {
        ReadOnlySpan<byte> head = "Service="u8;
        ReadOnlySpan<byte> middle = ": only_from list and no_access list match equally the address "u8;
        head.CopyTo(destination);
        int at = head.Length;
        serviceId.CopyTo(destination[at..]);
        at += serviceId.Length;
        middle.CopyTo(destination[at..]);
        at += middle.Length;
        return at + peer.Format(destination[at..], asMapped);
    }
}
