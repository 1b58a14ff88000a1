using Rouse.Server.Loop;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Loop;

public sealed class BeatTests
{
    [Theory]
    [InlineData(300)]
    [InlineData(7000)]
    public void Beats_do_not_keep_the_loop_from_its_rest(long everyMs)
    {
        FakeSystem system = new();
        int beats = 0;
        int released = 0;
        long releasedAt = 0;
        EventLoop loop = new(system) { QuietAfterMs = 2000 };
        loop.Quiet = () => (released, releasedAt) = (released + 1, system.MonotonicMs);
        long start = system.MonotonicMs;
        loop.BeatEvery(everyMs, () => beats++);
        while (system.MonotonicMs < start + 20_900)
        {
            loop.Turn();
        }

        Assert.Equal((system.MonotonicMs - start) / everyMs, beats);
        Assert.Equal(1, released);
        Assert.Equal(start + 2000, releasedAt);
    }

    [Fact]
    public void Work_begins_the_time_of_rest_anew()
    {
        FakeSystem system = new();
        int released = 0;
        EventLoop loop = new(system) { Quiet = () => released++, QuietAfterMs = 2000 };
        loop.BeatEvery(1500, () => { });
        loop.Turn();
        loop.HandIn(() => { });
        loop.Turn();
        long since = system.MonotonicMs;
        loop.Turn();
        Assert.Equal(0, released);
        loop.Turn();
        Assert.Equal((1, since + 2000), (released, system.MonotonicMs));
    }

    [Fact]
    public void A_timer_between_two_beats_fires_in_its_time()
    {
        FakeSystem system = new();
        EventLoop loop = new(system);
        long start = system.MonotonicMs;
        long firedAt = 0;
        loop.BeatEvery(1000, () => { });
        loop.Set(new LoopTimer(() => firedAt = system.MonotonicMs), 1300);
        loop.Turn();
        loop.Turn();
        Assert.Equal(start + 1300, firedAt);
    }

    [Fact]
    public void A_busy_loop_beats_too()
    {
        FakeSystem system = new() { KeepsTime = true };
        EventLoop loop = new(system);
        int beats = 0;
        loop.BeatEvery(1000, () => beats++);
        for (int i = 0; i < 50; i++)
        {
            loop.HandIn(() => system.Advance(100));
            loop.Turn();
        }

        Assert.InRange(beats, 4, 5);
    }
}
