using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Listening;

namespace Rouse.Server.BuiltIn;

/// <summary>daytime and time over a stream: one answer that always fits the socket's buffer, and the connection is over.</summary>
internal sealed class ClockHandler(Keeper keeper, BuiltInService kind) : ConnectionHandler
{
    public override void Serve(Service service, Fd connection, in SocketAddress peer)
    {
        long now = keeper.Loop.NowUnix;
        keeper.System.SendLast(connection, kind == BuiltInService.Time ? keeper.ClockText.Time(now) : keeper.ClockText.Daytime(now));
        service.CountServed();
        service.Log.Start(0, peer, now);

        // Closing with unread bytes would reset the connection, and the peer could lose the answer.
        keeper.System.Drain(connection);
        keeper.System.Close(connection);
    }
}
