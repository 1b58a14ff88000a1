using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>The options of hosts_options(5) that Debian's library has.</summary>
public enum WrapperOptionKind
{
    Allow,
    Deny,
    Severity,
    Spawn,
    Twist,
    KeepAlive,
    Linger,
    Nice,
    SetEnv,
    Umask,
    User,
    Group,
    Rfc931,
    Banners,
    AclExec,

    /// <summary>Cannot be understood: what stands before it is carried out, and the peer is denied.</summary>
    Bad,
}

/// <summary>One option of a rule. What each kind needs is in the property named in its line; the others are empty.</summary>
public sealed record WrapperOption
{
    public required WrapperOptionKind Kind { get; init; }

    /// <summary>
    /// The value as written, without the blanks around it and with <c>\:</c> made <c>:</c>; empty where there is none. Spawn, Twist,
    /// AclExec and SetEnv undergo <see cref="WrapperExpansion"/> first. Spawn, Twist, AclExec: the shell's command. SetEnv: a name,
    /// blanks, a value. Banners: a directory. Group: the group.
    /// </summary>
    public required string Value { get; init; }

    public required SourceSpan Span { get; init; }

    /// <summary>
    /// Linger: seconds. Nice: what is added (10 where there is no value). Umask: the mask. Rfc931: seconds to wait, or 0 for the
    /// default. Severity: facility and level as syslog(3) takes them; a facility of 0 is the caller's own.
    /// </summary>
    public int Number { get; init; }

    /// <summary>User: the account.</summary>
    public string User { get; init; } = "";

    /// <summary>User and Group: the group; null where a user's own groups are to be set.</summary>
    public string? Group { get; init; }
}
