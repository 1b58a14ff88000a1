using System;
using Rouse.Access;
using Rouse.Server.Identity;
using Rouse.Server.Names;

namespace Rouse.Server.Gate;

/// <summary>
/// An accepted connection that waits: for its peer's name, for its user, or for both, one after the other. What it waits for comes within
/// <see cref="PeerNames.LimitMs"/> or <see cref="IdentSession.LimitMs"/>, if only as a failure. Meanwhile it holds a place of its service's
/// instances and per_source, unless it was refused already. It ends when its service closes. Used again for later connections.
/// </summary>
internal sealed class PendingConnection(PendingConnections pool) : INameAwaiter, IIdentityAwaiter
{
    private bool _awaitsName;
    private IdentSession? _question;

    public Visit Visit { get; private set; }

    /// <summary>The connection of the same service that began to wait before this one, and the one after.</summary>
    public PendingConnection? Older { get; set; }

    public PendingConnection? Newer { get; set; }

    public bool HoldsPlace => !Visit.IsRefused;

    public void Begin(in Visit visit) => Visit = visit;

    public bool AskName() => _awaitsName = pool.Keeper.Names.Ask(Visit.Peer.Address, this);

    public void AskIdentity() =>
        _question = pool.Keeper.Identifier.Ask(Visit.Peer, pool.Keeper.System.LocalAddress(Visit.Connection), this);

    public void NameIsKnown(in PeerName name)
    {
        _awaitsName = false;
        Visit visit = Visit with { Name = name };
        pool.Release(this);
        pool.Keeper.Reception.Resume(visit);
    }

    public void IdentityIsKnown(IdentOutcome outcome, ReadOnlySpan<byte> identity)
    {
        _question = null;
        Visit visit = Visit with { IsIdentified = true };
        pool.Release(this);
        pool.Keeper.Reception.Identified(visit, outcome, identity);
    }

    /// <summary>Its service is closed: so is the connection.</summary>
    public void End()
    {
        if (_awaitsName)
        {
            _awaitsName = false;
            pool.Keeper.Names.Withdraw(Visit.Peer.Address, this);
        }

        if (_question is { } question)
        {
            _question = null;
            pool.Keeper.Identifier.Withdraw(question);
        }

        pool.Keeper.System.Close(Visit.Connection);
        pool.Release(this);
    }
}
