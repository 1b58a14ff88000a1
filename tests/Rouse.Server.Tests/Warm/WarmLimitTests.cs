using System.Collections.Generic;
using System.Linq;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;
using Rouse.Server.Warm;

namespace Rouse.Server.Tests.Warm;

/// <summary>The daemon's <c>-limit</c> and what is parked: parked servers fill what is left of it, and turn nobody away.</summary>
public sealed class WarmLimitTests
{
    private const ushort Cold = 2000;
    private const ushort Warm = 2001;
    private const ushort Other = 2002;

    private readonly List<StartOrder> _orders = [];
    private readonly Dictionary<int, FakePeer> _parked = [];
    private int _nextPid = 5000;
    private bool _answers = true;
    private Given.World _world = null!;

    private WarmPool Pool => Service(Warm).Warm!;

    private WarmPool OtherPool => Service(Other).Warm!;

    [Fact]
    public void No_more_are_parked_than_the_limit_leaves_places()
    {
        Begin(3, Parking(Warm, 5));
        Assert.Equal(3, Pool.Parked.Count);
        Assert.Equal(3, _orders.Count);
        Assert.Equal(3, _world.Keeper.Gate.ParkedProcesses);
    }

    [Fact]
    public void A_limit_that_leaves_no_place_is_told_once_and_in_the_status()
    {
        Begin(1, Parking(Warm, 1));
        _world.Connect(Cold);
        for (int i = 0; i < 3; i++)
        {
            Ended(5000 + i);
            _world.End(Running().Single());
            _world.System.Advance(10_000);
            _world.Settle(3);
            Assert.Single(Pool.Parked);
            Assert.Equal((WarmState.Ready, "read"), (Pool.State, Pool.Reason));
            _world.Connect(Cold);
            _world.System.Advance(10_000);
            _world.Settle(3);
            Assert.Equal(WarmState.Sleeping, Pool.State);
            Assert.Contains("-limit", Pool.Reason, System.StringComparison.Ordinal);
        }

        Assert.Equal(2, _world.DaemonLog.Split("no server is started beforehand at the moment").Length);
    }

    [Fact]
    public void A_server_that_is_needed_now_takes_the_place_of_a_parked_one_of_the_service_that_has_most()
    {
        Begin(5, Parking(Warm, 2), Parking(Other, 3));
        Assert.Equal((2, 3), (Pool.Parked.Count, OtherPool.Parked.Count));
        int oldest = OtherPool.Parked[0].Server.Pid;
        _world.Connect(Cold);
        Assert.Equal((2, 2), (Pool.Parked.Count, OtherPool.Parked.Count));
        Assert.DoesNotContain(OtherPool.Parked, instance => instance.Server.Pid == oldest);
        Ended(oldest);
        Assert.Equal(5, Processes());
        _world.Settle(3);
        Assert.Equal(5, _orders.Count);
    }

    [Fact]
    public void Nobody_is_turned_away_for_parked_servers_and_everybody_beyond_the_limit_is()
    {
        Begin(3, Parking(Warm, 3));
        for (int i = 0; i < 3; i++)
        {
            _world.Connect(Cold);
            Assert.Equal(2 - i, Pool.Parked.Count);
        }

        Assert.Equal(3, _world.System.SpawnCount);
        _world.Connect(Cold);
        _world.Connect(Warm);
        Assert.Equal(3, _world.System.SpawnCount);
        Assert.Equal(1, Service(Cold).Totals.RefusedFor(RefusalReason.ProcessLimit));
        Assert.Equal(1, Service(Warm).Totals.RefusedFor(RefusalReason.ProcessLimit));
    }

    [Fact]
    public void Those_that_are_on_their_way_out_let_no_other_go()
    {
        Begin(4, Parking(Warm, 4));
        Pool.GiveWay();
        Pool.GiveWay();
        Assert.Equal(4, _world.Keeper.Gate.ParkedProcesses);
        _world.Connect(Cold);
        _world.Connect(Cold);
        Assert.Equal(2, Pool.Parked.Count);
        _world.Connect(Cold);
        Assert.Single(Pool.Parked);
    }

    [Fact]
    public void A_connection_that_gets_a_parked_server_ends_no_other_and_none_is_started_in_its_place()
    {
        Begin(2, Parking(Warm, 2));
        _world.Connect(Warm);
        _world.Settle(3);
        Assert.Single(Pool.Parked);
        Assert.Equal((1L, 0L), Pool.Served);
        Assert.Equal(2, Processes());
        Assert.Equal(2, _orders.Count);
    }

    [Fact]
    public void A_place_that_becomes_free_is_used_again_but_not_at_once()
    {
        Begin(2, Parking(Warm, 2));
        _world.Connect(Cold);
        Ended(5000);
        _world.Settle(3);
        Assert.Single(Pool.Parked);
        _world.End(Running().Single());
        _world.Settle(3);
        Assert.Single(Pool.Parked);
        _world.System.Advance(1100);
        _world.Settle(3);
        Assert.Equal(2, Pool.Parked.Count);
    }

