using System;

namespace Rouse.Server.Warm;

/// <summary>
/// How many servers <c>start = warm auto</c> keeps parked: as many connections as come, at the rate of the last seconds, while the next
/// server starts, and as many again for those that come all at once.
/// </summary>
public static class PoolSize
{
    /// <summary>However fast connections come: a start-up costs what a cold one costs, and memory is held by each.</summary>
    public const int Most = 16;

    private const double Reserve = 2;

    /// <param name="perSecond">Connections.</param>
    /// <param name="startupMs">How long a server takes from its birth to its parking.</param>
    /// <param name="isIdle">Nobody has connected for the idle time, or ever.</param>
    public static int For(double perSecond, double startupMs, bool isIdle) =>
        isIdle ? 0 : (int)Math.Clamp(Math.Ceiling(Reserve * perSecond * startupMs / 1000), 1, Most);
}
