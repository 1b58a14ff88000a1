namespace Rouse.Access.Wrappers;

/// <summary>What becomes of a request. Whoever overlooks a value turns the peer away.</summary>
public enum WrapperOutcome
{
    Denied,

    Granted,

    /// <summary>The rule's command serves the peer in the server's place (the option <c>twist</c>).</summary>
    Twisted,

    /// <summary>Not decided: find out what <see cref="WrapperVerdict.Needs"/> says, and ask again.</summary>
    Asks,
}

/// <summary>What the rules want to know before they can decide.</summary>
public enum WrapperNeed
{
    Nothing,
    ClientName,
    ServerName,
    User,

    /// <summary>Is the client's host (by its name, which is known then) in <see cref="WrapperVerdict.Netgroup"/>?</summary>
    ClientNetgroup,

    /// <summary>Is the server's host in <see cref="WrapperVerdict.Netgroup"/>?</summary>
    ServerNetgroup,
}

/// <summary>What decided.</summary>
public enum WrapperCause
{
    /// <summary>No rule fits: granted.</summary>
    NoRule,

    /// <summary>A rule of hosts.allow fits.</summary>
    AllowFile,

    /// <summary>A rule of hosts.deny fits.</summary>
    DenyFile,

    /// <summary>The rule that fits says <c>ALLOW</c>.</summary>
    AllowOption,

    /// <summary>The rule that fits says <c>DENY</c>.</summary>
    DenyOption,

    /// <summary>The rule that fits has a command for the peer.</summary>
    TwistOption,

    /// <summary>The rule that fits has an option that cannot be understood: denied, in whichever file.</summary>
    BadOption,

    /// <summary>A line of hosts.deny cannot be understood, and may have meant this peer: denied.</summary>
    BadRule,

    /// <summary>hosts.deny is there and cannot be read: denied.</summary>
    UnreadableFile,
}

/// <summary>A decision with what decided. The options of <paramref name="Rule"/> are the caller's to carry out, in their order.</summary>
/// <param name="Netgroup">The netgroup that is asked for; null unless <paramref name="Needs"/> is one of the two netgroup questions.</param>
/// <param name="Rule">Null where no rule decided.</param>
public readonly record struct WrapperVerdict(
    WrapperOutcome Outcome, WrapperNeed Needs, string? Netgroup, WrapperCause By, WrapperRule? Rule)
{
    /// <summary>No rule speaks of this.</summary>
    public static WrapperVerdict NoRule => new(WrapperOutcome.Granted, WrapperNeed.Nothing, null, WrapperCause.NoRule, null);

    internal static WrapperVerdict Unreadable => new(
        WrapperOutcome.Denied, WrapperNeed.Nothing, null, WrapperCause.UnreadableFile, null);

    internal static WrapperVerdict Of(WrapperRule rule) => new(rule.Outcome, WrapperNeed.Nothing, null, rule.Cause, rule);

    internal static WrapperVerdict Ask(in Question question) => new(
        WrapperOutcome.Asks, question.Need, question.Netgroup, WrapperCause.NoRule, null);
}

/// <summary>The fact that a pattern lacked.</summary>
internal readonly record struct Question(WrapperNeed Need, string? Netgroup = null);
