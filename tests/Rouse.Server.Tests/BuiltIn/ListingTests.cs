using System;
using System.Linq;
using Rouse.Config.Model;
using Rouse.Server.BuiltIn;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.BuiltIn;

/// <summary>The built-in services services and servers.</summary>
public sealed class ListingTests
{
    private const ushort Port = 2001;

    private static readonly ServiceDefinition Services = Given.BuiltIn(BuiltInService.Services, Port);
    private static readonly ServiceDefinition Servers = Given.BuiltIn(BuiltInService.Servers, Port);

    [Fact]
    public void Services_lists_each_with_its_port_and_state()
    {
        Given.World world = Given.Running(
            Services,
            Given.External(2002, "fast") with { Cps = new CpsLimit(1, 10) },
            Given.Dgram(Given.External(2003, "waits")),
            Given.External(0, "mux") with { Types = ServiceTypes.Tcpmux | ServiceTypes.Unlisted });
        world.Connect(2002);
        world.Connect(2002);
        world.System.SendDatagram(2003, Given.Peer, [1]);
        world.Turn();
        FakePeer end = Ask(world);
        Assert.Equal(
            "services  2001/tcp  listening\r\nfast  2002/tcp  out-of-service\r\nwaits  2003/udp  serving\r\nmux  tcpmux/tcp  listening\r\n",
            end.Received);
        Assert.True(end.Closed);
        Assert.Contains("EXIT: services status=0 pid=0 duration=0(sec)", world.ServiceLines);
    }

    [Fact]
    public void Servers_lists_each_that_runs_with_its_peer_and_start()
    {
        Given.World world = Given.Running(Servers, Given.External());
        Assert.Equal("", Ask(world).Received);
        world.Connect(2000, Given.PeerAt(10, 0, 0, 1));
        world.System.Advance(5000);
        world.Connect(2000, Given.PeerAt(10, 0, 0, 2));
        string[] lines = Ask(world).Received.Split("\r\n");
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^1000  server  10\.0\.0\.1  26/11/24@\d\d:\d\d:\d\d$", lines[0]);
        Assert.Matches(@"^1001  server  10\.0\.0\.2  26/11/24@\d\d:\d\d:\d\d$", lines[1]);
        Assert.NotEqual(lines[0].Split('@')[1], lines[1].Split('@')[1]);
        world.End(1000);
        Assert.StartsWith("1001  ", Ask(world).Received, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_not_come_in_learns_nothing()
    {
        Given.World world = Given.Running(Services with { OnlyFrom = [] });
        FakePeer end = Ask(world);
        Assert.Equal("", end.Received);
        Assert.True(end.Closed);
    }

    [Fact]
    public void A_peer_that_does_not_read_gets_the_rest_later_or_is_closed_after_a_while()
    {
        Given.World world = Given.Running(Services);
        FakePeer end = Ask(world, new FakePeer { Window = 8 });
        Assert.Equal("services", end.Received);
        Assert.False(end.Closed);
        end.Window = 100;
        world.Turn();
        Assert.Equal("services  2001/tcp  listening\r\n", end.Received);
        Assert.True(end.Closed);

        FakePeer stuck = Ask(world, new FakePeer { Window = 0 });
        world.System.Advance(ListingSession.PatienceMs - 1);
        world.Turn();
        Assert.True(stuck.Closed);
    }

    [Fact]
    public void A_list_is_bounded()
    {
        ServiceDefinition[] many = [.. Enumerable.Range(0, 1000).Select(i => Given.External((ushort)(3000 + i), new string('s', 400) + i))];
        Given.World world = Given.Running([Services, .. many]);
        string text = Ask(world).Received;
        Assert.InRange(text.Length, ListingText.Longest - 1000, ListingText.Longest + 100);
        Assert.Matches(@"\r\nand \d+ more\r\n$", text);
    }

    private static FakePeer Ask(Given.World world, FakePeer? end = null)
    {
        end ??= new FakePeer();
        world.Connect(Port, end: end);
        return end;
    }
}
