using System.Collections.Generic;
using CsCheck;
using Rouse.Server.Loop;

namespace Rouse.Server.Tests.Loop;

public sealed class TimerQueueTests
{
    [Fact]
    public void Timers_fire_as_a_sorted_list_would_whatever_is_set_anew_or_cancelled() =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 1000], Gen.Int[0, 3]).List[1, 120].Sample(steps =>
        {
            TimerQueue queue = new();
            List<(long At, int Timer)> fired = [];
            List<(long At, int Timer)> expected = [];
            long now = 0;
            LoopTimer[] timers = new LoopTimer[8];
            long[] due = new long[8];
            System.Array.Fill(due, -1);
            for (int i = 0; i < 8; i++)
            {
                int me = i;
                timers[i] = new LoopTimer(() => fired.Add((now, me)));
            }

            foreach ((int timer, int amount, int what) in steps)
            {
                switch (what)
                {
                    case 0 or 1:
                        queue.Set(timers[timer], now + amount);
                        due[timer] = now + amount;
                        break;
                    case 2:
                        timers[timer].Cancel();
                        due[timer] = -1;
                        break;
                    default:
                        now += amount;
                        for (int i = 0; i < 8; i++)
                        {
                            if (due[i] >= 0 && due[i] <= now)
                            {
                                expected.Add((now, i));
                                due[i] = -1;
                            }
                        }

                        queue.Fire(now);
                        break;
                }
            }

            fired.Sort();
            expected.Sort();
            Assert.Equal(expected, fired);
        });

    [Fact]
    public void The_timeout_is_that_of_the_nearest_live_timer()
    {
        TimerQueue queue = new();
        LoopTimer near = new(() => { });
        LoopTimer far = new(() => { });
        Assert.Equal(-1, queue.TimeoutMs(0));
        queue.Set(far, 500);
        queue.Set(near, 100);
        Assert.Equal(100, queue.TimeoutMs(0));
        near.Cancel();
        Assert.Equal(500, queue.TimeoutMs(0));
        Assert.Equal(0, queue.TimeoutMs(900));
    }
}
