using System.Collections.Immutable;
using Rouse.Config.Addresses;

namespace Rouse.Access.Wrappers;

/// <summary>Whether a host is a member of a netgroup (innetgr(3)), found out by the caller.</summary>
/// <param name="OfServer">The host is the server's end of the connection, not the client.</param>
public readonly record struct NetgroupAnswer(string Netgroup, bool OfServer, bool IsMember);

/// <summary>Who asks for which daemon, as far as it is known. Strings are one char a byte.</summary>
public readonly record struct WrapperRequest
{
    /// <summary>The process name that rules are written for.</summary>
    public required string Daemon { get; init; }

    /// <summary>The peer's address; null where there is none (a local socket).</summary>
    public IpAddress? Client { get; init; }

    /// <summary>The address that the peer came to.</summary>
    public IpAddress? Server { get; init; }

    public ushort? ClientPort { get; init; }

    /// <summary>The port that the peer came to, for rules that name a port in place of a daemon. Null: no such rule fits.</summary>
    public ushort? ServerPort { get; init; }

    public WrapperName ClientName { get; init; }

    public WrapperName ServerName { get; init; }

    /// <summary>The user behind the connection (RFC 1413).</summary>
    public WrapperName User { get; init; }

    /// <summary>
    /// The peer's address as somebody wrote it, where that is not the form that the C library gives it (<c>2001:DB8::1</c>, an interface
    /// behind a link-local address). Patterns that compare text compare this one.
    /// </summary>
    public string? ClientSpelling { get; init; }

    /// <summary>The same for <see cref="Server"/>.</summary>
    public string? ServerSpelling { get; init; }

    /// <summary>The netgroups that have been asked for. May be default.</summary>
    public ImmutableArray<NetgroupAnswer> Netgroups { get; init; }
}
