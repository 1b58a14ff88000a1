using System.Linq;
using System.Text;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Backends;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Backends;

/// <summary>Datagrams to an on-demand-resident service.</summary>
public sealed class BackendDatagramTests
{
    private static readonly ServiceDefinition Names = Given.Dgram(BackendWorld.Web) with { Wait = false };

    [Fact]
    public void The_first_ones_wait_until_the_server_is_bound_and_its_answers_go_back()
    {
        BackendWorld world = new(Names);
        Send(world, Given.Peer, "one");
        Send(world, Given.PeerAt(10, 0, 0, 2), "two");
        Assert.Equal(1, world.System.SpawnCount);

        // A stream's socket of that port is another thing.
        world.Listens();
        Assert.Empty(world.Reached);
        world.Listens(datagrams: true);
        Assert.Equal(["one", "two"], world.Reached.Select(reached => reached.Received));
        world.Reached[1].Sends("answer"u8);
        world.World.Turn(2);
        (SocketAddress to, byte[] bytes) = Assert.Single(world.System.DatagramsSent);
        Assert.Equal(Given.PeerAt(10, 0, 0, 2), to);
        Assert.Equal("answer", Encoding.ASCII.GetString(bytes));
        Send(world, Given.Peer, "three");
        Assert.Equal("onethree", world.Reached[0].Received);
        Assert.Equal(3, world.World.Keeper.Services[0].Totals.Served);
    }

    [Fact]
    public void Few_of_each_sender_are_kept_and_those_of_a_failed_start_are_told()
    {
        BackendWorld world = new(Names);
        for (int i = 0; i < 10; i++)
        {
            Send(world, Given.Peer, $"{i}");
        }

        Assert.Equal(10 - BackendDatagrams.MostKeptOfOne, world.World.Keeper.Services[0].Totals.Refused);
        world.World.End(world.System.LastPid, status: 1);
        Assert.Equal(10, world.World.Keeper.Services[0].Totals.Refused);
        Assert.Contains("FAIL: web backend from=127.0.0.1", world.World.ServiceLines);
        world.Pass(200);
        Send(world, Given.Peer, "again");
        Assert.Equal(2, world.System.SpawnCount);
        world.Listens(datagrams: true);
        Assert.Equal("again", Assert.Single(world.Reached).Received);
    }

    [Fact]
    public void It_sleeps_when_no_datagram_has_passed_for_idle_timeout_either_way()
    {
        BackendWorld world = new(Names);
        Send(world, Given.Peer, "one");
        world.Listens(datagrams: true);
        world.Pass(50_000, 1000);
        world.Reached[0].Sends("late"u8);
        world.World.Turn();
        world.Pass(50_000, 1000);
        Assert.Empty(world.System.Killed);
        world.Pass(11_000, 1000);
        Assert.Equal([world.System.LastPid], world.System.Killed);
        Send(world, Given.Peer, "two");
        world.World.End(world.System.LastPid);
        Assert.Equal(2, world.System.SpawnCount);
        world.Listens(datagrams: true);
        Assert.Equal("two", world.Reached[^1].Received);
    }

    private static void Send(BackendWorld world, in SocketAddress peer, string text)
    {
        world.System.SendDatagram(2000, peer, Encoding.ASCII.GetBytes(text));
        world.World.Turn(2);
    }
}
