using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
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
            Array.Fill(due, -1);
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
    public void A_timer_that_was_cancelled_or_set_anew_leaves_nothing_behind()
    {
        TimerQueue queue = new();
        LoopTimer stays = new(() => { });
        WeakReference held = SetAndCancel(queue);
        for (int i = 0; i < 100_000; i++)
        {
            LoopTimer brief = new(() => { });
            queue.Set(brief, 30_000 + i);
            queue.Set(stays, 30_000 + i);
            brief.Cancel();
        }

        Assert.Equal(1, queue.Count);
        GC.Collect();
        Assert.False(held.IsAlive);
        Assert.Equal(129_999, queue.TimeoutMs(0));
        stays.Cancel();
        stays.Cancel();
        Assert.Equal((0, -1), (queue.Count, queue.TimeoutMs(0)));
    }

    [Fact]
    public void Room_that_a_storm_took_is_given_back_and_a_steady_load_takes_none()
    {
        TimerQueue queue = new();
        LoopTimer[] timers = new LoopTimer[100_000];
        for (int i = 0; i < timers.Length; i++)
        {
            timers[i] = new LoopTimer(() => { });
            queue.Set(timers[i], (i * 7919) % 30_000);
        }

        Array.ForEach(timers, timer => timer.Cancel());
        Assert.Equal(0, queue.Count);
        Assert.InRange(queue.Room, 1, 2048);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
        {
            for (int i = 0; i < 1000; i++)
            {
                queue.Set(timers[i], round + ((i * 31) % 997));
            }

            queue.Fire(round);
            for (int i = 0; i < 1000; i += 3)
            {
                timers[i].Cancel();
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000);
    }

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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference SetAndCancel(TimerQueue queue)
    {
        object held = new();
        LoopTimer timer = new(() => GC.KeepAlive(held));
        queue.Set(timer, 1_000_000);
        timer.Cancel();
        return new WeakReference(held);
    }
}
