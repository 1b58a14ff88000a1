using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Rouse.Config.Addresses;

namespace Rouse.Server.Admission;

/// <summary>
/// Connections of each source within a minute that begins with its first one. A source is an IPv4 address or a /64 network of IPv6, which is
/// what one host may have all of. Bounded: beyond <see cref="MostSources"/> the one whose minute began first is forgotten.
/// </summary>
public sealed class SourceRates
{
    public const int MostSources = 4096;

    private const long MinuteMs = 60_000;

    private readonly Dictionary<UInt128, (long SinceMs, int Count)> _sources = [];

    /// <summary>Sources that are remembered.</summary>
    public int Sources => _sources.Count;

    /// <summary>Counts one connection; true when it is more than <paramref name="most"/> of its source in this minute.</summary>
    public bool Add(UInt128 address, long nowMs, int most)
    {
        UInt128 source = SourceOf(address);
        if (_sources.Count >= MostSources && !_sources.ContainsKey(source))
        {
            Forget(nowMs);
        }

        ref (long SinceMs, int Count) entry = ref CollectionsMarshal.GetValueRefOrAddDefault(_sources, source, out _);
        if (entry.Count == 0 || nowMs - entry.SinceMs > MinuteMs)
        {
            entry = (nowMs, 1);
            return false;
        }

        if (entry.Count >= most)
        {
            return true;
        }

        entry.Count++;
        return false;
    }

    /// <summary>Whether <see cref="Add"/> would say that it is one too many; nothing is counted.</summary>
    public bool IsFull(UInt128 address, long nowMs, int most) =>
        _sources.TryGetValue(SourceOf(address), out (long SinceMs, int Count) entry) && nowMs - entry.SinceMs <= MinuteMs && entry.Count >= most;

    public void Clear() => _sources.Clear();

    private static UInt128 SourceOf(UInt128 address) => new IpAddress(address).IsV4 ? address : address >> 64 << 64;

    // Those whose minute is over; where none is, the oldest.
    private void Forget(long nowMs)
    {
        UInt128 oldest = 0;
        long since = long.MaxValue;
        foreach ((UInt128 source, (long sinceMs, _)) in _sources)
        {
            if (nowMs - sinceMs > MinuteMs)
            {
                _sources.Remove(source);
            }
            else if (sinceMs < since)
            {
                (oldest, since) = (source, sinceMs);
            }
        }

        if (_sources.Count >= MostSources)
        {
            _sources.Remove(oldest);
        }
    }
}
