using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Gate;

/// <summary>An accepted connection on its way to its handler, and what has become known of it. It lives on the stack unless it must wait.</summary>
internal readonly record struct Visit(Service Service, Fd Connection, SocketAddress Peer)
{
    public PeerName Name { get; init; }

    /// <summary>Its name cannot be asked for now, as too many wait already. Where a rule of tcp_wrappers wants it, the peer is refused.</summary>
    public bool IsNameOutOfReach { get; init; }

    /// <summary>It has waited for something; its service may have become another kind meanwhile.</summary>
    public bool HasWaited { get; init; }

    /// <summary>What the rules of tcp_wrappers have asked; null for nothing.</summary>
    public WrapperFacts? Wrappers { get; init; }

    /// <summary>banner_success has been sent.</summary>
    public bool IsWelcomed { get; init; }

    /// <summary>Its user has been asked for, whatever the answer was.</summary>
    public bool IsIdentified { get; init; }

    /// <summary>Whose name was asked for because its server is told it.</summary>
    public AskedEnds AskedEnds { get; init; }

    /// <summary>It was turned away, and waits only for its user's name to be logged.</summary>
    public bool IsRefused { get; init; }
}
