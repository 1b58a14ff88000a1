using System.Linq;
using Rouse.Linux;
using Rouse.Server.Notifying;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Notifying;

public sealed class StateNotifierTests
{
    private static readonly NotifyRequest Asked = new("/run/notify", 0);

    private static Given.World Running(NotifyRequest? asked = null) =>
        new(Given.Configuration(Given.External(), Given.External(2001, "other")), notify: asked ?? Asked);

    private static string[] Told(Given.World world) => [.. world.System.Notified.Select(told => told.Message)];

    [Fact]
    public void Who_does_not_ask_is_not_told()
    {
        Given.World world = Running(NotifyRequest.None);
        world.Keeper.TellReady();
        world.Reload(Given.Configuration(Given.External()));
        world.Keeper.Stop(endServers: true);
        Assert.Empty(world.System.Notified);
        Assert.Empty(world.Keeper.ReadyMessage(7));
    }

    [Fact]
    public void Ready_says_how_many_services_there_are()
    {
        Given.World world = Running();
        world.Keeper.TellReady();
        Assert.Equal([("/run/notify", "READY=1\nSTATUS=Serving 2 services")], world.System.Notified);
        Assert.Equal("READY=1\nMAINPID=7\nSTATUS=Serving 2 services"u8.ToArray(), world.Keeper.ReadyMessage(7));
    }

    [Fact]
    public void A_reload_is_told_when_it_begins_with_its_time_and_when_it_is_done()
    {
        Given.World world = Running();
        long before = world.System.MonotonicUs;
        world.Reload(Given.Configuration(Given.External()));
        string[] told = Told(world);
        Assert.Equal(2, told.Length);
        string[] began = told[0].Split('\n');
        Assert.Equal(("RELOADING=1", "STATUS=Reading the configuration"), (began[0], began[2]));
        Assert.InRange(long.Parse(began[1]["MONOTONIC_USEC=".Length..]), before, world.System.MonotonicUs);
        Assert.Equal("READY=1\nSTATUS=Serving 1 service", told[1]);
    }

    /// <summary>A manager that has asked for the reload waits for READY=1 whatever came of it.</summary>
    [Fact]
    public void A_reload_that_is_refused_ends_too_and_says_why_on_one_line()
    {
        Given.World world = Running();
        world.Reload(null);
        string told = Told(world)[^1];
        Assert.StartsWith("READY=1\nSTATUS=Serving 2 services; the last reload was refused: an error of the program itself", told);
        Assert.Equal(2, told.Split('\n').Length);
    }

    [Fact]
    public void A_service_that_is_switched_off_changes_the_status_alone()
    {
        Given.World world = Running();
        world.Keeper.Reloads.SwitchOff("other");
        Assert.Equal(["STATUS=Serving 1 service"], Told(world));
    }

    [Fact]
    public void The_end_is_told()
    {
        Given.World world = Running();
        world.System.Raise(Signal.TERM);
        world.Turn();
        Assert.Equal(["STOPPING=1\nSTATUS=Ending"], Told(world));
    }

    [Fact]
    public void A_fault_is_told_once_until_something_gets_through_again()
    {
        Given.World world = Running();
        world.System.NotifyError = Errno.ECONNREFUSED;
        world.Keeper.TellReady();
        world.Reload(Given.Configuration(Given.External()));
        Assert.Equal(1, Faults(world));
        Assert.Contains("the service manager at /run/notify (NOTIFY_SOCKET) cannot be told what the daemon does: Connection refused", world.DaemonLog);
        world.System.NotifyError = Errno.None;
        world.Reload(Given.Configuration(Given.External()));
        Assert.Equal(2, world.System.Notified.Count);
        world.System.NotifyError = Errno.ENOENT;
        world.Keeper.Stop(endServers: true);
        Assert.Equal(2, Faults(world));
    }

    [Fact]
    public void What_a_full_queue_does_not_take_is_sent_soon_in_its_order_and_only_the_newest_reload()
    {
        Given.World world = Running();
        world.System.NotifyError = Errno.EAGAIN;
        world.Keeper.TellReady();
        world.Reload(Given.Configuration(Given.External()));
        world.Reload(Given.Configuration(Given.External(), Given.External(2001, "other")));
        Assert.Empty(world.System.Notified);
        world.System.NotifyError = Errno.None;
        long since = world.System.MonotonicMs;
        world.Turn(3);
        Assert.Equal(["RELOADING=1", "READY=1"], Told(world).Select(told => told.Split('\n')[0]));
        Assert.EndsWith("Serving 2 services", Told(world)[1]);
        Assert.InRange(world.System.MonotonicMs - since, 1, 1000);
        Assert.Equal(1, Faults(world));
    }

    [Fact]
    public void The_watchdog_is_told_as_often_as_it_asks_and_by_the_loop()
    {
        Given.World world = Running(new NotifyRequest("@w", 5000));
        world.Keeper.Notifier.BeginWatchdog();
        long start = world.System.MonotonicMs;
        while (world.System.Notified.Count < 3)
        {
            world.Turn();
        }

        Assert.Equal(start + 15_000, world.System.MonotonicMs);
        Assert.All(world.System.Notified, told => Assert.Equal(("@w", "WATCHDOG=1"), told));
    }

    /// <summary>The next one in its time would come when the manager has given up.</summary>
    [Fact]
    public void A_beat_that_a_full_queue_does_not_take_is_sent_again_soon()
    {
        Given.World world = Running(new NotifyRequest("@w", 5000));
        world.Keeper.Notifier.BeginWatchdog();
        world.System.NotifyError = Errno.EAGAIN;
        long start = world.System.MonotonicMs;
        while (world.System.MonotonicMs < start + 5000)
        {
            world.Turn();
        }

        world.System.NotifyError = Errno.None;
        world.Turn();
        Assert.Single(world.System.Notified);
        Assert.InRange(world.System.MonotonicMs, start + 5001, start + 5500);
    }

    private static int Faults(Given.World world) => world.DaemonLog.Split("cannot be told what the daemon does").Length - 1;
}
