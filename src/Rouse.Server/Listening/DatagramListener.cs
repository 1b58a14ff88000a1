using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.BuiltIn;

namespace Rouse.Server.Listening;

/// <summary>
/// The socket of a datagram service that the daemon answers itself: many datagrams a system call, each judged on its own. Every datagram
/// that passes is answered; the original drains the queue after each and loses the others. Differs from xinetd: D-006.
/// </summary>
internal sealed class DatagramListener(Service service, Fd socket, DatagramAnswer answer) : Listener(service, socket)
{
    public override void OnReady(PollEvents events)
    {
        DatagramBatch batch = Keeper.Datagrams;
        SysResult received = Keeper.System.ReceiveBatch(Socket, batch);
        if (!received.Ok)
        {
            return;
        }

        for (int i = 0; i < batch.Count && IsWatched; i++)
        {
            SocketAddress peer = batch.Peer(i);
            RefusalReason reason = Keeper.Gate.JudgeDatagram(Service, peer);
            if (reason != RefusalReason.None)
            {
                Service.Refuse(reason, peer);
            }
            else if (Keeper.DatagramGuard.MayAnswer(Service, peer, Keeper.Loop.NowMs))
            {
                Service.CountServed();
                Service.Log.Start(0, peer, Keeper.Loop.NowUnix);
                answer(Keeper, batch, i);
            }
        }

        if (IsWatched)
        {
            Keeper.System.SendReplies(Socket, batch);
        }
    }
}
