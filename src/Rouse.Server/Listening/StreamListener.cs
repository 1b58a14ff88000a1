using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <summary>
/// A listening socket of a nowait service. Connections are taken in bursts, so that a flood costs few turns of the loop and yet one
/// service cannot keep the others waiting.
/// </summary>
internal sealed class StreamListener(Service service, Fd socket) : Listener(service, socket)
{
    private const int AcceptBurst = 64;

    public override void OnReady(PollEvents events)
    {
        for (int i = 0; i < AcceptBurst && IsWatched; i++)
        {
            SysResult accepted = Keeper.System.Accept(Socket, nonBlocking: Service.KeepsConnections, out SocketAddress peer);
            if (accepted.Ok)
            {
                Keeper.Reception.Receive(Service, accepted.Fd, peer);
            }
            else if (accepted.Error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS)
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
