using Rouse.Server.Admission;

namespace Rouse.Server.Gate;

/// <summary>The connections of one service that wait for a name, a user or a command. They hold places of its occupancy.</summary>
internal sealed class ServicePending(Occupancy occupancy)
{
    private PendingConnection? _newest;

    /// <summary>A connection begins to wait.</summary>
    public void Add(PendingConnection pending)
    {
        pending.Older = _newest;
        if (_newest is not null)
        {
            _newest.Newer = pending;
        }

        _newest = pending;
        if (pending.HoldsPlace)
        {
            occupancy.Enter(pending.Visit.Peer);
        }
    }

    /// <summary>A connection waits no longer.</summary>
    public void Remove(PendingConnection pending)
    {
        if (pending.Newer is null)
        {
            _newest = pending.Older;
        }
        else
        {
            pending.Newer.Older = pending.Older;
        }

        if (pending.Older is not null)
        {
            pending.Older.Newer = pending.Newer;
        }

        (pending.Older, pending.Newer) = (null, null);
        if (pending.HoldsPlace)
        {
            occupancy.Leave(pending.Visit.Peer);
        }
    }

    /// <summary>Takes their places again, after the occupancy was forgotten.</summary>
    public void Recount()
    {
        for (PendingConnection? at = _newest; at is not null; at = at.Older)
        {
            if (at.HoldsPlace)
            {
                occupancy.Enter(at.Visit.Peer);
            }
        }
    }

    /// <summary>The service closes.</summary>
    public void EndAll()
    {
        while (_newest is { } pending)
        {
            pending.End();
        }
    }
}
