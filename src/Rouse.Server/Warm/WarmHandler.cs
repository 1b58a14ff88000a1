using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Listening;

namespace Rouse.Server.Warm;

/// <summary>
/// A connection for a server that was started before it came. Whatever stands against that, it is served as any other: by a server that is
/// started now.
/// </summary>
internal sealed class WarmHandler(Keeper keeper) : ConnectionHandler
{
    public override void Serve(Service service, Fd connection, in SocketAddress peer)
    {
        SocketFlags.Apply(keeper.System, connection, service.Definition.Flags);
        keeper.Launcher.MakeReady(service, connection, peer);
        if (service.Warm is { } pool && pool.TryServe(connection, peer))
        {
            return;
        }

        keeper.Launcher.Launch(service, connection, peer);
        keeper.System.Close(connection);
    }
}