    [Fact]
    public void Below_the_limit_what_was_taken_is_replaced_at_once()
    {
        Begin(4, Parking(Warm, 2));
        _world.Connect(Cold);
        _world.Connect(Warm);
        _world.System.Advance(5);
        _world.Settle(3);
        Assert.Equal(2, Pool.Parked.Count);
        Assert.Equal(4, Processes());
    }

    [Fact]
    public void A_server_whose_place_was_taken_while_it_started_is_not_kept()
    {
        Begin(1, Parking(Warm, 1), answers: false);
        Assert.Single(_orders);
        _world.Connect(Cold);
        Assert.Equal(1, _world.System.SpawnCount);
        Answer(_orders[0]);
        Assert.Empty(Pool.Parked);
        Assert.Equal(1, Pool.Fates.Retired);
        Ended(5000);
        Assert.Equal(0, _world.Keeper.Gate.ParkedProcesses);
        _world.System.Advance(5000);
        _world.Settle(3);
        Assert.Single(_orders);
    }

    [Fact]
    public void A_start_that_fails_gives_its_place_back()
    {
        Begin(1, Parking(Warm, 1), answers: false);
        Assert.Equal(1, _world.Keeper.Gate.ParkedProcesses);
        _orders[0].Done(StartOutcome.Failed(StartFailure.Unfit, "no"));
        Assert.Equal(0, _world.Keeper.Gate.ParkedProcesses);
    }

    [Fact]
    public void A_copy_is_a_process_more_and_has_the_place_of_another_services_parked_server()
    {
        Begin(3, Parking(Warm, null, StartKind.WarmShared), Parking(Other, 2));
        Assert.Equal((1, 2), (Pool.Parked.Count, OtherPool.Parked.Count));
        _world.Connect(Warm);
        Assert.Equal((1, 1), (Pool.Parked.Count, OtherPool.Parked.Count));
        Assert.Equal(0, _world.System.SpawnCount);
        Assert.Equal(1, _world.Keeper.Gate.Processes);
    }

    [Fact]
    public void Where_there_is_no_place_for_a_copy_the_server_that_is_started_has_that_of_the_parked_one()
    {
        Begin(1, Parking(Warm, null, StartKind.WarmShared));
        Assert.Single(Pool.Parked);
        _world.Connect(Warm);
        Assert.Empty(Pool.Parked);
        Assert.Equal(1, _world.System.SpawnCount);
        Assert.Equal(0, _world.System.Given);
    }

    [Fact]
    public void A_connection_that_is_passed_on_takes_the_place_of_a_parked_server()
    {
        ServiceDefinition redirect = Given.External(Cold, "redirect") with { Redirect = new RedirectTarget("10.0.0.1", IpAddress.FromV4(0x0a000001), 80), Server = "" };
        _world = new Given.World(Given.Configuration(redirect, Parking(Warm, 2)), processLimit: 2);
        Answering(true);
        Assert.Equal(2, Pool.Parked.Count);
        _world.Connect(Cold);
        Assert.Equal(1, _world.Keeper.Gate.Processes);
        Assert.Single(Pool.Parked);
    }

    private static ServiceDefinition Parking(ushort port, int? count, StartKind kind = StartKind.Warm) =>
        Given.External(port, "warm" + port) with { Start = new StartMode { Kind = kind, Count = count } };

    private Service Service(ushort port) => _world.Keeper.Services.First(service => service.Definition.Port == port);

    private int[] Running() => [.. _world.Keeper.Sessions.All().Select(one => one.Session.Pid)];

    private int Processes() => _world.Keeper.Gate.Processes + _world.Keeper.Gate.ParkedProcesses;

    private void Ended(int pid) => _world.Keeper.ChildEnded(new ChildExit(pid, 0, -1));

    private void Begin(int limit, ServiceDefinition warm, ServiceDefinition? other = null, bool answers = true)
    {
        ServiceDefinition[] all = other is null ? [Given.External(Cold), warm] : [Given.External(Cold), warm, other];
        _world = new Given.World(Given.Configuration(all), processLimit: limit);
        Answering(answers);
    }

    private void Answering(bool answers)
    {
        _answers = answers;
        _world.Keeper.Warm.Starter = order =>
        {
            _orders.Add(order);
            if (_answers)
            {
                Answer(order);
            }
        };
        _world.Settle(8);
    }

    private void Answer(StartOrder order)
    {
        FakePeer server = new();
        _parked[_nextPid] = server;
        order.Done(new StartOutcome(
            new ParkedServer(_nextPid++, _world.System.OpenParked(server), new Foresight(Given.Peer), 5, 10, 1), StartFailure.None, "read"));
    }
}
