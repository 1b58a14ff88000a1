namespace Rouse.Server.Backends;

/// <summary>Connections that wait, in the order in which they came. A connection is in one queue at most.</summary>
internal sealed class BackendQueue
{
    private BackendSession? _newest;

    public BackendSession? Oldest { get; private set; }

    public int Count { get; private set; }

    public void Add(BackendSession session)
    {
        session.Queue = this;
        session.Before = _newest;
        session.After = null;
        if (_newest is null)
        {
            Oldest = session;
        }
        else
        {
            _newest.After = session;
        }

        _newest = session;
        Count++;
    }

    public void Remove(BackendSession session)
    {
        if (session.Before is null)
        {
            Oldest = session.After;
        }
        else
        {
            session.Before.After = session.After;
        }

        if (session.After is null)
        {
            _newest = session.Before;
        }
        else
        {
            session.After.Before = session.Before;
        }

        (session.Queue, session.Before, session.After) = (null, null, null);
        Count--;
    }
}
