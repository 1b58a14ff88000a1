using Rouse.Access;

namespace Rouse.Server.Admission;

/// <summary>What became of a service's connections and datagrams since the daemon began to serve it; a reload goes on counting.</summary>
public struct ServiceTotals
{
    // By reason; made when the first peer is turned away. A power of two with room for reasons to come.
    private const int Reasons = 16;

    private long[]? _refused;

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
        (_refused ??= new long[Reasons])[(int)reason % Reasons]++;
        LastUnix = nowUnix;
    }

    public readonly long RefusedFor(RefusalReason reason) => _refused is null ? 0 : _refused[(int)reason % Reasons];
}
