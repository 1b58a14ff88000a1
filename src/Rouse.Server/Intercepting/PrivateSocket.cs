using System;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Loop;

namespace Rouse.Server.Intercepting;

/// <summary>
/// What the server of a service with INTERCEPT is given in place of the service's own socket: one of the same kind on loopback, at a port
/// that the kernel chooses. The daemon passes on to it what the gate let in; whatever waits in it wakes a server, and the next one when
/// that has ended.
/// </summary>
internal sealed class PrivateSocket : EventSource
{
    private const long RestAfterFailureMs = 1000;

    private readonly Service _service;
    private readonly Fd _socket;
    private readonly LoopTimer _rest;
    private int _server;
    private bool _closed;
    private bool _toldCrowd;

    private PrivateSocket(Service service, Fd socket)
    {
        _service = service;
        _socket = socket;
        _rest = new LoopTimer(Watch);
        Address = service.Keeper.System.LocalAddress(socket);
        Watch();
    }

    public Fd Socket => _socket;

    /// <summary>Where the server is reached.</summary>
    public SocketAddress Address { get; }

    /// <summary>Whose connection or datagram was passed on last: REMOTE_HOST of a server that it wakes.</summary>
    public SocketAddress LastPeer { get; set; }

    /// <summary>Null when there can be none now, which is told.</summary>
    public static PrivateSocket? Open(Service service)
    {
        ServiceDefinition definition = service.Definition;
        SocketAddress loopback = new(AddressFamily.IPv4, IpAddress.FromV4(0x7f000001).Value, 0);
        ListenRequest request = new(loopback, (int)definition.SocketType, 0, false, NonBlocking: false);
        bool isV6 = service.Listeners.Count > 0 && service.Listeners[0].Local.Family == AddressFamily.IPv6;
        SysResult opened = isV6
            ? service.Keeper.System.OpenListener(request with { Address = new SocketAddress(AddressFamily.IPv6, UInt128.One, 0) })
            : SysResult.Fail(Errno.EAFNOSUPPORT);
        if (!opened.Ok)
        {
            // No IPv6 on loopback either.
            opened = service.Keeper.System.OpenListener(request);
        }

        if (opened.Ok)
        {
            return new PrivateSocket(service, opened.Fd);
        }

        service.Keeper.Log.Error(
            $"service {definition.Id}: no socket for its server: {opened.Error.Describe()} (errno = {(int)opened.Error}); peers are closed");
        return null;
    }

    public override void OnReady(PollEvents events)
    {
        _service.Keeper.Loop.Unwatch(this, _socket);
        _server = IsOneTooMany() ? 0 : _service.Keeper.Launcher.Launch(_service, _socket, LastPeer);
        if (_server == 0)
        {
            _service.Keeper.Loop.Set(_rest, RestAfterFailureMs);
        }
    }

    /// <summary>A server of the service has ended: perhaps an older one, of another socket, while the one of this socket runs.</summary>
    public void ServerEnded(int pid)
    {
        if (pid == _server)
        {
            _server = 0;
            Watch();
        }
    }

    // The gate has let in who waits here while there was a place, or while a server ran.
    private bool IsOneTooMany()
    {
        bool isCrowd = _service.Keeper.Gate.Processes >= _service.Keeper.Gate.ProcessLimit;
        if (isCrowd && !_toldCrowd)
        {
            _service.Keeper.Log.Error(
                $"service {_service.Definition.Id}: the limit of all servers (-limit) is reached; who was let in waits until its server can be started");
        }

        _toldCrowd = isCrowd;
        return isCrowd;
    }

    public void Close()
    {
        _closed = true;
        _rest.Cancel();
        _service.Keeper.Loop.Forget(this);
        _service.Keeper.System.Close(_socket);
    }

    private void Watch()
    {
        // A resident server is there, or is started again by itself.
        if (!_closed && !IsWatched && _service.Resident is null)
        {
            _service.Keeper.Loop.Watch(this, _socket, PollEvents.In);
        }
    }
}
