using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Gate;
using Rouse.Server.Loop;
using Rouse.Server.Names;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Listening;

/// <summary>
/// The socket of a wait service: the server gets the socket itself, and the daemon does not look at it until that server has ended. For
/// datagrams the sender of the first one is judged; for streams nobody is known yet, so that the address lists cannot be applied. Where the
/// sender's name must be known first, its datagram stays in the queue for a moment, and is dropped if that is not enough. Differs from
/// xinetd: D-041.
/// </summary>
internal sealed class WaitListener : Listener, INameAwaiter, IAccountAwaiter
{
    /// <summary>How long the first datagram may hold up those behind it while its sender's name is looked up; then it is dropped.</summary>
    private const long PatienceMs = 1000;

    private readonly LoopTimer _patience;
    private SocketAddress _awaited;

    // Whoever is at the head of the queue was counted before the socket rested.
    private bool _isCounted;

    public WaitListener(Service service, Fd socket)
        : base(service, socket) => _patience = new LoopTimer(StopWaiting);

    // A seqpacket socket holds messages of many peers, as a datagram socket does (sctp(7), one-to-many).
    private bool IsStream => Service.Definition.SocketType is SocketType.Stream;

    protected override void Serve()
    {
        if (RestsForRules())
        {
            return;
        }

        SocketAddress peer = SocketAddress.None;
        if (!IsStream && !Keeper.System.PeekSender(Socket, out peer).Ok)
        {
            // An error that was queued on the socket (ICMP) is taken by the call itself; no datagram is there.
            return;
        }

        // A datagram that has waited for a name is counted once for cps.
        bool waitedForName = !peer.IsNone && _awaited == peer;
        bool waited = _isCounted || waitedForName;
        (_awaited, _isCounted) = (SocketAddress.None, false);
        Judgement judgement = waited
            ? Keeper.Gate.JudgeDatagramAgain(Service, peer, Keeper.Names.Recall(peer.Address))
            : Keeper.Gate.JudgeDatagram(Service, peer);
        if (judgement.AwaitsRules)
        {
            // The files have changed since the first line of this function.
            _isCounted = true;
            RestForRules(someoneWaits: true);
            return;
        }

        if (judgement.AwaitsAccounts.AreAny)
        {
            if (Keeper.Accounts.Ask(judgement.AwaitsAccounts, this))
            {
                _isCounted = true;
                Unwatch();
                Rests = true;
                return;
            }

            judgement = Judgement.Refused(RefusalReason.Libwrap);
        }

        if (judgement.NeedsName)
        {
            if (waitedForName)
            {
                // Its sender asks again, and is known then.
                Drop();
                return;
            }

            if (Keeper.Names.AskForDatagram(peer.Address, this))
            {
                _awaited = peer;
                Unwatch();
                Rests = true;
                Keeper.Loop.Set(_patience, PatienceMs);
                return;
            }

            judgement = Keeper.Gate.JudgeUnnamed(Service, peer);
        }

        if (!judgement.IsAllowed)
        {
            // A peer that cannot even be accepted stays where it is, and is judged again when the machine has descriptors.
            if (Drop())
            {
                Service.Refuse(judgement.Reason, peer);
            }

            return;
        }

        Service.Suspend();
        int server = Keeper.Launcher.Launch(Service, Socket, peer, judgement.Changes);
        if (server != 0)
        {
            Service.LendSocket(server);
        }
        else
        {
            Service.ResumeLater();
        }
    }

    public void AccountsAreKnown() => LookAgain();

    public void NameIsKnown(in PeerName name) => LookAgain();

    private void StopWaiting()
    {
        Keeper.Names.Withdraw(_awaited.Address, this);
        LookAgain();
    }

    private void LookAgain()
    {
        _patience.Cancel();
        Rests = false;
        if (MayWatch && !IsWatched)
        {
            Watch();
        }
    }

    private bool Drop()
    {
        if (!IsStream)
        {
            Keeper.System.DropDatagram(Socket);
            return true;
        }

        SysResult dropped = Keeper.System.DropConnection(Socket);
        if (dropped.Ok || !dropped.Error.IsShortage())
        {
            return true;
        }

        Keeper.Shedder.Rest(this, dropped.Error);
        return false;
    }
}
