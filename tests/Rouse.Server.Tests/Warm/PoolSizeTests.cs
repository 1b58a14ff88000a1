using Rouse.Server.Warm;

namespace Rouse.Server.Tests.Warm;

public sealed class PoolSizeTests
{
    [Theory]
    [InlineData(0, 5, false, 1)]
    [InlineData(0.1, 50, false, 1)]
    [InlineData(10, 50, false, 1)]
    [InlineData(20, 50, false, 2)]
    [InlineData(100, 40, false, 8)]
    [InlineData(5000, 40, false, PoolSize.Most)]
    [InlineData(100, 40, true, 0)]
    public void The_pool_is_as_large_as_what_comes_while_a_server_starts_twice_over(double perSecond, double startupMs, bool isIdle, int size) =>
        Assert.Equal(size, PoolSize.For(perSecond, startupMs, isIdle));

    [Fact]
    public void The_rate_is_that_of_the_last_seconds()
    {
        ArrivalRate rate = default;
        Assert.Null(rate.LastMs);
        for (int ms = 0; ms < 60_000; ms += 20)
        {
            rate.Count(ms);
        }

        Assert.InRange(rate.At(60_000), 49, 51);
        Assert.InRange(rate.At(70_000), 17, 20);
        Assert.InRange(rate.At(120_000), 0, 0.2);
    }
}
