using System.Collections.Generic;

namespace Rouse.Server.Gate;

/// <summary>The connections that wait, of all services, no more than so many; and the objects for those to come.</summary>
internal sealed class PendingConnections(Keeper keeper, int most)
{
    private readonly Stack<PendingConnection> _free = new();

    public Keeper Keeper { get; } = keeper;

    /// <summary>Connections that wait now.</summary>
    public int Count { get; private set; }

    /// <summary>Lets a connection wait; null where too many do.</summary>
    public PendingConnection? Hold(in Visit visit)
    {
        if (Count >= most)
        {
            return null;
        }

        if (!_free.TryPop(out PendingConnection? pending))
        {
            pending = new PendingConnection(this);
        }

        Count++;
        pending.Begin(visit);
        visit.Service.Pending.Add(pending);
        return pending;
    }

    /// <summary>It waits no longer; the connection itself is its caller's.</summary>
    public void Release(PendingConnection pending)
    {
        pending.Visit.Service.Pending.Remove(pending);
        pending.Begin(default);
        Count--;
        _free.Push(pending);
    }
}
