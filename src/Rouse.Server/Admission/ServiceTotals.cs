using System.Runtime.CompilerServices;
using Rouse.Access;

namespace Rouse.Server.Admission;

/// <summary>What became of a service's connections and datagrams since the daemon began to serve it; a reload goes on counting.</summary>
public struct ServiceTotals
{
    private ByReason _refused;

    /// <summary>Connections and datagrams that were let in and for which a server was started or the daemon answered.</summary>
    public long Served { get; private set; }

    /// <summary>Those that were turned away, for whatever reason.</summary>
    public long Refused { get; private set; }

    /// <summary>When the last one came, in seconds since 1970; 0 for never.</summary>
    public long LastUnix { get; private set; }

    public void CountServed(long nowUnix)
    {
        Served++;
        LastUnix = nowUnix;
    }

    public void CountRefused(RefusalReason reason, long nowUnix)
    {
        Refused++;
        _refused[(int)reason % ByReason.Length]++;
        LastUnix = nowUnix;
    }

    public readonly long RefusedFor(RefusalReason reason) => _refused[(int)reason % ByReason.Length];

    // A power of two with room for reasons to come.
    [InlineArray(Length)]
    private struct ByReason
    {
        public const int Length = 16;

        private long _first;
    }
}
