using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Server.Loop;

namespace Rouse.Server.Control;

/// <summary>
/// The control socket: where root and the daemon's own user ask what it does and tell it what to do. The socket's mode lets nobody else
/// connect, and who connected is asked of the kernel once more. Differs from xinetd: D-050.
/// </summary>
internal sealed class ControlServer : EventSource
{
    public const int MostConnections = 16;
    private const long RestMs = 100;

    private readonly Keeper _keeper;
    private readonly string _path;
    private readonly Fd _socket;
    private readonly long _inode;
    private readonly List<ControlConnection> _connections = [];
    private readonly LoopTimer _rest;

    private ControlServer(Keeper keeper, string path, Fd socket, long inode)
    {
        _keeper = keeper;
        _path = path;
        _socket = socket;
        _inode = inode;
        _rest = new LoopTimer(Watch);
    }

    /// <summary>Null where it cannot listen there; the log says why.</summary>
    public static ControlServer? Open(Keeper keeper, string path)
    {
        SysResult opened = keeper.System.OpenControl(path, out long inode);
        if (!opened.Ok)
        {
            string why = opened.Error switch
            {
                Errno.EADDRINUSE => "another daemon answers there",
                Errno.EEXIST => "something that is no socket has that name",
                Errno other => other.Describe(),
            };
            keeper.Log.Warning($"no control socket at {path}: {why}; rouse status, reload, enable, disable and stop cannot reach this daemon");
            return null;
        }

        ControlServer server = new(keeper, path, opened.Fd, inode);
        server.Watch();
        return server;
    }

    public override void OnReady(PollEvents events)
    {
        for (int i = 0; i < MostConnections; i++)
        {
            SysResult accepted = _keeper.System.Accept(_socket, nonBlocking: true, out _);
            if (accepted.Ok)
            {
                Receive(accepted.Fd);
                continue;
            }

            if (accepted.Error.IsShortage())
            {
                // Who waits would be told of in every turn.
                _keeper.Loop.Unwatch(this, _socket);
                _keeper.Loop.Set(_rest, RestMs);
            }

            return;
        }
    }

    public void Close()
    {
        _rest.Cancel();
        _keeper.Loop.Forget(this);
        _keeper.System.Close(_socket);
        _keeper.System.RemoveControl(_path, _inode);
    }

    internal void Forget(ControlConnection connection) => _connections.Remove(connection);

    private void Watch() => _keeper.Loop.Watch(this, _socket, PollEvents.In);

    private void Receive(Fd connection)
    {
        bool known = _keeper.System.PeerUser(connection, out uint uid).Ok;
        if (!known || (uid != 0 && uid != _keeper.World.Uid))
        {
            TurnAway(connection, "only root and the daemon's user may control it");
        }
        else if (_connections.Count >= MostConnections)
        {
            TurnAway(connection, "too many control connections; try again");
        }
        else
        {
            ControlConnection session = new(_keeper, this, connection);
            _connections.Add(session);
            session.Begin();
        }
    }

    private void TurnAway(Fd connection, string why)
    {
        JsonLine answer = new();
        ControlVerbs.WriteEnd(answer, why);
        _keeper.System.Send(connection, answer.Bytes);
        _keeper.System.Close(connection);
    }
}
