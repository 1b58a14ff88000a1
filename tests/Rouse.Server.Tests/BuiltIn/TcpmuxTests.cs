using System.Linq;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.BuiltIn;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.BuiltIn;

/// <summary>The port multiplexer (RFC 1078).</summary>
public sealed class TcpmuxTests
{
    private const ushort Port = 2001;

    private static readonly ServiceDefinition Multiplexer = Given.BuiltIn(BuiltInService.Tcpmux, Port);

    [Theory]
    [InlineData("plain")]
    [InlineData("PLAIN")]
    [InlineData("pLaIn")]
    public void A_service_is_found_whatever_the_names_case(string name)
    {
        Given.World world = Given.Running(Multiplexer, Behind("plain"));
        FakePeer end = Ask(world, name + "\r\n");
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal("127.0.0.1", world.System.Spawned[0].RemoteHost);
        Assert.Equal("", end.Received);
        Assert.Equal(
            [
                "START: tcpmux pid=0 from=127.0.0.1", "EXIT: tcpmux status=0 pid=0 duration=0(sec)",
                $"START: plain pid={world.System.LastPid} from=127.0.0.1",
            ],
            world.ServiceLines);
    }

    [Fact]
    public void A_server_behind_it_has_its_services_user_and_groups()
    {
        // CVE-2013-4342: there it ran as root.
        Given.World world = Given.Running(Multiplexer, Behind("plain") with
        {
            User = new UserEntry("nobody", 65534, 65533),
            Group = new GroupEntry("games", 60),
            SupplementaryGroups = [7, 8],
        });
        Ask(world, "plain\r\n");
        ServerSpec spec = world.System.Spawned[0].Spec;
        Assert.Equal(65534u, spec.Uid);
        Assert.Equal(60u, spec.Gid);
        Assert.Equal([7u, 8u], spec.Groups);
    }

