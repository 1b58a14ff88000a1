using System;

namespace Rouse.Server.Warm;

/// <summary>Connections a second, of which those of the last ten seconds count most.</summary>
internal struct ArrivalRate
{
    private const double MemoryMs = 10_000;

    private double _perSecond;
    private long _lastMs;
    private bool _any;

    /// <summary>When the last one came, in monotonic milliseconds; null for never.</summary>
    public readonly long? LastMs => _any ? _lastMs : null;

    public void Count(long nowMs)
    {
        _perSecond = At(nowMs) + (1000 / MemoryMs);
        _lastMs = nowMs;
        _any = true;
    }

    public readonly double At(long nowMs) => _perSecond * Math.Exp(-(nowMs - _lastMs) / MemoryMs);
}
