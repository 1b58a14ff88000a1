using Rouse.Access;
using Rouse.Linux;
using Rouse.Server.BuiltIn;
using Rouse.Server.Gate;

namespace Rouse.Server.Listening;

/// <summary>
/// The socket of a datagram service that the daemon answers itself: many datagrams a system call, each judged on its own. Every datagram
/// that passes is answered; the original drains the queue after each and loses the others. Differs from xinetd: D-006. Where the sender's
/// name must be known first, a few small datagrams are kept aside meanwhile; others are lost. Differs from xinetd: D-041.
/// </summary>
internal sealed class DatagramListener(Service service, Fd socket, DatagramAnswer answer) : Listener(service, socket)
{
    private const int MostHeld = 16;
    private const int LargestHeld = 512;

    private int _held;

    public override void OnReady(PollEvents events)
    {
        if (RestsForRules())
        {
            return;
        }

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
            if (judgement.AwaitsRules)
            {
                // The files have changed since the first line of this function: what was received in the same moment is lost.
                continue;
            }

            if (judgement.NeedsName)
            {
                if (AskName(batch, i, peer))
                {
                    continue;
                }

                judgement = Keeper.Gate.JudgeUnnamed(Service, peer);
            }

            AnswerOrRefuse(batch, i, peer, judgement);
        }

        if (IsWatched)
        {
            Keeper.System.SendReplies(Socket, batch);
        }
    }

    /// <summary>The name of a sender is known, or will not be: its datagram's turn has come.</summary>
    public void Resume(HeldDatagram held, in PeerName name)
    {
        _held--;
        if (!IsWatched)
        {
            return;
        }

        DatagramBatch batch = Keeper.Datagrams;
        batch.Clear();
        batch.Add(held.Peer, held.Payload);
        AnswerOrRefuse(batch, 0, held.Peer, Keeper.Gate.JudgeDatagramAgain(Service, held.Peer, name));
        if (IsWatched)
        {
            Keeper.System.SendReplies(Socket, batch);
        }
    }

    private bool AskName(DatagramBatch batch, int index, in SocketAddress peer)
    {
        bool hold = _held < MostHeld && batch.Payload(index).Length <= LargestHeld;
        HeldDatagram? held = hold ? new HeldDatagram(this, peer, batch.Payload(index).ToArray()) : null;
        bool asked = Keeper.Names.AskForDatagram(peer.Address, held);
        _held += asked && hold ? 1 : 0;
        return asked;
    }

    private void AnswerOrRefuse(DatagramBatch batch, int index, in SocketAddress peer, Judgement judgement)
    {
        if (!judgement.IsAllowed)
        {
            Service.Refuse(judgement.Reason, peer);
        }
        else if (Keeper.DatagramGuard.MayAnswer(Service, peer, Keeper.Loop.NowMs))
        {
            Service.CountServed();
            Service.Log.Start(0, peer, Keeper.Loop.NowUnix);
            answer(Keeper, batch, index);
        }
    }
}
