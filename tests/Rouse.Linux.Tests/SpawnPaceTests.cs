namespace Rouse.Linux.Tests;

/// <summary>When servers are started in a copy of the daemon's memory, and when no longer.</summary>
public sealed class SpawnPaceTests
{
    private SpawnPace _pace;

    [Fact]
    public void While_starts_are_quick_nothing_is_copied()
    {
        Wait(1000, 200);
        Assert.False(_pace.Copies);
    }

    [Fact]
    public void A_machine_that_is_slow_but_not_busy_copies_nothing()
    {
        Wait(1000, 2500);
        Assert.False(_pace.Copies);
    }

    [Fact]
    public void A_few_slow_starts_among_quick_ones_change_nothing()
    {
        for (int i = 0; i < 200; i++)
        {
            _pace.Waited(i % 8 == 0 ? 2000 : 200);
        }

        Assert.False(_pace.Copies);
    }

    [Fact]
    public void Where_children_wait_for_the_processors_they_get_copies_until_they_wait_no_longer()
    {
        Wait(20, 200);
        Wait(32, 1500);
        Assert.True(_pace.Copies);

        // Now and then it is tried out whether they still wait.
        int probes = 0;
        for (int i = 0; i < 1000; i++)
        {
            if (_pace.Copies)
            {
                _pace.Copied();
            }
            else
            {
                probes++;
                _pace.Waited(1500);
            }
        }

        Assert.InRange(probes, 5, 10);
        for (int i = 0; i < 600; i++)
        {
            if (_pace.Copies)
            {
                _pace.Copied();
            }
            else
            {
                _pace.Waited(200);
            }
        }

        Assert.False(_pace.Copies);
        Wait(100, 200);
        Assert.False(_pace.Copies);
    }

    private void Wait(int times, double microseconds)
    {
        for (int i = 0; i < times; i++)
        {
            _pace.Waited(microseconds);
        }
    }
}
