using System;
using System.Collections.Generic;

namespace Rouse.Server.Backends;

/// <content>
/// Its place while an older server of this daemon has it: a service that a reload puts in the place of another one often names the address
/// where that one's server listens, which is being ended. Who comes meanwhile waits; nothing has failed.
/// </content>
internal sealed partial class Backend
{
    private readonly List<Backend> _successors = [];
    private Backend? _predecessor;

    /// <summary>Of the servers that are being ended one that has these sockets; null where somebody else has one of them.</summary>
    private Backend? HolderOf(ReadOnlySpan<long> inodes)
    {
        Backend? holder = null;
        foreach (long inode in inodes)
        {
            holder = Keeper.EndingBackends.Find(ending => ending != this && Keeper.System.FamilyHolds(inode, ending._trace));
            if (holder is null)
            {
                return null;
            }
        }

        return holder;
    }

    private void AwaitPlace(Backend holder)
    {
        _predecessor = holder;
        holder._successors.Add(this);
        Keeper.Log.Notice($"service {Id}: somebody has come, and waits until a server of service {holder.Id} that is being ended has left {Place}");
    }

    private void LeavePlace()
    {
        Keeper.EndingBackends.Remove(this);
        Backend[] successors = [.. _successors];
        _successors.Clear();
        foreach (Backend successor in successors)
        {
            successor._predecessor = null;
            if (successor.IsAwaited)
            {
                successor.Wake();
            }
        }
    }

    // Nobody waits for a server that not even SIGKILL ends.
    private void RefuseAllSuccessors() => _successors.ForEach(static successor => successor.RefuseAll());
}
