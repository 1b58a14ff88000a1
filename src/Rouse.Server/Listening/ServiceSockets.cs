using System.Collections.Generic;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.BuiltIn;
using Rouse.Server.Intercepting;
using Rouse.Server.Rpc;

namespace Rouse.Server.Listening;

/// <summary>
/// The sockets that a service listens on: opened at all of its addresses, watched or left alone together, and found through the portmapper for
/// as long as they are open. When that is, the service decides.
/// </summary>
internal sealed class ServiceSockets(Service service)
{
    // Nearly always one.
    private Listener[] _listeners = [];
    private RpcRegistration? _registration;

    public IReadOnlyList<Listener> Listeners => _listeners;

    private Keeper Keeper => service.Keeper;

    private ServiceDefinition Definition => service.Definition;

    // A server gets the socket as it is; who answers here never waits at it.
    private bool AcceptsHere => service.Handler is not null || !service.SpawnsServers;

    /// <summary>All of its sockets, or an error; what was opened before the error is still there.</summary>
    public Errno Open()
    {
        if (Definition.Local is { } local)
        {
            return OpenLocal(local);
        }

        foreach (SocketAddress wanted in ListenAddresses.Of(Definition))
        {
            // Where the kernel chooses a port, it does so for the first address only: the portmapper names one for all of them.
            SocketAddress address = wanted.Port == 0 && _listeners.Length > 0 ? wanted with { Port = _listeners[0].Local.Port } : wanted;
            SysResult opened = ListenAddresses.Open(Keeper.System, Definition, address, AcceptsHere, Keeper.Settings.Backlog);
            if (!opened.Ok)
            {
                return opened.Error;
            }

            Add(MakeListener(opened.Fd));
        }

        return Errno.None;
    }

    public void Watch()
    {
        foreach (Listener listener in _listeners)
        {
            if (!listener.IsWatched)
            {
                listener.Watch();
            }
        }
    }

    public void Unwatch()
    {
        foreach (Listener listener in _listeners)
        {
            listener.Unwatch();
        }
    }

    public void Close()
    {
        _registration?.Withdraw();
        foreach (Listener listener in _listeners)
        {
            if (Definition.Local is { } local)
            {
                Keeper.System.RemoveControl(local.Path, listener.LocalInode);
            }

            listener.Close();
        }

        _listeners = [];
    }

    /// <summary>Enters an RPC service with the portmapper, if it has sockets; again where its definition has changed.</summary>
    public void Register()
    {
        if (_listeners.Length > 0 && Definition.Types.HasFlag(ServiceTypes.Rpc))
        {
            _registration ??= new RpcRegistration(service);
            _registration.Enter(Definition, _listeners[0].Local.Port);
        }
    }

    private Errno OpenLocal(LocalSocket local)
    {
        LocalListenRequest request = new(
            local.Path, (int)Definition.SocketType, local.Owner, local.Group, (uint)local.Mode, AcceptsHere, Keeper.Settings.Backlog);
        SysResult opened = Keeper.System.OpenLocalListener(request, out long inode);
        if (!opened.Ok)
        {
            return opened.Error;
        }

        Listener listener = MakeListener(opened.Fd);
        listener.LocalInode = inode;
        Add(listener);
        return Errno.None;
    }

    private void Add(Listener listener) => _listeners = [.. _listeners, listener];

    private Listener MakeListener(Fd socket)
    {
        if (service.Handler is not null)
        {
            return new StreamListener(service, socket);
        }

        if (Definition.IsIntercepted)
        {
            return new DatagramInterceptor(service, socket);
        }

        return service.SpawnsServers
            ? new WaitListener(service, socket)
            : new DatagramListener(service, socket, DatagramAnswers.For(Definition.BuiltIn));
    }
}
