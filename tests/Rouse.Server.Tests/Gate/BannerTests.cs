using Rouse.Config.Model;
using Rouse.Server.Gate;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Gate;

public sealed class BannerTests
{
    private static readonly ServiceDefinition WithBanners = Given.External() with { Banner = "/all", BannerSuccess = "/yes", BannerFail = "/no" };

    [Fact]
    public void Who_comes_in_sees_the_banner_and_that_of_success_before_the_server_starts()
    {
        Given.World world = Running(WithBanners);
        FakePeer end = new();
        world.Connect(end: end);
        Assert.Equal("hello\nwelcome\n", end.Received);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void Who_is_turned_away_sees_the_banner_and_that_of_failure()
    {
        Given.World world = Running(WithBanners with { Instances = 0 });
        FakePeer end = new FakePeer().Sends("unread"u8);
        world.Connect(end: end);
        Assert.Equal("hello\nsorry\n", end.Received);
        Assert.True(end.Closed);
        Assert.Empty(end.Inbound);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void A_banner_changes_without_a_reload_and_one_that_is_missing_is_told()
    {
        Given.World world = Running(WithBanners);
        world.System.Files["/yes"] = "now\n"u8.ToArray();
        world.System.Files.Remove("/all");
        FakePeer end = new();
        world.Connect(end: end);
        Assert.Equal("now\n", end.Received);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Contains("/all", world.DaemonLog);
    }

    [Fact]
    public void A_peer_that_takes_nothing_holds_up_nobody()
    {
        Given.World world = Running(WithBanners);
        world.System.Files["/all"] = new byte[Banners.Longest * 2];
        FakePeer end = new() { Window = 100 };
        world.Connect(end: end);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal(100, end.Outbound.Count);
        Assert.Contains("is too long", world.DaemonLog);
    }

    private static Given.World Running(ServiceDefinition definition)
    {
        Given.World world = Given.Running(definition);
        world.System.Files["/all"] = "hello\n"u8.ToArray();
        world.System.Files["/yes"] = "welcome\n"u8.ToArray();
        world.System.Files["/no"] = "sorry\n"u8.ToArray();
        return world;
    }
}
