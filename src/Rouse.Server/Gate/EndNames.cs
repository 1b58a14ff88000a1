using System;
using Rouse.Access;
using Rouse.Access.Wrappers;

namespace Rouse.Server.Gate;

/// <summary>
/// The names of a connection's two ends, for servers that are told them (--resolve of inetutils). Both are looked up at the same time and away
/// from the loop; the connection waits alone, as long as <see cref="Names.PeerNames.LimitMs"/> says. What cannot be found out is not told.
/// </summary>
internal sealed class EndNames(Keeper keeper)
{
    /// <summary>The connection waits for a name; when it has come it goes the way from the gate to here once more.</summary>
    public bool Await(in Visit visit)
    {
        if (visit.Service.Image is not { Spec.TellsConnection: true } || !visit.Peer.HasIp || visit.AskedEnds == AskedEnds.Both)
        {
            return false;
        }

        UInt128 local = keeper.System.LocalAddress(visit.Connection).Address;
        bool isLocalKnown = IsKnown(local);
        if (visit.AskedEnds == AskedEnds.None && !IsKnown(visit.Peer.Address))
        {
            if (!isLocalKnown)
            {
                keeper.Names.Prepare(local);
            }

            return Hold(visit with { AskedEnds = AskedEnds.Peer }, visit.Peer.Address);
        }

        return !isLocalKnown && Hold(visit with { AskedEnds = AskedEnds.Both }, local);
    }

    private bool IsKnown(UInt128 address) => keeper.Names.Recall(address).State != PeerNameState.NotAsked;

    // False where too many wait already: it is served without the name.
    private bool Hold(in Visit visit, UInt128 address)
    {
        if (keeper.Reception.Pending.Hold(visit) is not { } pending)
        {
            return false;
        }

        if (pending.AskName(WrapperNeed.Nothing, address))
        {
            return true;
        }

        keeper.Reception.Pending.Release(pending);
        return false;
    }
}

/// <summary>Whose name a connection has waited for, or was not let wait.</summary>
internal enum AskedEnds : byte
{
    None,
    Peer,
    Both,
}
