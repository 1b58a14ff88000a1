using Rouse.Config.Text;

namespace Rouse.Access;

/// <summary>What kind of rule, or lack of one, decided.</summary>
public enum DecidedBy
{
    /// <summary>No rule speaks of this: allowed.</summary>
    NoRule,

    /// <summary>The time of day lies within a span of access_times.</summary>
    AccessTimes,

    /// <summary>The time of day lies outside of all spans of access_times.</summary>
    OutsideAccessTimes,

    /// <summary>The peer's address is not known, so no list can be applied: allowed.</summary>
    NoPeerAddress,

    /// <summary>An entry of only_from fits, and none of no_access as well or better.</summary>
    OnlyFrom,

    /// <summary>There is an only_from list and none of its entries fits.</summary>
    NotInOnlyFrom,

    /// <summary>An entry of no_access fits, and none of only_from better.</summary>
    NoAccess,

    /// <summary>There is a no_access list, no only_from list, and no entry fits: allowed.</summary>
    NotInNoAccess,

    /// <summary>Entries of both lists fit and neither is the more specific: refused.</summary>
    EqualMatch,

    /// <summary>A name in no_access may be the peer's, and its name cannot be found out: refused.</summary>
    NameUnknown,
}

/// <summary>
/// A decision about a peer, with what decided. With <see cref="NeedsName"/> it is none yet: look the peer's name up and ask again.
/// </summary>
/// <param name="Rule">The entry that decided; <see cref="SourceSpan.None"/> where no single entry did.</param>
public readonly record struct Verdict(bool Allowed, bool NeedsName, RefusalReason Reason, DecidedBy By, SourceSpan Rule)
{
    public static Verdict Allow(DecidedBy by, SourceSpan rule = default) => new(true, false, RefusalReason.None, by, rule);

    public static Verdict Refuse(RefusalReason reason, DecidedBy by, SourceSpan rule = default) => new(false, false, reason, by, rule);

    /// <summary>Not decided; not allowed either, should somebody overlook that.</summary>
    public static Verdict AskName => new(false, true, RefusalReason.None, DecidedBy.NoRule, SourceSpan.None);
}
