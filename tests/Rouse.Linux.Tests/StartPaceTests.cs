using Rouse.Linux.Starting;

namespace Rouse.Linux.Tests;

public sealed class StartPaceTests
{
    private StartPace _pace = new(4);

    [Fact]
    public void A_few_are_on_their_way_and_then_one_is_waited_for()
    {
        Assert.True(_pace.MayGoOn(0));
        Assert.True(_pace.MayGoOn(3));
        Assert.False(_pace.MayGoOn(4));
        _pace.Waited(0.3);
        Assert.False(_pace.MayGoOn(4));
    }

    [Fact]
    public void After_a_long_wait_none_is_waited_for_for_a_while()
    {
        _pace.Waited(20);
        Assert.Equal(256, StartsWithoutWaiting());
        Assert.False(_pace.MayGoOn(4));
    }

    [Fact]
    public void The_while_grows_as_long_as_each_wait_is_long()
    {
        for (int expected = 256; expected <= 16384; expected *= 2)
        {
            _pace.Waited(20);
            Assert.Equal(expected, StartsWithoutWaiting());
        }

        _pace.Waited(20);
        Assert.Equal(16384, StartsWithoutWaiting());
        _pace.Waited(0.5);
        Assert.Equal(0, StartsWithoutWaiting());
        _pace.Waited(20);
        Assert.Equal(256, StartsWithoutWaiting());
    }

    private int StartsWithoutWaiting()
    {
        int count = 0;
        for (; _pace.MayGoOn(100); count++)
        {
            _pace.WentOn();
        }

        return count;
    }
}
