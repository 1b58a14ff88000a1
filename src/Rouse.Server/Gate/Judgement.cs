using Rouse.Access;

namespace Rouse.Server.Gate;

/// <summary>What the gate says of a peer.</summary>
/// <param name="Reason">Why it is turned away; <see cref="RefusalReason.None"/> if it may come in, or if the name must be known first.</param>
/// <param name="NeedsName">Not decided: the peer's name must be looked up, and the address judged again with it.</param>
internal readonly record struct Judgement(RefusalReason Reason, bool NeedsName)
{
    public static Judgement Allowed => default;

    public static Judgement AskName => new(RefusalReason.None, true);

    public bool IsAllowed => Reason == RefusalReason.None && !NeedsName;

    public static Judgement Refused(RefusalReason reason) => new(reason, false);
}
