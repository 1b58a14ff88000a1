using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <summary>
/// A listening socket of a nowait service. Connections are taken in short bursts: however many wait here, the peers of other services
/// wait for no more than a few servers to be started, or a few peers to be answered or turned away.
/// </summary>
internal sealed class StreamListener(Service service, Fd socket) : Listener(service, socket)
{
    private const int MostStarted = 4;
    private const int MostAnswered = 16;

    protected override void Serve()
    {
        // What it was told holds for who has waited for it: for the first in the queue, surely.
        int most = Keeper.Rules.AreLent ? 1 : Service.SpawnsServers ? MostStarted : MostAnswered;
        for (int i = 0; i < most && IsWatched; i++)
        {
            if (Keeper.Rules.IsBeingRead && Service.AsksWrappers)
            {
                // Somebody who was accepted already waits for the rules; the others wait in the socket's queue.
                RestForRules(someoneWaits: i == 0);
                return;
            }

            SysResult accepted = Keeper.System.Accept(Socket, nonBlocking: Service.KeepsConnections, out SocketAddress peer);
            if (accepted.Ok)
            {
                Keeper.Reception.Receive(Service, accepted.Fd, peer);
            }
            else if (accepted.Error.IsShortage())
            {
                Keeper.Shedder.Shed(this, accepted.Error);
                return;
            }
            else if (accepted.Error == Errno.EAGAIN)
            {
                return;
            }

            // Anything else (ECONNABORTED, EPROTO, EINTR, network errors passed on by accept(2)) belongs to one connection: take the next.
        }
    }
}
