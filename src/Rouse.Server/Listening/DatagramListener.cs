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

    protected override void Serve()
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

            if (judgement.AwaitsAccounts.AreAny)
            {
                HeldDatagram? held = Hold(batch, i, peer);
                if (Keeper.Accounts.Ask(judgement.AwaitsAccounts, held))
                {
                    _held += held is null ? 0 : 1;
                    continue;
                }

                judgement = Judgement.Refused(RefusalReason.Libwrap);
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

    /// <summary>What its rule needed is known.</summary>
    public void Resume(HeldDatagram held) => Resume(held, Keeper.Names.Recall(held.Peer.Address));

    /// <summary>The name of a sender is known, or will not be: its datagram's turn has come.</summary>
    public void Resume(HeldDatagram held, in PeerName name)
    {
        _held--;
        if (!IsWatched)
        {
            return;
        }

        Judgement judgement = Keeper.Gate.JudgeDatagramAgain(Service, held.Peer, name);
        if (judgement.IsOpen)
        {
            // The rules are others by now, and ask for more: its sender asks again.
            return;
        }

        DatagramBatch batch = Keeper.Datagrams;
        batch.Clear();
        batch.Add(held.Peer, held.Payload);
        AnswerOrRefuse(batch, 0, held.Peer, judgement);
        if (IsWatched)
        {
            Keeper.System.SendReplies(Socket, batch);
        }
    }

    private bool AskName(DatagramBatch batch, int index, in SocketAddress peer)
    {
        HeldDatagram? held = Hold(batch, index, peer);
        bool asked = Keeper.Names.AskForDatagram(peer.Address, held);
        _held += asked && held is not null ? 1 : 0;
        return asked;
    }

    private HeldDatagram? Hold(DatagramBatch batch, int index, in SocketAddress peer) =>
        _held < MostHeld && batch.Payload(index).Length <= LargestHeld ? new HeldDatagram(this, peer, batch.Payload(index).ToArray()) : null;

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
