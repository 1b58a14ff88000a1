using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;

namespace Rouse.Server.Launch;

/// <summary>A server process for each connection: the daemon's own copy of the connection is closed as soon as the server has it.</summary>
internal sealed class SpawnHandler(Keeper keeper) : ConnectionHandler
{
    public override void Serve(Service service, Fd connection, in SocketAddress peer)
    {
        ServiceFlags flags = service.Definition.Flags;
        if ((flags & (ServiceFlags.NoDelay | ServiceFlags.KeepAlive)) != ServiceFlags.None)
        {
            SocketFlags.Apply(keeper.System, connection, flags);
        }

        keeper.Launcher.Launch(service, connection, peer);
        keeper.System.Close(connection);
    }
}
