using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;
using Rouse.Server.Warm;

namespace Rouse.Server.Tests.Warm;

/// <content>What happens to parked servers is in the daemon's log, with its reason and never with a line for each connection.</content>
public sealed partial class WarmPoolTests
{
    private const string Parked = "service server: servers are started beforehand and parked at read";

    [Fact]
    public void That_servers_were_parked_is_told_and_again_when_the_first_ones_were_ended()
    {
        Begin(StartKind.Warm, count: 2);
        Park(2);
        Assert.Equal(1, Told(Parked));
        _world.System.FileChanges.Add(new FileChange(1, ""));
        _world.Connect();
        Assert.Equal(1, Told("service server: 2 parked servers are ended: a file that it reads at its start, or looks for, has changed\n"));
        Tell();
        Assert.Equal(2, Pool.Parked.Count);
        Assert.Equal(2, Told(Parked));

        // Those that get connections are no news, and those in their places are none either.
        for (int i = 0; i < 20; i++)
        {
            Serve(_world.System, _world);
            Tell();
        }

        Assert.Equal(2, Told(Parked));
        Assert.Equal(1, Told(" ended: "));
    }

    [Fact]
    public void Servers_that_have_grown_old_are_told_of()
    {
        Begin(StartKind.Warm, count: 2);
        Park(2);
        _world.System.Advance(60 * 60 * 1000);
        _world.Settle(6);
        Assert.Equal(1, Told("service server: 2 parked servers are ended: what was started an hour ago is replaced\n"));
        Assert.Equal(5002, Pool.Parked[0].Server.Pid);
    }

    [Theory]
    [InlineData("nice", "its definition has changed")]
    [InlineData("cold", "its definition has changed, and nothing is started beforehand any more")]
    [InlineData("gone", "its service is closed")]
    public void A_reload_that_ends_parked_servers_is_told_as_their_reason(string change, string why)
    {
        Begin(StartKind.Warm, count: 1);
        Park(1);
        _world.Reload(change switch
        {
            "nice" => Given.Configuration(Definition(StartKind.Warm, 1) with { Nice = 5 }),
            "cold" => Given.Configuration(Given.External()),
            _ => Given.Configuration(),
        });
        Assert.Equal(1, Told($"service server: a parked server is ended: {why}\n"));
    }

    [Fact]
    public void A_server_that_was_told_another_address_is_told_of()
    {
        Begin(StartKind.Warm, count: 1);
        Park(1, told: true, guess: Given.PeerAt(10, 9, 8, 7, 1));
        _world.Connect();
        Assert.Equal(1, Told("service server: a parked server is ended: connections come to another address than it was told\n"));
    }

    [Fact]
    public void A_server_whose_options_the_connection_does_not_take_is_told_of()
    {
        Begin(StartKind.Warm, count: 1);
        Park(1);
        _answers = false;
        Assert.True(Pool.Parked[0].Server.Foresight.Wish(1, 9, [1, 0, 0, 0]));
        _world.System.HasOptions = false;
        _world.Connect();
        Assert.Equal(1, Told("service server: a parked server is ended: what it had set on its socket cannot be set on this connection\n"));
        Assert.Equal(1, _world.System.SpawnCount);
    }

    [Fact]
    public void Servers_that_die_are_told_of_and_many_at_once_in_one_line()
    {
        Begin(StartKind.Warm, count: 4);
        Park(4);
        _answers = false;
        _servers[0].Gone = true;
        _world.Settle(2);
        Assert.Equal(1, Told("service server: a parked server is ended: it has died\n"));
        _servers[1].Inbound.Enqueue((byte)'x');
        _world.Settle(2);
        _world.System.Takes = false;
        _world.Connect();
        Assert.Equal(1, Told(" ended: "));
        _world.System.Advance(5001);
        _world.Settle(2);
        Assert.Equal(1, Told("service server: a parked server is ended: it had died when a connection came (2 changes before it were not told)\n"));
    }

    [Fact]
    public void A_server_that_dies_with_a_connection_on_the_way_to_it_is_told_of()
    {
        Begin(StartKind.Warm, count: 1);
        Park(1);
        _answers = false;
        _world.Connect();
        _servers[0].Gone = true;
        _world.Settle(2);
        Assert.Equal(1, Told("service server: a parked server is ended: it died before it took its connection, which is served by another one\n"));
    }

