using Rouse.Config.Model;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Gate;

/// <summary>Servers that are told the names of their connections' ends.</summary>
public sealed class EndNamesTests
{
    private readonly FakeResolver _resolver = new();

    private Given.World Running(params ServiceDefinition[] services) =>
        new(Given.Configuration(services), resolver: _resolver, tellsNames: true);

    [Fact]
    public void A_server_starts_when_both_names_are_known_and_others_do_not_wait()
    {
        _resolver.Hang();
        Given.World world = Running(Given.External(), Given.BuiltIn(BuiltInService.Daytime));
        world.Connect();
        FakePeer other = new();
        world.Connect(2007, end: other);
        world.Settle(3);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.NotEmpty(other.Outbound);

        _resolver.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 1);
        Assert.Equal(2, _resolver.Asked);
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);
    }

    [Fact]
    public void Names_that_are_known_are_not_waited_for()
    {
        Given.World world = Running(Given.External());
        world.Connect();
        world.TurnUntil(() => world.System.SpawnCount == 1);
        world.Connect();
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Equal(2, _resolver.Asked);
    }

    [Fact]
    public void After_its_time_a_server_starts_without_the_names()
    {
        _resolver.Hang();
        Given.World world = Running(Given.External());
        world.Connect();
        Assert.Equal(0, world.System.SpawnCount);
        long since = world.System.MonotonicMs;
        for (int i = 0; i < 20 && world.System.SpawnCount == 0; i++)
        {
            world.Turn();
        }

        Assert.Equal(1, world.System.SpawnCount);
        Assert.InRange(world.System.MonotonicMs - since, 29_000, 31_000);
        _resolver.GoOn();
    }

    [Fact]
    public void Who_waits_counts_as_served()
    {
        _resolver.Hang();
        Given.World world = Running(Given.External() with { Instances = 1 });
        world.Connect();
        world.Connect();
        Assert.Contains("FAIL: server service_limit", world.ServiceLog);
        _resolver.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 1);
    }

    [Fact]
    public void Who_waits_goes_with_the_service()
    {
        _resolver.Hang();
        Given.World world = Running(Given.External(), Given.External(2001, "other"));
        world.Connect();
        world.Reload(Given.Configuration(Given.External(2001, "other")));
        Assert.Empty(world.System.Connections());
        _resolver.GoOn();
        world.TurnUntil(() => _resolver.Answered == 2);
        world.Settle(2);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void Without_that_wish_no_name_is_asked_for()
    {
        Given.World world = new(Given.Configuration(Given.External()), resolver: _resolver);
        world.Connect();
        Assert.Equal((1, 0), (world.System.SpawnCount, _resolver.Asked));
    }
}
