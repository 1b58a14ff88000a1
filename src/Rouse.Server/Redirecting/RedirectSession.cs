using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.BuiltIn;

namespace Rouse.Server.Redirecting;

/// <summary>
/// A connection that is passed on to another server, the target (redirect of xinetd.conf(5)):
/// <code>
/// connecting ── target answers ──► relaying ── both ends passed on ──► over
///     └── refused, 30 s over ──► over      └── either side resets: the other side sees a reset ──► over
/// </code>
/// Both sides see what they would see of each other: an end of one side is passed on and the other direction goes on, a reset resets. Only
/// a client that neither sends nor takes anything when the target has ended is not waited for longer than a minute: its place in instances
/// would be held for a server that has long gone. Differs from xinetd: D-034, D-035, D-036.
/// </summary>
internal class RedirectSession : StreamSession
{
    private const long ConnectMs = 30_000;
    private const long LingerMs = 60_000;

    private readonly RedirectHandler _handler;
    private readonly TargetSide _targetSide;
    private RedirectTarget _redirect = null!;
    private RelayEnd _client;
    private RelayEnd _target;
    private RelayFlow _up = RelayFlow.Fresh;
    private RelayFlow _down = RelayFlow.Fresh;
    private bool _isConnected;

    public RedirectSession(RedirectHandler handler)
    {
        _handler = handler;
        _targetSide = new TargetSide(this);
    }

    /// <summary>Monotonic milliseconds at which <see cref="Patience"/> ends the session.</summary>
    internal long EndsAtMs { get; set; }

    internal bool IsOnProbation { get; set; }

    internal RedirectSession? Next { get; set; }

    internal RedirectSession? Previous { get; set; }

    public override void OnReady(PollEvents events)
    {
        _client.Note(events);
        if (_isConnected)
        {
            Relay();
        }
        else if ((events & (PollEvents.Error | PollEvents.HangUp)) != PollEvents.None)
        {
            End();
        }
    }

    public void OnTargetReady(PollEvents events)
    {
        _target.Note(events);
        if (_isConnected || Connected(events))
        {
            Relay();
        }
    }

    public void RunOutOfPatience()
    {
        if (!_isConnected)
        {
            NotConnected(Errno.ETIMEDOUT);
            return;
        }

        ResetWhoIsOwedBytes();
        End();
    }

    protected override void Start()
    {
        Keeper.Gate.MakeRoom();
        Keeper.Gate.Processes++;
        Prepare();
        ConnectTo(Service.Definition.Redirect!);
    }

    /// <summary>Nothing is connected yet.</summary>
    protected void Prepare()
    {
        _isConnected = false;
        _client = new RelayEnd(Connection);
        _target = new RelayEnd(Fd.None);
    }

    /// <summary>Connects the other side; the relaying begins by itself.</summary>
    protected void ConnectTo(RedirectTarget target)
    {
        _redirect = target;
        Config.Addresses.IpAddress address = _redirect.Address;
        SocketAddress to = new(address.IsV4 ? AddressFamily.IPv4 : AddressFamily.IPv6, address.Value, _redirect.Port, _redirect.Scope);
        SysResult started = Keeper.System.StartConnect(to, SocketAddress.None);
        if (!started.Ok)
        {
            NotConnected(started.Error);
            return;
        }

        _target = new RelayEnd(started.Fd);
        Prepare(Connection);
        Prepare(_target.Socket);
        _handler.Patience.Start(this, ConnectMs);
        if (Keeper.Loop.Watch(_targetSide, _target.Socket, RelayEnd.Watched).Ok)
        {
            WatchFor(RelayEnd.Watched);
        }
        else
        {
            End();
        }
    }

    // As in the original: nothing is delayed on either side, and KEEPALIVE holds for both.
    private void Prepare(Fd socket)
    {
        Keeper.System.SetNoDelay(socket);
        if ((Service.Definition.Flags & ServiceFlags.KeepAlive) != ServiceFlags.None)
        {
            Keeper.System.SetKeepAlive(socket);
        }
    }

    /// <summary>The other side cannot be reached: the session ends, or tries something else.</summary>
    protected virtual void NotConnected(Errno error)
    {
        ReportFailure(error);
        End();
    }