    [Theory]
    [InlineData("other")]
    [InlineData("elsewhere")]
    [InlineData("echo")]
    [InlineData("tcpmux")]
    [InlineData("plai")]
    [InlineData("plain ")]
    [InlineData("an-id")]
    [InlineData("pl\0in")]
    [InlineData("PL\u0001IN")]
    public void Nothing_else_can_be_reached_through_it(string name)
    {
        // CVE-2012-0862: there everything could, also what is bound to another address.
        Given.World world = Given.Running(
            Multiplexer with { Types = ServiceTypes.Internal | ServiceTypes.Unlisted | ServiceTypes.Tcpmux, Id = "inner", Port = 0 },
            Multiplexer,
            Behind("plain") with { Id = "an-id" },
            Given.External(2002, "other"),
            Given.External(2003, "elsewhere") with { BindAddresses = [new Rouse.Config.Addresses.IpAddress(1)] },
            Given.BuiltIn(BuiltInService.Echo, 2004));
        FakePeer end = Ask(world, name + "\r\nmore");
        Assert.Equal("-Service name not found\r\n", end.Received);
        Assert.True(end.Closed);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void Tcpmuxplus_is_greeted_first()
    {
        Given.World world = Given.Running(
            Multiplexer, Behind("plus", ServiceTypes.TcpmuxPlus) with { BannerSuccess = "/yes", Banner = "/all" });
        world.System.Files["/yes"] = "welcome\n"u8.ToArray();
        world.System.Files["/all"] = "hello\n"u8.ToArray();
        Assert.Equal("+Go\r\nwelcome\n", Ask(world, "plus\r\n").Received);
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void However_the_line_is_cut_only_the_line_is_taken()
    {
        const string Bytes = "plain\r\nfor the server\n";
        for (int first = 1; first < Bytes.Length; first++)
        {
            for (int second = first; second < Bytes.Length; second++)
            {
                Given.World world = Given.Running(Multiplexer, Behind("plain"));
                FakePeer end = Ask(world, Bytes[..first]);
                foreach (string piece in new[] { Bytes[first..second], Bytes[second..] }.Where(piece => piece.Length > 0))
                {
                    Send(end, piece);
                    world.Turn();
                }

                Assert.Equal(1, world.System.SpawnCount);
                Assert.Equal("for the server\n", string.Concat(end.Inbound.Select(one => (char)one)));
            }
        }
    }

    [Fact]
    public void A_server_gets_a_socket_that_blocks_and_a_built_in_one_that_does_not()
    {
        Given.World world = Given.Running(
            Multiplexer,
            Behind("plain"),
            Given.BuiltIn(BuiltInService.Echo) with { Types = ServiceTypes.Internal | ServiceTypes.Unlisted | ServiceTypes.Tcpmux, Port = 0 });
        Ask(world, "plain\r\n");
        Assert.False(world.System.Spawned[0].NonBlocking);
        FakePeer end = Ask(world, "echo\r\nhello");
        world.Turn();
        Assert.Equal("hello", end.Received);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("plain\n")]
    public void What_is_no_line_is_closed_without_a_word(string line)
    {
        Given.World world = Given.Running(Multiplexer, Behind("plain"));
        FakePeer end = Ask(world, line);
        Assert.Equal("", end.Received);
        Assert.True(end.Closed);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void Help_lists_the_names()
    {
        Given.World world = Given.Running(
            Multiplexer, Behind("plain") with { Id = "an-id" }, Behind("plus", ServiceTypes.TcpmuxPlus), Given.External(2002, "other"));
        FakePeer end = Ask(world, "HELP\r\n");
        Assert.Equal("plain\r\nplus\r\n", end.Received);
        Assert.True(end.Closed);
    }

    [Fact]
    public void A_line_without_an_end_is_cut_off_at_its_bound()
    {
        Given.World world = Given.Running(Multiplexer, Behind("plain"));
        FakePeer end = Ask(world, new string('x', TcpmuxSession.LongestLine - 1));
        Assert.False(end.Closed);
        Send(end, "y");
        world.Turn();
        Assert.True(end.Closed);

        FakePeer longest = Ask(world, new string('x', TcpmuxSession.LongestLine - 2) + "\r\n");
        Assert.Equal("-Service name not found\r\n", longest.Received);
    }

    [Fact]
    public void A_slow_peer_has_its_time_and_no_more()
    {
        Given.World world = Given.Running(Multiplexer, Behind("plain"));
        Ask(world, "plain\r\n");

        // The second connection is served by the session of the first, whose timer is still set.
        world.System.Advance(TcpmuxSession.PatienceMs / 2);
        FakePeer end = Ask(world, "pl");
        for (long left = TcpmuxSession.PatienceMs - 1000; left > 0; left -= 1000)
        {
            world.System.Advance(1000);
            Send(end, "x");
            world.Turn();
        }

        Assert.False(end.Closed);
        world.System.Advance(1000);
        Send(end, "x");
        world.Turn(2);
        Assert.True(end.Closed);
        Assert.Equal("", end.Received);
    }

    [Fact]
    public void A_peer_that_goes_away_costs_nothing()
    {
        Given.World world = Given.Running(Multiplexer, Behind("plain"));
        int before = world.System.OpenCount;
        FakePeer end = Ask(world, "pl");
        end.SentAll = true;
        world.Turn();
        Ask(world, "pl", new FakePeer { Gone = true, SentAll = true });
        world.Turn();
        Assert.Equal(before, world.System.OpenCount);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void The_found_services_own_rules_and_limits_hold()
    {
        Given.World world = Given.Running(
            Multiplexer,
            Behind("closed") with { OnlyFrom = [], BannerFail = "/no" },
            Behind("full") with { Instances = 1 },
            Behind("fast") with { Cps = new CpsLimit(1, 30) });
        world.System.Files["/no"] = "sorry\n"u8.ToArray();
        FakePeer end = Ask(world, "closed\r\nmore");
        Assert.Equal("sorry\n", end.Received);
        Assert.True(end.Closed);
        Assert.Contains("FAIL: closed address from=127.0.0.1", world.ServiceLines);

        Ask(world, "full\r\n");
        Ask(world, "full\r\n");
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Contains("FAIL: full service_limit from=127.0.0.1", world.ServiceLines);
        world.End(world.System.LastPid);
        Ask(world, "full\r\n");
        Assert.Equal(2, world.System.SpawnCount);

        Ask(world, "fast\r\n");
        Ask(world, "fast\r\n");
        Assert.Equal(3, world.System.SpawnCount);
        Assert.Contains("FAIL: fast connections per second from=127.0.0.1", world.ServiceLines);
        Assert.Equal("-Service not available\r\n", Ask(world, "fast\r\n").Received);
        world.Turn();
        Ask(world, "fast\r\n");
        Assert.Equal(4, world.System.SpawnCount);
    }

    [Fact]
    public void A_wait_service_behind_it_gets_the_connection()
    {
        Given.World world = Given.Running(Multiplexer, Behind("waits") with { Wait = true });
        Ask(world, "waits\r\n");
        Ask(world, "waits\r\n");
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void A_service_behind_it_has_no_socket_and_comes_and_goes_with_a_reload()
    {
        Given.World world = Given.Running(Multiplexer, Behind("plain"));
        Assert.Null(world.System.ListenerOn(0));
        Assert.Equal(1, world.Keeper.ServiceCount);
        world.Reload(Given.Configuration(Multiplexer, Behind("new")));
        Assert.Equal("-Service name not found\r\n", Ask(world, "plain\r\n").Received);
        Ask(world, "new\r\n");
        Assert.Equal(1, world.System.SpawnCount);

        // From behind the multiplexer to a port of its own and back.
        world.Reload(Given.Configuration(Multiplexer, Given.External(2002, "new")));
        Assert.NotNull(world.System.ListenerOn(2002));
        Assert.Equal("-Service name not found\r\n", Ask(world, "new\r\n").Received);
        world.Reload(Given.Configuration(Multiplexer, Behind("new", ServiceTypes.TcpmuxPlus)));
        Assert.Null(world.System.ListenerOn(2002));
        Assert.Equal("+Go\r\n", Ask(world, "new\r\n").Received);
    }

    [Fact]
    public void Passing_a_connection_on_allocates_nothing()
    {
        Given.World world = Given.Running(Multiplexer, Behind("plain") with { Instances = 0 });
        world.System.KeepsLogs = false;
        FakePeer end = new();
        for (int i = 0; i < 100; i++)
        {
            Pass();
        }

        long allocated = Allocated.AtLeast(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Pass();
            }
        });
        Assert.Equal(0, allocated);

        void Pass()
        {
            end.Sends("plain\r\n"u8);
            world.System.Connect(Port, Given.Peer, end);
            world.Keeper.Loop.Turn();
            world.Keeper.Loop.Turn();
        }
    }

    private static ServiceDefinition Behind(string name, ServiceTypes type = ServiceTypes.Tcpmux) =>
        Given.External(0, name) with { Types = type | ServiceTypes.Unlisted };

    // A peer that sends this at once.
    private static FakePeer Ask(Given.World world, string bytes, FakePeer? end = null)
    {
        end ??= new FakePeer();
        Send(end, bytes);
        world.Connect(Port, end: end);
        world.Turn();
        return end;
    }

    private static void Send(FakePeer end, string bytes) => end.Sends(bytes.Select(c => (byte)c).ToArray());
}
