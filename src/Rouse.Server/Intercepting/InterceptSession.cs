using Rouse.Linux;
using Rouse.Server.BuiltIn;
using Rouse.Server.Loop;

namespace Rouse.Server.Intercepting;

/// <summary>
/// A connection to a stream service with INTERCEPT and wait: the gate has let it in, and the daemon passes it on to the server's private
/// socket, both ways, each end's end as it comes. Differs from xinetd: D-046.
/// </summary>
internal sealed class InterceptSession : StreamSession
{
    private readonly InterceptHandler _pool;
    private readonly ServerSide _serverSide;
    private readonly CopiedFlow _up = new();
    private readonly CopiedFlow _down = new();
    private Fd _server = Fd.None;
    private bool _connected;

    public InterceptSession(InterceptHandler pool)
    {
        _pool = pool;
        _serverSide = new ServerSide(this);
    }

    public override void OnReady(PollEvents events) => Move();

    protected override void Start()
    {
        _connected = false;
        SysResult started = SysResult.Fail(Errno.ECONNREFUSED);
        if (Service.PrivateSocket() is { } server)
        {
            server.LastPeer = Peer;
            started = Keeper.System.StartConnect(server.Address, SocketAddress.None);
        }

        if (!started.Ok)
        {
            End();
            return;
        }

        _server = started.Fd;
        if (!Keeper.Loop.Watch(_serverSide, _server, PollEvents.Out).Ok)
        {
            End();
        }
    }

    protected override void Recycle()
    {
        if (_server.IsOpen)
        {
            Keeper.Loop.Forget(_serverSide);
            Keeper.System.Close(_server);
            _server = Fd.None;
        }

        _up.Reset();
        _down.Reset();
        _pool.Return(this);
    }

    private void OnServerReady()
    {
        if (!_connected && Keeper.System.ConnectError(_server) != Errno.None)
        {
            End();
            return;
        }

        _connected = true;
        Move();
    }

    private void Move()
    {
        if (!_down.Move(Keeper.System, _server, Connection) || !_up.Move(Keeper.System, Connection, _server))
        {
            Cut();
            return;
        }

        if (_up.IsOver && _down.IsOver)
        {
            End();
            return;
        }

        if (!Keeper.Loop.WatchOnly(this, Connection, Interest(_up, _down)).Ok
            || !Keeper.Loop.WatchOnly(_serverSide, _server, Interest(_down, _up)).Ok)
        {
            End();
        }
    }

    // As with redirect: a stream that was cut must not look like one that has ended.
    public override void ResetWhoIsOwedBytes()
    {
        if (!_up.IsOver && _server.IsOpen)
        {
            Keeper.System.ResetOnClose(_server);
        }

        if (!_down.IsOver)
        {
            Keeper.System.ResetOnClose(Connection);
        }
    }

    private static PollEvents Interest(CopiedFlow read, CopiedFlow written) =>
        (read.WantsInput ? PollEvents.In : PollEvents.None) | (written.WantsOutput ? PollEvents.Out : PollEvents.None);

    private sealed class ServerSide(InterceptSession session) : EventSource
    {
        public override void OnReady(PollEvents events) => session.OnServerReady();
    }
}

/// <summary>Sessions of intercepted connections.</summary>
internal sealed class InterceptHandler : SessionPool<InterceptSession>
{
    protected override InterceptSession Make() => new(this);
}
