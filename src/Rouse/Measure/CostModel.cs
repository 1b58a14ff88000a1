using System;
using System.Collections.Generic;
using Rouse.Server.Warm;

namespace Rouse.Tools.Measure;

/// <summary>
/// What each way costs at a rate of connections, from what was measured of it. On demand, the memory is that of the connections open at a
/// moment: rate times duration (Little's law). A parked server is held as long as connections keep coming; a resident one always.
/// </summary>
internal sealed class CostModel(IReadOnlyList<WayFigures> figures)
{
    /// <summary>After so many seconds without a connection the pool of <c>warm auto</c> is empty (idle_timeout's default).</summary>
    public const double PoolSeconds = 600;

    public IReadOnlyList<WayFigures> Figures { get; } = figures;

    public WayFigures? Find(Way way)
    {
        foreach (WayFigures one in Figures)
        {
            if (one.Way == way)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>The cheapest of those that are always there; null where none was measured.</summary>
    public WayFigures? AlwaysThere
    {
        get
        {
            WayFigures? cheapest = null;
            foreach (WayFigures one in Figures)
            {
                if (one.IsAlwaysThere && (cheapest is null || one.IdleKib < cheapest.IdleKib))
                {
                    cheapest = one;
                }
            }

            return cheapest;
        }
    }

    /// <summary>Mean memory in KiB at so many connections a second; null where the way cannot keep up with them.</summary>
    public double? MemoryKib(WayFigures way, double rate)
    {
        if (rate > way.ConnectionsPerSecond)
        {
            return null;
        }

        double open = rate * way.WholeP50 / 1000 * way.ConnectionKib;
        return way.Way switch
        {
            Way.Cold => open,
            Way.Warm => (InUse(rate) * Pool(rate) * way.IdleKib / Math.Max(way.Parked, 1)) + open,
            Way.Shared => (InUse(rate) * way.IdleKib) + open,
            _ => way.IdleKib + open,
        };
    }

    /// <summary>Median time to the first byte in milliseconds; null where the way cannot keep up.</summary>
    public double? LatencyMs(WayFigures way, double rate)
    {
        if (rate > way.ConnectionsPerSecond)
        {
            return null;
        }

        double cold = Find(Way.Cold)?.FirstByteP50 ?? way.FirstByteP50;
        return way.Way is Way.Warm or Way.Shared
            ? (InUse(rate) * way.FirstByteP50) + ((1 - InUse(rate)) * cold)
            : way.FirstByteP50;
    }

    /// <summary>
    /// The rate from which a server that is always there costs no more memory than servers on demand, or from which those cannot keep up;
    /// null where one of the two was not measured.
    /// </summary>
    public double? BreakEven
    {
        get
        {
            if (Find(Way.Cold) is not { } cold || AlwaysThere is not { } always)
            {
                return null;
            }

            double eachSecond = Math.Max(cold.WholeP50 / 1000 * cold.ConnectionKib, double.Epsilon)
                - (always.WholeP50 / 1000 * always.ConnectionKib);
            double byMemory = eachSecond > 0 ? always.IdleKib / eachSecond : double.PositiveInfinity;
            return Math.Min(byMemory, cold.ConnectionsPerSecond);
        }
    }

    /// <summary>How likely the pool is filled when somebody connects: there was a connection within <see cref="PoolSeconds"/>.</summary>
    public static double InUse(double rate) => 1 - Math.Exp(-rate * PoolSeconds);

    // As the daemon does it, with the time that a cold start takes for a start-up.
    private int Pool(double rate) => PoolSize.For(rate, Find(Way.Cold)?.FirstByteP50 ?? 0, isIdle: false);
}
