using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.BuiltIn;

/// <summary>
/// A connection that the daemon answers itself, without a process: who, since when, and its place in its service's list. Ended sessions
/// are used again for later connections.
/// </summary>
internal abstract class StreamSession : EventSource
{
    public Service Service { get; private set; } = null!;

    public Fd Connection { get; private set; } = Fd.None;

    public SocketAddress Peer { get; private set; }

    /// <summary>Seconds since 1970.</summary>
    public long StartedUnix { get; private set; }

    public StreamSession? Older { get; private set; }

    protected Keeper Keeper => Service.Keeper;

    /// <summary>Its service begins to be given with the connection; where not, <see cref="Served"/> says when.</summary>
    protected virtual bool IsServedAtOnce => true;

    private StreamSession? _newer;
    private bool _isServed;

    /// <summary>Takes a connection over. What it is watched for is the kind's choice.</summary>
    public void Begin(Service service, Fd connection, in SocketAddress peer)
    {
        Service = service;
        Connection = connection;
        Peer = peer;
        StartedUnix = Keeper.Loop.NowUnix;
        Older = service.NewestSession;
        if (Older is not null)
        {
            Older._newer = this;
        }

        service.NewestSession = this;
        service.Occupancy.Enter(peer);
        if (IsServedAtOnce)
        {
            Served();
        }

        Start();
    }

    /// <summary>Closes the connection and gives back what it held. The session must not be touched by its caller afterwards.</summary>
    public void End()
    {
        Ending();
        Keeper.Loop.Forget(this);
        Keeper.System.Close(Connection);
        Leave();
    }

    /// <summary>The same where the connection is not over: its service is closed, or the daemon ends.</summary>
    public void Cut()
    {
        ResetWhoIsOwedBytes();
        End();
    }

    /// <summary>Where half of what is passed on could be taken for all of it: whoever has not been told an end sees a reset when this ends.</summary>
    public virtual void ResetWhoIsOwedBytes()
    {
    }

    /// <summary>From now on the connection is one that was served: counted, and logged with its START and EXIT.</summary>
    protected void Served()
    {
        _isServed = true;
        Service.CountServed();
        Service.Log.Start(0, Peer, Keeper.Loop.NowUnix);
    }

    /// <summary>Ends the session without closing its connection, which is the caller's from here on.</summary>
    protected Fd GiveUp()
    {
        Fd connection = Connection;
        Keeper.Loop.Unwatch(this, connection);
        Leave();
        return connection;
    }

    /// <summary>The connection is new: answer at once what can be answered at once, and watch for the rest.</summary>
    protected abstract void Start();

    /// <summary>The session ends now: what must be said or closed before its connection is, and before its EXIT line.</summary>
    protected virtual void Ending()
    {
    }

    /// <summary>Drops what the session holds beside its connection and goes back to where it came from.</summary>
    protected abstract void Recycle();

    /// <summary>Watches the connection; a loop that cannot take it ends the session. False if so.</summary>
    protected bool WatchFor(PollEvents events)
    {
        SysResult watched = IsWatched ? Keeper.Loop.Rewatch(this, Connection, events) : Keeper.Loop.Watch(this, Connection, events);
        if (!watched.Ok)
        {
            End();
        }

        return watched.Ok;
    }

    private void Leave()
    {
        Connection = Fd.None;
        Service.Occupancy.Leave(Peer);
        if (_isServed)
        {
            Service.Log.Exit(new ChildExit(0, 0, -1), Keeper.Loop.NowUnix - StartedUnix, Keeper.Loop.NowUnix);
        }

        _isServed = false;
        if (_newer is null)
        {
            Service.NewestSession = Older;
        }
        else
        {
            _newer.Older = Older;
        }

        if (Older is not null)
        {
            Older._newer = _newer;
        }

        Older = null;
        _newer = null;
        Recycle();
    }
}
