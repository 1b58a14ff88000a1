using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Rouse.Server.Admission;

namespace Rouse.Server.Tests.Admission;

public sealed class CpsWindowTests
{
    [Fact]
    public void It_trips_like_a_list_of_all_connections_would_to_a_tenth_of_a_second() =>
        Gen.Select(Gen.Int[0, 900].List[1, 200], Gen.Int[1, 20]).Sample((gaps, rate) =>
        {
            CpsWindow window = default;
            List<long> all = [];
            long now = 5_000_000;
            foreach (int gap in gaps)
            {
                now += gap % 7 == 0 ? gap : gap % 40;
                all.Add(now);
                bool tripped = window.Add(now, rate);
                int within900 = all.FindAll(at => at > now - 900).Count;
                int within1000 = all.FindAll(at => at > now - 1000).Count;
                Assert.False(tripped && within1000 <= rate, $"tripped at {within1000} in a second, allowed {rate}");
                Assert.False(!tripped && within900 > rate, $"not tripped at {within900} in 0.9 seconds, allowed {rate}");
            }
        });

    [Fact]
    public void A_steady_rate_at_the_limit_never_trips()
    {
        CpsWindow window = default;
        for (int i = 0; i < 10_000; i++)
        {
            Assert.False(window.Add(1_000_003 + (i * 20), 50));
        }
    }

    [Fact]
    public void A_clock_that_stands_still_counts_on()
    {
        CpsWindow window = default;
        for (int i = 0; i < 50; i++)
        {
            Assert.False(window.Add(77, 50));
        }

        Assert.True(window.Add(77, 50));
    }

    [Fact]
    public void What_it_holds_now_is_what_came_within_the_last_second()
    {
        Random random = new(7);
        CpsWindow window = default;
        List<long> came = [];
        long now = 5_000_000;
        for (int i = 0; i < 2000; i++)
        {
            now += random.Next(4) == 0 ? random.Next(1500) : random.Next(30);
            window.Add(now, int.MaxValue);
            came.Add(now);
            long later = now + random.Next(1200);
            Assert.Equal(came.Count(at => (at / 100) > (later / 100) - 10), window.Count(later));
        }
    }
}
