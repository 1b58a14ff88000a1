using System;
using System.Collections.Generic;
using Rouse.Access;

namespace Rouse.Server.Names;

/// <summary>Names that were found out, and that could not be, each for a short while and no more than so many; the oldest goes first.</summary>
internal sealed class NameCache(int most)
{
    private readonly Dictionary<UInt128, Entry> _entries = [];
    private readonly Queue<(UInt128 Address, long UntilMs)> _order = new();

    public int Count => _entries.Count;

    /// <summary><see cref="PeerName.NotAsked"/> where nothing is kept.</summary>
    public PeerName Find(UInt128 address, long nowMs) =>
        _entries.TryGetValue(address, out Entry entry) && nowMs < entry.UntilMs ? entry.Name : PeerName.NotAsked;

    public void Keep(UInt128 address, in PeerName name, long untilMs)
    {
        _entries[address] = new Entry(name, untilMs);
        _order.Enqueue((address, untilMs));
        while (_order.Count > most)
        {
            (UInt128 oldest, long until) = _order.Dequeue();

            // An entry that was kept anew since stands in the queue a second time.
            if (_entries.TryGetValue(oldest, out Entry entry) && entry.UntilMs == until)
            {
                _entries.Remove(oldest);
            }
        }
    }

    private readonly record struct Entry(PeerName Name, long UntilMs);
}
