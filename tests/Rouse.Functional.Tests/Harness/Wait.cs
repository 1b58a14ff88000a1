using System;
using System.Diagnostics;
using System.Threading;

namespace Rouse.Harness;

/// <summary>Bounded waiting: every wait of the tests goes through here, and says what it waited for when it was in vain.</summary>
internal static class Wait
{
    // Generous, because a loaded machine is no defect; the waits end as soon as they can.
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static void Until(Func<bool> condition, Func<string> what) => Until(condition, Bound, what);

    public static void Until(Func<bool> condition, TimeSpan bound, Func<string> what)
    {
        if (!For(condition, bound))
        {
            throw new TimeoutException($"not within {bound.TotalSeconds:0} s: {what()}");
        }
    }

    public static bool For(Func<bool> condition, TimeSpan bound)
    {
        var clock = Stopwatch.StartNew();
        do
        {
            if (condition())
            {
                return true;
            }

            Thread.Sleep(5);
        }
        while (clock.Elapsed < bound);
        return condition();
    }
}
