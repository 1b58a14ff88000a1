using System;

namespace Rouse.Testing;

/// <summary>What a piece of code allocates each time that it runs.</summary>
internal static class Allocated
{
    private const int MostRounds = 5;

    /// <summary>
    /// The fewest managed bytes that a round has allocated on this thread, of at most five rounds; no further round is run once one has
    /// allocated no more than <paramref name="enough"/>. The runtime may exchange code of ours while it runs and allocate for that, but does
    /// so once: what the code itself allocates, every round allocates.
    /// </summary>
    /// <param name="round">Must do the same work each time.</param>
    /// <param name="enough">Bytes.</param>
    public static long AtLeast(Action round, long enough = 0)
    {
        long fewest = long.MaxValue;
        for (int i = 0; i < MostRounds && fewest > enough; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return fewest;
    }
}
