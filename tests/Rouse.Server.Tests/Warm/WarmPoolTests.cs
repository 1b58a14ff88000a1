using System;
using System.Collections.Generic;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;
using Rouse.Server.Warm;

namespace Rouse.Server.Tests.Warm;

public sealed partial class WarmPoolTests
{
    private readonly List<StartOrder> _orders = [];
    private readonly List<FakePeer> _servers = [];
    private int _nextPid = 5000;
    private bool _answers = true;
    private Given.World _world = null!;

    private WarmPool Pool => Service.Warm!;

    private Service Service => _world.Keeper.Services[0];

    [Fact]
    public void A_connection_goes_to_a_parked_server_and_costs_no_allocation()
    {
        Begin(StartKind.Warm, count: 200);
        Park(200);
        _answers = false;
        _world.System.KeepsLogs = false;
        long allocated = Allocated.AtLeast(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                Serve(_world.System, _world);
            }
        });
        Assert.Equal(0, allocated);
        Assert.Equal(0, _world.System.SpawnCount);
        Assert.True(_world.System.Given >= 40);
    }

    [Fact]
    public void A_parked_server_is_a_session_from_its_connection_on_and_the_daemon_keeps_nothing_of_it()
    {
        Begin(StartKind.Warm, count: 1);
        Park(1);
        Assert.Equal(0, _world.Keeper.LiveServers);
        int open = _world.System.OpenCount;
        _answers = false;
        FakePeer client = new();
        _world.Connect(end: client);
        Assert.Equal(1, _world.Keeper.LiveServers);
        Assert.Equal("START: server pid=5000 from=127.0.0.1", _world.ServiceLines[0]);
        Assert.False(client.Closed);
        _servers[0].SentAll = true;
        _world.Settle(2);
        Assert.True(client.Closed);
        Assert.Equal(open - 1, _world.System.OpenCount);
        _world.Keeper.ChildEnded(new ChildExit(5000, 0, -1));
        _world.Settle();
        Assert.Equal(0, _world.Keeper.LiveServers);
        Assert.Equal("EXIT: server status=0 pid=5000 duration=0(sec)", _world.ServiceLines[1]);
        Assert.Equal((1L, 0L), Pool.Served);
    }

    [Fact]
    public void A_server_that_dies_before_it_takes_its_connection_leaves_it_to_a_cold_one()
    {
        Begin(StartKind.Warm, count: 1);
        Park(1);
        _answers = false;
        FakePeer client = new();
        _world.Connect(end: client);
        _servers[0].Gone = true;
        _world.Settle(2);
        Assert.Equal(1, _world.System.SpawnCount);
        Assert.True(client.Closed);
        Assert.Equal(1, Pool.Fates.Untaken);
    }

    [Fact]
    public void Where_no_parked_server_takes_the_connection_it_is_served_cold_without_a_peers_name()
    {
        Begin(StartKind.Warm, count: 3);
        Park(3);
        _answers = false;
        _world.System.Takes = false;
        _world.Connect();
        Assert.Equal("", _world.System.Spawned[0].RemoteHost);
        Assert.Empty(Pool.Parked);
        Assert.Equal((0L, 1L), Pool.Served);
    }

    [Fact]
    public void A_parked_server_that_writes_is_ended_and_replaced()
    {
        Begin(StartKind.Warm, count: 1);
        Park(1);
        _servers[0].Inbound.Enqueue((byte)'x');
        _world.Settle(3);
        Assert.Equal(2, _servers.Count);
        Assert.Equal(5001, Assert.Single(Pool.Parked).Server.Pid);
        _world.System.Advance(1500);
        _world.Settle(2);
        Assert.Equal([5000], _world.System.Killed);
    }

    [Fact]
    public void A_server_that_was_told_another_address_does_not_get_the_connection_and_gives_way()
    {
        Begin(StartKind.Warm, count: 1);
        Park(1, told: true, guess: Given.PeerAt(10, 9, 8, 7, 1));
        _world.Connect();
        Assert.Equal(1, _world.System.SpawnCount);
        Assert.Equal(0, _world.System.Given);
        _world.Settle(3);
        Assert.Equal(5001, Assert.Single(Pool.Parked).Server.Pid);
    }

    [Fact]
    public void When_memory_is_short_nothing_stays_parked_for_a_while()
    {
        Begin(StartKind.Warm, count: 2);
        Park(2);
        Pool.GiveUpMemory();
        _world.Settle(3);
        Assert.Empty(Pool.Parked);
        Assert.Equal(WarmState.Pausing, Pool.State);
        Assert.Equal(2, _servers.Count);
        _world.System.Advance(61_000);
        _world.Settle(6);
        Assert.Equal(2, Pool.Parked.Count);
    }

    [Fact]
    public void Failures_that_may_pass_are_tried_again_later_each_time_and_then_no_more()
    {
        Begin(StartKind.Warm, count: 1);
        _answers = false;
        for (int i = 0; i < 3; i++)
        {
            _world.System.Advance(10_000);
            _world.Settle(3);
            Assert.Equal(i + 1, _orders.Count);
            _orders[i].Done(StartOutcome.Failed(StartFailure.Failed, "too slow"));
            _world.Settle();
        }

        _world.System.Advance(1_000_000);
        _world.Settle(3);
        Assert.Equal(3, _orders.Count);
        Assert.Equal((WarmState.Off, "too slow"), (Pool.State, Pool.Reason));
        _world.Connect();
        Assert.Equal(1, _world.System.SpawnCount);
    }

    [Fact]
    public void A_reload_that_changes_what_is_started_starts_it_anew_and_another_does_not()
    {
        Begin(StartKind.Warm, count: 1);
        Park(1);
        _world.Reload(Given.Configuration(Definition(StartKind.Warm, 1) with { Instances = 5 }));
        Assert.Equal(5000, Assert.Single(Pool.Parked).Server.Pid);
        _world.Reload(Given.Configuration(Definition(StartKind.Warm, 1) with { Nice = 5 }));
        _world.Settle(3);
        Assert.Equal(5001, Assert.Single(Pool.Parked).Server.Pid);
        Assert.Equal(5, _orders[1].Spec.Nice);
        _world.Reload(Given.Configuration(Given.External()));
        Assert.Null(Service.Warm);
    }

    [Fact]
    public void A_copy_is_counted_at_once_and_a_session_when_its_number_is_told()
    {
        Begin(StartKind.WarmShared, count: null);
        Park(1);
        FakePeer client = new();
        _world.Connect(end: client);
        Assert.Equal((1, 0), (Service.Occupancy.Live, _world.Keeper.LiveServers));
        Assert.Equal(1, Service.Recount());
        Tell(6001);
        Assert.Equal((1, 1), (Service.Occupancy.Live, _world.Keeper.LiveServers));
        Assert.True(client.Closed);
        Assert.Equal("START: server pid=6001 from=127.0.0.1", _world.ServiceLines[0]);

        // The end of the second one is known before its number is.
        _world.Connect();
        _world.Keeper.ChildEnded(new ChildExit(6002, 0, -1));
        Tell(6002);
        Assert.Equal((1, 1), (Service.Occupancy.Live, _world.Keeper.LiveServers));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6001)]
    public void A_template_that_tells_what_cannot_be_is_not_believed(int second)
    {
        Begin(StartKind.WarmShared, count: null);
        Park(1);
        _answers = false;
        _world.Connect();
        Tell(6001);
        _world.Connect();
        Tell(second);
        Assert.Equal(1, _world.Keeper.Sessions.Count - _world.System.SpawnCount);
        Assert.Equal(_world.Keeper.LiveServers, Service.Occupancy.Live);
        Assert.Equal(_world.Keeper.LiveServers, _world.Keeper.Gate.Processes);
    }

    [Fact]
    public void A_template_that_tells_more_than_it_was_asked_or_less_than_a_number_is_ended()
    {
        Begin(StartKind.WarmShared, count: null);
        Park(1);
        _answers = false;
        Tell(7777);
        Assert.Empty(Pool.Parked);
        Assert.Equal(0, _world.Keeper.LiveServers);
    }

    [Fact]
    public void A_clone_that_could_not_be_made_leaves_the_connection_to_a_cold_server()
    {
        Begin(StartKind.WarmShared, count: null);
        Park(1);
        FakePeer client = new();
        _world.Connect(end: client);
        Tell(-11);
        Assert.Equal(1, _world.System.SpawnCount);
        Assert.Equal((1, 1), (Service.Occupancy.Live, _world.Keeper.Gate.Processes));
    }

    [Fact]
    public void Where_tracing_is_denied_nothing_is_tried_again_and_everybody_is_served()
    {
        Begin(StartKind.Warm, count: 1);
        _answers = false;
        _world.Settle(2);
        _orders[0].Done(StartOutcome.Failed(StartFailure.NotPermitted, "ptrace: Operation not permitted"));
        _world.System.Advance(100_000);
        _world.Connect();
        _world.Connect();
        Assert.Single(_orders);
        Assert.Equal(2, _world.System.SpawnCount);
        Assert.Equal(2, _world.DaemonLog.Split("start = warm is not possible here").Length);

        // Whoever reloads may have changed that.
        _answers = true;
        _world.Reload(Given.Configuration(Definition(StartKind.Warm, 1)));
        _world.Settle(3);
        Assert.Single(Pool.Parked);
    }

    private static ServiceDefinition Definition(StartKind kind, int? count) =>
        Given.External() with { Start = new StartMode { Kind = kind, Count = count } };

    // The server's descriptors are ours to play: it takes the connection, works, and ends.
    private void Serve(FakeSystem system, Given.World world)
    {
        WarmInstance instance = Pool.Parked[^1];
        int at = instance.Server.Pid - 5000;
        system.Connect(2000, Given.Peer);
        world.Settle();
        _servers[at].SentAll = true;
        world.Settle();
        world.Keeper.ChildEnded(new ChildExit(instance.Server.Pid, 0, -1));
    }

    private void Begin(StartKind kind, int? count)
    {
        _world = Given.Running(Definition(kind, count));
        _world.Keeper.Warm.Starter = order =>
        {
            _orders.Add(order);
            if (_answers)
            {
                Answer(order, told: false, Given.Peer);
            }
        };
    }

    private void Park(int count, bool told = false, SocketAddress? guess = null)
    {
        _answers = !told;
        for (int i = 0; i < count + 3; i++)
        {
            _world.Settle();
            if (told && _orders.Count == 1 && _servers.Count == 0)
            {
                Answer(_orders[0], told, guess!.Value);
                _answers = true;
            }
        }

        Assert.Equal(count, Pool.Parked.Count);
    }

    private void Answer(StartOrder order, bool told, SocketAddress guess)
    {
        FakePeer server = new();
        _servers.Add(server);
        Foresight foresight = new(guess) { HasToldAddress = told };
        ParkedServer parked = new(_nextPid++, _world.System.OpenParked(server), foresight, 5, 10, 1);
        order.Done(new StartOutcome(parked, StartFailure.None, "read"));
    }

    private void Tell(int pid)
    {
        foreach (byte one in BitConverter.GetBytes(pid))
        {
            _servers[0].Inbound.Enqueue(one);
        }

        _world.Settle(2);
    }
}
