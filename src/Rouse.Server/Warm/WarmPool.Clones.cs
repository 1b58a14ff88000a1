using Rouse.Linux;
using Rouse.Server.Admission;

namespace Rouse.Server.Warm;

/// <summary>
/// <c>start = warm shared</c>: one parked server, of which each connection gets a copy. All copies have the same addresses and the same
/// secrets of their program, so a copy that ends by a fault, as one does that is being probed, ends the sharing: the next server is started
/// anew, later each time.
/// </summary>
internal sealed partial class WarmPool
{
    private const int MostClones = 10_000;

    // So many before, another one is started beside it: the connections of that time need not be cold.
    private const int ClonesMeanwhile = 1000;

    private int _crashes;

    private bool IsWorn => _parked is [TemplateInstance template] && template.Given >= MostClones - ClonesMeanwhile;

    private bool TryClone(Fd connection, in SocketAddress peer, in SocketAddress local)
    {
        if (_parked is not [TemplateInstance template])
        {
            return false;
        }

        if (!template.Server.Foresight.Fits(local))
        {
            GiveUpMisfit();
            return false;
        }

        // A copy is a process more, and without a place for it the parked one gives its own to the server that is started now.
        if (template.PendingCount == TemplateInstance.MostPending || !_room.MakeRoom(this)
            || !template.Server.Foresight.Fulfil(Loop.System, connection) || !template.Claim(connection, peer))
        {
            return false;
        }

        _room.Launcher.Count(_service, peer);
        if (template.Given >= MostClones)
        {
            EndWorn();
        }

        return true;
    }

    // Unlike RetireAll this leaves valid what is being started to follow it, and the watch on the files.
    private void EndWorn()
    {
        int copies = ((TemplateInstance)_parked[0]).Given;
        EndOldest();
        TellEnded(1, $"{copies} copies of it were made");
    }

    /// <summary>A connection has its copy, a process of this number; false if that cannot be.</summary>
    public bool CloneStarted(int pid, in SocketAddress peer) => _room.CloneStarted(_service, pid, peer);

    /// <summary>A connection of which nobody has heard: it is served cold.</summary>
    public void CloneFailed(Fd connection, in SocketAddress peer)
    {
        _room.Launcher.Uncount(_service, peer);
        NotTaken(connection, peer);
    }

    /// <summary>A connection of which a copy may or may not have come to be.</summary>
    public void CloneLost(Fd connection, in SocketAddress peer)
    {
        _room.Launcher.Uncount(_service, peer);
        Loop.System.Close(connection);
        Tell(_faultNotice, "the parked server has died with a connection on the way to its copy");
    }

    /// <summary>The template has answered for all and was let go.</summary>
    public void EndSoon(WarmInstance instance) => _room.EndSoon(instance);

    /// <summary>A server of the service has ended.</summary>
    public void ServerEnded(in ChildExit exit)
    {
        if (!IsShared || exit.Signal is not (Signal.ILL or Signal.TRAP or Signal.ABRT or Signal.BUS or Signal.FPE or Signal.SEGV))
        {
            return;
        }

        int ended = Retire();
        _failures = ++_crashes;
        Pause($"a copy of it has ended by signal {exit.Signal}: the next ones are to have other addresses", ended);
    }

    /// <summary>The peers that have been given to a template and not been told of yet.</summary>
    public int CountPending(Occupancy? occupancy)
    {
        int count = 0;
        foreach (TemplateInstance template in _room.Templates(this))
        {
            foreach (SocketAddress peer in template.Pending)
            {
                occupancy?.Enter(peer);
                count++;
            }
        }

        return count;
    }
}