    /// <summary>The other side has answered.</summary>
    protected virtual void HasConnected()
    {
    }

    /// <summary>Gives the other side up.</summary>
    protected void LeaveTarget()
    {
        _handler.Patience.Stop(this);
        if (_target.Socket.IsOpen)
        {
            Keeper.Loop.Forget(_targetSide);
            Keeper.System.Close(_target.Socket);
            _target = new RelayEnd(Fd.None);
        }
    }

    /// <summary>Its place among all servers.</summary>
    protected virtual void GiveBackPlace() => Keeper.Gate.GiveBackPlace();

    protected override void Ending()
    {
        GiveBackPlace();
        LeaveTarget();
        if (_isConnected)
        {
            Service.Log.Traffic(_up.Moved, _down.Moved, Keeper.Loop.NowUnix);
        }
    }

    protected override void Recycle()
    {
        _up.Release(_handler.Buffers);
        _down.Release(_handler.Buffers);
        _redirect = null!;
        _handler.Return(this);
    }

    // False when the session has ended, or when it is not known yet.
    private bool Connected(PollEvents events)
    {
        if ((events & (PollEvents.Error | PollEvents.HangUp)) != PollEvents.None
            && Keeper.System.ConnectError(_target.Socket) is not Errno.None and Errno error)
        {
            NotConnected(error);
            return false;
        }

        _isConnected = _target.CanWrite;
        if (_isConnected)
        {
            _handler.Patience.Stop(this);
            HasConnected();
        }

        return _isConnected;
    }

    private void Relay()
    {
        long before = _up.Moved + _down.Passed;
        (bool clientHadEnded, bool targetHadEnded) = (_up.IsDone, _down.IsDone);

        // The target's last words first: a broken connection to it is often noticed while writing, when its answer is still unread.
        RelayStop down = _down.Move(Keeper.System, _handler.Buffers, ref _target, ref _client);
        RelayStop up = _up.Move(Keeper.System, _handler.Buffers, ref _client, ref _target);
        if (up == RelayStop.SinkGone && _down.IsDone)
        {
            // The target has said all and gone. A close with unread bytes would reset the client, which may still be reading the answer.
            _up.Discards = true;
            up = _up.Move(Keeper.System, _handler.Buffers, ref _client, ref _target);
        }

        if (down is RelayStop.SourceGone or RelayStop.SinkGone || up is RelayStop.SourceGone or RelayStop.SinkGone)
        {
            ResetWhoIsOwedBytes();
            End();
            return;
        }

        if (_up.IsDone && _down.IsDone)
        {
            End();
            return;
        }

        if (_up.IsDone && !clientHadEnded)
        {
            Keeper.System.Shutdown(_target.Socket, ShutdownSide.Send);
        }

        if (_down.IsDone && !targetHadEnded)
        {
            Keeper.System.Shutdown(Connection, ShutdownSide.Send);
        }

        if (_target.IsEnding && (!IsOnProbation || _up.Moved + _down.Passed != before))
        {
            _handler.Patience.Start(this, LingerMs);
        }

        // The kernel tells again what it has told, and does so after all others that are ready.
        if (down == RelayStop.HadItsTurn)
        {
            Keeper.Loop.Rewatch(_targetSide, _target.Socket, RelayEnd.Watched);
        }

        if (up == RelayStop.HadItsTurn)
        {
            Keeper.Loop.Rewatch(this, Connection, RelayEnd.Watched);
        }
    }

    // A stream that was cut must not look like one that has ended: its receiver could take half an answer for a whole one.
    public override void ResetWhoIsOwedBytes()
    {
        if (!_up.IsDone && _target.Socket.IsOpen)
        {
            Keeper.System.ResetOnClose(_target.Socket);
        }

        if (!_down.IsDone)
        {
            Keeper.System.ResetOnClose(Connection);
        }
    }

    protected void ReportFailure(Errno error)
    {
        string text = $"can't connect to remote host {_redirect.Address}: {error.Describe()} (errno = {(int)error})";
        if (error.IsShortage())
        {
            _handler.Shortage.Report(Keeper.Loop.NowMs, text);
        }
        else
        {
            Keeper.Log.Error(text);
        }
    }
}
