using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Gate;

/// <summary>What the gate says of a peer.</summary>
/// <param name="Reason">Why it is turned away; <see cref="RefusalReason.None"/> if it may come in, or if it is not decided yet.</param>
/// <param name="Need">Not decided: this must be found out, and the peer judged again with it.</param>
/// <param name="Netgroup">The netgroup that is asked for.</param>
/// <param name="Rule">Not decided: the options of this rule of tcp_wrappers must be carried out first.</param>
internal readonly record struct Judgement(RefusalReason Reason, WrapperNeed Need, string? Netgroup, WrapperRule? Rule)
{
    /// <summary>The version of the rules that <see cref="Rule"/> is of.</summary>
    public HostRules? Rules { get; init; }

    /// <summary>What the rules of tcp_wrappers change about the server of a peer without a connection of its own; null for nothing.</summary>
    public ServerChanges? Changes { get; init; }

    /// <summary>Not decided: the rules of tcp_wrappers are being read anew.</summary>
    public bool AwaitsRules { get; init; }

    /// <summary>Not decided: the accounts of its rule of tcp_wrappers must be looked up. Of peers without a connection of their own only.</summary>
    public AccountNames AwaitsAccounts { get; init; }

    public static Judgement Allowed => default;

    public static Judgement AwaitRules => new() { AwaitsRules = true };

    public static Judgement AskName => Ask(WrapperNeed.ClientName, null);

    public static Judgement AwaitAccounts(in AccountNames names) => new() { AwaitsAccounts = names };

    public bool IsAllowed => Reason == RefusalReason.None && !IsOpen && Rule is null;

    /// <summary>Something must be found out, or waited for, first.</summary>
    public bool IsOpen => Need != WrapperNeed.Nothing || AwaitsRules || AwaitsAccounts.AreAny;

    public bool NeedsName => Need == WrapperNeed.ClientName;

    public static Judgement Refused(RefusalReason reason) => new(reason, WrapperNeed.Nothing, null, null);

    public static Judgement Ask(WrapperNeed need, string? netgroup) => new(RefusalReason.None, need, netgroup, null);

    public static Judgement CarryOut(WrapperRule rule, HostRules rules) => new(RefusalReason.None, WrapperNeed.Nothing, null, rule) { Rules = rules };
}
