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

/// <summary>A decision with what decided. The options of <see cref="Rule"/> are the caller's to carry out, in their order.</summary>
/// <param name="Netgroup">The netgroup that is asked for; null unless <paramref name="Needs"/> is one of the two netgroup questions.</param>
public readonly record struct WrapperVerdict(WrapperOutcome Outcome, WrapperNeed Needs, string? Netgroup, WrapperCause By)
{
    private readonly RuleTable? _table;
    private readonly int _number;

    private WrapperVerdict(RuleTable table, int number)
        : this(table.ConclusionOf(number).Outcome, WrapperNeed.Nothing, null, table.ConclusionOf(number).Cause) =>
        (_table, _number) = (table, number);

    /// <summary>No rule speaks of this.</summary>
    public static WrapperVerdict NoRule => new(WrapperOutcome.Granted, WrapperNeed.Nothing, null, WrapperCause.NoRule);

    /// <summary>The rule that decided; null where none did. May be read from the file's text, so ask once.</summary>
    public WrapperRule? Rule => _table?[_number];

    /// <summary>The rule that decided has options, and not ALLOW or DENY alone.</summary>
    public bool HasOptions => _table is not null && !_table.IsPlain(_number) && !_table[_number].Options.IsEmpty;

    internal static WrapperVerdict Unreadable => new(WrapperOutcome.Denied, WrapperNeed.Nothing, null, WrapperCause.UnreadableFile);

    internal static WrapperVerdict Of(RuleTable table, int number) => new(table, number);

    internal static WrapperVerdict Ask(in Question question) => new(
        WrapperOutcome.Asks, question.Need, question.Netgroup, WrapperCause.NoRule);
}

/// <summary>The fact that a pattern lacked.</summary>
internal readonly record struct Question(WrapperNeed Need, string? Netgroup = null);
