using Rouse.Linux;
using Rouse.Server.Listening;

namespace Rouse.Server.Launch;

/// <summary>A server process for each connection: the daemon's own copy of the connection is closed as soon as the server has it.</summary>
internal sealed class SpawnHandler(Keeper keeper) : ConnectionHandler
{
    public override void Serve(Service service, Fd connection, in SocketAddress peer)
    {
        SocketFlags.Apply(keeper.System, connection, service.Definition.Flags);
        keeper.Launcher.Launch(service, connection, peer);
        keeper.System.Close(connection);
    }
}
