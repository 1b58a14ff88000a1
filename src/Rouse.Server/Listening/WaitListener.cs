using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <summary>
/// The socket of a wait service: the server gets the socket itself, and the daemon does not look at it until that server has ended. For
/// datagrams the sender of the first one is judged; for streams nobody is known yet, so that the address lists cannot be applied.
/// </summary>
internal sealed class WaitListener(Service service, Fd socket) : Listener(service, socket)
{
    private bool IsStream => Service.Definition.SocketType is SocketType.Stream or SocketType.SeqPacket;

    public override void OnReady(PollEvents events)
    {
        SocketAddress peer = SocketAddress.None;
        if (!IsStream && !Keeper.System.PeekSender(Socket, out peer).Ok)
        {
            // An error that was queued on the socket (ICMP) is taken by the call itself; no datagram is there.
            return;
        }

        RefusalReason reason = Keeper.Gate.JudgeDatagram(Service, peer);
        if (reason != RefusalReason.None)
        {
            Drop();
            Service.Refuse(reason, peer);
            return;
        }

        Service.Suspend();
        if (!Keeper.Launcher.Launch(Service, Socket, peer))
        {
            Service.ResumeLater();
        }
    }

    private void Drop()
    {
        if (!IsStream)
        {
            Keeper.System.DropDatagram(Socket);
            return;
        }

        Keeper.System.DropConnection(Socket);
    }
}
