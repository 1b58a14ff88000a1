using Rouse.Server.Loop;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Loop;

public sealed class QuietTests
{
    [Fact]
    public void When_nothing_happens_for_a_while_memory_is_given_back_once_and_again_after_the_next_work()
    {
        FakeSystem system = new();
        int released = 0;
        EventLoop loop = new(system) { Quiet = () => released++, QuietAfterMs = 2000 };
        loop.Turn();
        Assert.Equal(1, released);
        long sleeping = system.MonotonicMs;
        loop.Turn();
        Assert.Equal(1, released);
        Assert.Equal(sleeping, system.MonotonicMs);
        loop.HandIn(() => { });
        loop.Turn();
        Assert.Equal(1, released);
        loop.Turn();
        Assert.Equal(2, released);
    }

    [Fact]
    public void After_the_start_the_first_rest_comes_sooner_and_only_the_first()
    {
        FakeSystem system = new();
        int released = 0;
        EventLoop loop = new(system) { Quiet = () => released++, QuietAfterMs = 2000 };
        loop.QuietSoon();
        long start = system.MonotonicMs;
        loop.Turn();
        Assert.Equal(1, released);
        Assert.InRange(system.MonotonicMs - start, 1, 500);
        loop.HandIn(() => { });
        loop.Turn();
        start = system.MonotonicMs;
        loop.Turn();
        Assert.Equal(2, released);
        Assert.Equal(2000, system.MonotonicMs - start);
    }

    [Fact]
    public void A_timer_that_is_nearer_is_not_delayed()
    {
        FakeSystem system = new();
        EventLoop loop = new(system) { Quiet = () => { }, QuietAfterMs = 2000 };
        long firedAt = 0;
        long start = system.MonotonicMs;
        loop.Set(new LoopTimer(() => firedAt = system.MonotonicMs), 500);
        loop.Turn();
        Assert.Equal(start + 500, firedAt);
        firedAt = 0;
        loop.Set(new LoopTimer(() => firedAt = system.MonotonicMs), 5000);
        loop.Turn();
        loop.Turn();
        loop.Turn();
        Assert.Equal(start + 5500, firedAt);
    }
}