    [Fact]
    public void Short_memory_is_told_with_what_it_has_ended_and_so_is_the_end_of_the_pause()
    {
        Begin(StartKind.Warm, count: 2);
        Park(2);
        Pool.GiveUpMemory();
        Assert.Equal(1, Told("service server: 2 parked servers are ended, and none is started beforehand for a while: memory is short\n"));
        _world.System.Advance(61_000);
        _world.Settle(2);
        Assert.Equal(1, Told("service server: servers are started beforehand again: the pause is over\n"));
    }

    [Fact]
    public void Sleep_is_told_with_what_it_has_ended_and_the_way_out_of_it()
    {
        Begin(StartKind.Warm, count: null);
        _world.Connect();
        _world.Settle(4);
        Assert.Single(Pool.Parked);
        _world.System.Advance(600_000);
        _world.Settle(3);
        _world.System.Advance(5001);
        _world.Settle(3);
        Assert.Empty(Pool.Parked);
        Assert.Equal(1, Told("service server: a parked server is ended, and none is started beforehand until somebody comes: nobody connects\n"));
        Assert.Equal((WarmState.Sleeping, "nobody connects"), (Pool.State, Pool.Reason));
        _world.Connect();
        Tell();
        Assert.Equal(2, Told(Parked));
    }

    [Fact]
    public void A_copy_that_ends_by_a_fault_is_told_as_the_reason_why_its_original_is_ended()
    {
        Begin(StartKind.WarmShared, count: null);
        Park(1);
        _world.Connect();
        Tell(6001);
        _world.Keeper.ChildEnded(new ChildExit(6001, 0, Signal.SEGV));
        Assert.Equal(1, Told(
            "service server: a parked server is ended, and none is started beforehand for a while: a copy of it has ended by signal 11: the next ones"));
    }

    [Fact]
    public void An_original_of_which_many_copies_were_made_gives_way_to_another_one_and_nobody_is_served_cold()
    {
        Begin(StartKind.WarmShared, count: null);
        Park(1);
        Copy(9_000);
        Tell();
        Assert.Equal(5001, Assert.Single(Pool.Parked).Server.Pid);
        Assert.True(_orders[1].IsUrgent);
        Assert.Equal(1, Told("service server: a parked server is ended: 9000 copies of it were made\n"));
        _world.Connect();
        Assert.Equal((9_001L, 0L), Pool.Served);
        Assert.Equal(0, _world.System.SpawnCount);

        // As long as this one is fresh, none is started to follow it.
        Tell();
        Assert.Equal(2, _orders.Count);
    }

    [Fact]
    public void An_original_that_nothing_has_followed_is_ended_all_the_same_and_what_comes_late_takes_its_place()
    {
        Begin(StartKind.WarmShared, count: null);
        Park(1);
        _answers = false;
        Copy(9_999);
        Assert.Equal(2, _orders.Count);
        Assert.Equal(5000, Assert.Single(Pool.Parked).Server.Pid);
        Copy(1);
        Assert.Empty(Pool.Parked);
        Assert.Equal(1, Told("service server: a parked server is ended: 10000 copies of it were made\n"));
        Answer(_orders[1], told: false, Given.Peer);
        Assert.Equal(5001, Assert.Single(Pool.Parked).Server.Pid);
        Assert.Equal((10_000L, 0L), Pool.Served);
    }

    // Connections to the first one that was parked, one after the other.
    private void Copy(int times)
    {
        // More than a process can have: one of so many could be this one's own, which no copy is believed to have.
        const int FirstPid = 5_000_000;
        for (int i = 0; i < times; i++)
        {
            _world.System.Connect(2000, Given.Peer);
            _world.Settle();
            Tell(FirstPid + i);
            _world.Keeper.ChildEnded(new ChildExit(FirstPid + i, 0, -1));
            _world.System.Advance(1);
        }
    }

    // What was kept back for being too much at once.
    private void Tell()
    {
        _world.Settle(4);
        _world.System.Advance(5001);
        _world.Settle(2);
    }

    private int Told(string line) => _world.DaemonLog.Split(line).Length - 1;
}
