using System;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Backends;
using Rouse.Server.Resident;

namespace Rouse.Server.Listening;

/// <content>A service whose server is not started by each connection: <c>start = resident</c> and <c>on-demand-resident</c>.</content>
internal sealed partial class Service
{
    /// <summary>The server that has the service's sockets; null for all other kinds of start.</summary>
    public ResidentServer? Resident { get; private set; }

    /// <summary>The server that connections are passed on to; null for all other kinds of start.</summary>
    public Backend? Backend { get; private set; }

    /// <summary>Its connections stay with the daemon, which never waits at one of them.</summary>
    public bool KeepsConnections => !SpawnsServers || Backend is not null;

    /// <summary>Its servers end together with the daemon: what is started again by itself would never give the address back.</summary>
    public bool EndsServersAtExit => Resident is not null || Definition.Types.HasFlag(ServiceTypes.Rpc);

    /// <summary>What a server is given that takes connections or datagrams by itself; empty where there can be none now.</summary>
    public Fd[] SocketsForServer() => Definition.IsIntercepted
        ? PrivateSocket() is { } own ? [own.Socket] : []
        : Array.ConvertAll([.. Listeners], static listener => listener.Socket);

    // Before the definition is exchanged.
    private bool IsOtherServer(ServiceDefinition next) => (Resident is not null || Backend is not null)
        && (!SameServer.Holds(Definition, next, Keeper.World) || Definition.Start.Backend != next.Start.Backend);

    private void ApplyStart(bool isOtherServer)
    {
        if (Definition.Start.Kind == StartKind.Resident)
        {
            Resident ??= new ResidentServer(this);
        }
        else if (Definition.Start.Kind == StartKind.OnDemandResident)
        {
            Backend ??= new Backend(this);
            Backend.Apply(isOtherServer);
        }

        if (isOtherServer)
        {
            Resident?.Exchange("its definition has changed");
        }
    }

    // True where its server watches the sockets, and the daemon does not.
    private bool BeginResident()
    {
        if (Resident is null)
        {
            return false;
        }

        if (HandsSocketOver)
        {
            State = ServiceState.Suspended;
        }

        Resident.Begin();
        return HandsSocketOver;
    }
}
