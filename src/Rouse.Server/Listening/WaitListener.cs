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
    // A seqpacket socket holds messages of many peers, as a datagram socket does (sctp(7), one-to-many).
    private bool IsStream => Service.Definition.SocketType is SocketType.Stream;

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

        // The queue is not empty, so that this cannot wait, although the socket blocks: Linux keeps a connection queued even when reset.
        SysResult accepted = Keeper.System.Accept(Socket, nonBlocking: false, out _);
        if (accepted.Ok)
        {
            Keeper.System.Close(accepted.Fd);
        }
    }
}
