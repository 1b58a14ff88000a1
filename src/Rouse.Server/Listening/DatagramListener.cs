using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.BuiltIn;
using Rouse.Server.Gate;

namespace Rouse.Server.Listening;

/// <summary>
/// The socket of a datagram service that the daemon answers itself: many datagrams a system call, each judged on its own. Every datagram
/// that passes is answered; the original drains the queue after each and loses the others. Differs from xinetd: D-006. Where the sender's
/// name must be known first, the datagram is dropped while that is looked up. Differs from xinetd: D-041.
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
            Judgement judgement = Keeper.Gate.JudgeDatagram(Service, peer);
            if (judgement.NeedsName)
            {
                if (Keeper.Names.AskForDatagram(peer.Address, null))
                {
                    // The datagram is dropped, as a network may do: its sender asks again, and is known then.
                    continue;
                }

                judgement = Keeper.Gate.JudgeAddress(Service, peer, PeerName.Unknown);
            }

            if (!judgement.IsAllowed)
            {
                Service.Refuse(judgement.Reason, peer);
            }
            else if (Keeper.DatagramGuard.MayAnswer(Service, peer, Keeper.Loop.NowMs))
            {
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
