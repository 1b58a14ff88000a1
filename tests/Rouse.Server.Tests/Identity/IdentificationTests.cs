using System;
using System.Linq;
using System.Text;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Identity;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Identity;

/// <summary>USERID and IDONLY against identification servers of every kind, hostile ones too.</summary>
public sealed class IdentificationTests
{
    private static readonly SocketAddress Peer = Given.PeerAt(10, 0, 0, 5, 40123);

    [Fact]
    public void The_user_is_logged_before_the_server_starts()
    {
        FakePeer ident = new();
        Given.World world = Running(ident, Asking());
        world.Connect(peer: Peer);
        world.Settle();
        Assert.Equal("40123,2000\r\n", ident.Received);
        Assert.Equal(0, world.System.SpawnCount);
        ident.Sends("40123,2000 : USERID : UNIX : joe\r\n"u8);
        world.Settle(2);
        Assert.Equal(["USERID: server UNIX : joe", $"START: server pid={world.System.LastPid} from=10.0.0.5"], world.ServiceLines);
        Assert.True(ident.Closed);
    }

    [Fact]
    public void The_question_comes_from_the_address_that_the_peer_connected_to()
    {
        FakePeer ident = new();
        SocketAddress asked = default;
        Given.World world = Running(ident, Asking());
        world.System.Target = to =>
        {
            asked = to;
            return ident;
        };
        world.System.ListenerOn(2000)!.Address = Given.PeerAt(10, 0, 0, 9, 2000) with { Family = AddressFamily.IPv6 };
        world.Connect(peer: Peer with { Family = AddressFamily.IPv6 });
        Assert.Equal(Given.PeerAt(10, 0, 0, 5, 113), asked);
        Assert.Equal(Given.PeerAt(10, 0, 0, 9, 0), Assert.Single(world.System.ConnectedFrom));
    }

    [Theory]
    [InlineData("40123,2000:ERROR:NO-USER\r\n", "bad response")]
    [InlineData("1,2:USERID:UNIX:joe\r\n", "bad response")]
    [InlineData("hello\r\n", "bad response")]
    [InlineData("\r\n", "bad response")]
    [InlineData("", "error while receiving response")]
    [InlineData("40123,2000:USERID:UNIX:joe", "error while receiving response")]
    [InlineData("40123,2000:USERID:UNIX:joe\n", "error while receiving response")]
    public void Without_an_identity_the_server_starts_unless_the_service_is_IDONLY(string reply, string reason)
    {
        FakePeer ident = new FakePeer { SentAll = true }.Sends(Encoding.Latin1.GetBytes(reply));
        Given.World world = Running(ident, Asking());
        world.Connect(peer: Peer);
        world.Settle(3);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.DoesNotContain("USERID", world.ServiceLog, StringComparison.Ordinal);

        ident = new FakePeer { SentAll = true }.Sends(Encoding.Latin1.GetBytes(reply));
        FakePeer end = new();
        world = Running(ident, Only());
        world.Connect(peer: Peer, end: end);
        world.Settle(3);
        Assert.Equal([$"NOID: server 10.0.0.5 {reason}"], world.ServiceLines);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.True(end.Closed);
    }

    [Fact]
    public void A_host_without_an_identification_server_names_nobody()
    {
        Given.World world = Running(null, Only());
        int before = world.System.OpenCount;
        world.Connect(peer: Peer);
        world.Settle(2);
        Assert.Equal(["NOID: server 10.0.0.5 no server"], world.ServiceLines);
        Assert.Equal(before, world.System.OpenCount);
        world.System.ConnectStartError = Errno.ENETUNREACH;
        world.Connect(peer: Peer);
        world.Settle(2);
        Assert.Equal(2, world.ServiceLines.Length);
        Assert.Equal(before, world.System.OpenCount);
        Assert.Equal(0, world.Keeper.Identifier.Asking);
    }

    [Fact]
    public void A_silent_server_delays_only_its_own_connection_and_at_most_thirty_seconds()
    {
        FakePeer silent = new();
        Given.World world = Running(silent, Asking(), Given.External(2001, "other"));
        world.Connect(peer: Peer);
        world.Connect(2001);
        Assert.Equal(1, world.System.SpawnCount);
        world.System.Advance(IdentSession.LimitMs - 1);
        world.Settle(3);
        Assert.Equal(1, world.System.SpawnCount);
        world.System.Advance(1);
        world.Settle(2);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.True(silent.Closed);
    }

    [Fact]
    public void A_silent_server_leaves_an_IDONLY_service_closed()
    {
        Given.World world = Running(new FakePeer(), Only());
        world.Connect(peer: Peer);
        world.System.Advance(IdentSession.LimitMs);
        world.Settle(3);
        Assert.Equal(["NOID: server 10.0.0.5 timeout"], world.ServiceLines);
    }

    [Fact]
    public void Silent_servers_give_up_their_places_so_that_the_line_moves()
    {
        FakePeer[] idents = [new(), new(), new()];
        int next = 0;
        Given.World world = new(Given.Configuration(Asking()), identificationLimit: 1);
        world.System.Target = _ => idents[next++];
        for (int i = 0; i < 3; i++)
        {
            world.Connect(peer: Peer);
        }

        world.Settle(2);
        Assert.Equal(1, next);
        Assert.Equal(2, world.Keeper.Identifier.InLine);
        idents[0].Sends("40123,2000:USERID:UNIX:first\r\n"u8);
        world.Settle(2);
        Assert.Equal(2, next);
        world.System.Advance(IdentSession.PromptMs);
        world.Settle(2);
        Assert.Equal(3, next);
        Assert.Equal(1, world.Keeper.Identifier.Asking);
        idents[2].Sends("40123,2000:USERID:UNIX:third\r\n"u8);
        idents[1].Sends("40123,2000:USERID:UNIX:second\r\n"u8);
        world.Settle(2);
        Assert.Equal(3, world.System.SpawnCount);
        Assert.Equal(0, world.Keeper.Identifier.Asking);
        Assert.Contains("USERID: server UNIX:second", world.ServiceLines);
    }

    [Fact]
    public void An_answer_may_come_in_pieces()
    {
        FakePeer ident = new();
        Given.World world = Running(ident, Only());
        world.Connect(peer: Peer);
        world.Settle();
        foreach (byte one in "40123,2000:USERID:UNIX:joe\r\n"u8)
        {
            ident.Sends([one]);
            world.Settle();
        }

        Assert.Contains("USERID: server UNIX:joe", world.ServiceLines);
        Assert.Equal(1, world.System.SpawnCount);
    }

    /// <summary>CVE-2001-0763: an answer overran the log's buffer.</summary>
    [Fact]
    public void Bytes_that_could_break_a_log_line_are_replaced()
    {
        FakePeer ident = new FakePeer().Sends("40123,2000:USERID:UNIX:a\0b\nSTART: forged\x1b[31m%s%n\x7f\r\n"u8);
        Given.World world = Running(ident, Only());
        world.Connect(peer: Peer);
        world.Settle(3);
        Assert.Contains("USERID: server UNIX:a?b?START: forged?[31m%s%n?", world.ServiceLines);
    }

    /// <summary>CVE-2001-0825: an answer without an end overran the buffer that it was read into.</summary>
    [Fact]
    public void A_longer_answer_is_none_and_a_long_one_is_cut_to_the_line()
    {
        string head = "40123,2000:USERID:UNIX:";
        FakePeer ident = new FakePeer().Sends(Encoding.Latin1.GetBytes(head + new string('x', 100_000) + "\r\n"));
        Given.World world = Running(ident, Only());
        world.Connect(peer: Peer);
        world.Settle(3);
        Assert.Equal(["NOID: server 10.0.0.5 error while receiving response"], world.ServiceLines);
        Assert.True(ident.Inbound.Count > 98_000);

        ident = new FakePeer().Sends(Encoding.Latin1.GetBytes(head + new string('x', IdentSession.LongestReply - head.Length - 2) + "\r\n"));
        world = Running(ident, Only());
        world.Connect(peer: Peer);
        world.Settle(3);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.StartsWith("USERID: server UNIX:xxx", world.ServiceLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Random_answers_always_end_in_one_line()
    {
        Random random = new(20);
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = new byte[random.Next(0, 1500)];
            random.NextBytes(bytes);
            FakePeer ident = new FakePeer { SentAll = true }.Sends("40123,2000:USERID:"u8).Sends(bytes);
            Given.World world = Running(ident, Only());
            int before = world.System.OpenCount;
            world.Connect(peer: Peer);
            world.Settle(4);
            Assert.Equal(before, world.System.OpenCount);
            Assert.StartsWith(world.System.SpawnCount == 1 ? "USERID: " : "NOID: ", world.ServiceLines[0], StringComparison.Ordinal);
            Assert.Equal(1 + world.System.SpawnCount, world.ServiceLines.Length);
        }
    }

    [Fact]
    public void A_refused_peer_is_asked_for_after_its_FAIL_line()
    {
        FakePeer ident = new();
        FakePeer end = new();
        Given.World world = Running(ident, Asking() with { Instances = 0, LogOnFailure = LogOnFailure.Host | LogOnFailure.UserId });
        world.Connect(peer: Peer, end: end);
        Assert.Equal(["FAIL: server service_limit from=10.0.0.5"], world.ServiceLines);
        Assert.False(end.Closed);
        ident.Sends("40123,2000:USERID:UNIX:joe\r\n"u8);
        world.Settle(3);
        Assert.Equal("USERID: server UNIX:joe", world.ServiceLines[1]);
        Assert.True(end.Closed);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void Daytime_waits_for_no_user_unless_it_is_for_identified_ones_only()
    {
        ServiceDefinition daytime = Given.BuiltIn(BuiltInService.Daytime) with { LogOnSuccess = LogOnSuccess.UserId };
        FakePeer end = new();
        Given.World world = Running(null, daytime);
        world.Connect(2007, Peer, end);
        Assert.EndsWith("UTC\r\n", end.Received, StringComparison.Ordinal);

        end = new FakePeer();
        world = Running(null, daytime with { Flags = ServiceFlags.IdOnly });
        world.Connect(2007, Peer, end);
        world.Settle(2);
        Assert.Equal("", end.Received);
        Assert.True(end.Closed);
        Assert.Equal(["NOID: daytime 10.0.0.5 no server"], world.ServiceLines);
    }

    [Fact]
    public void Who_waits_for_a_user_holds_a_place_and_ends_with_the_service()
    {
        FakePeer ident = new();
        FakePeer end = new();
        Given.World world = Running(ident, Asking() with { Instances = 1 }, Given.External(2001, "other"));
        world.Connect(peer: Peer, end: end);
        world.Settle();
        world.Connect(peer: Peer);
        Assert.Contains("FAIL: server service_limit from=10.0.0.5", world.ServiceLines);
        world.Reload(Given.Configuration(Given.External(2001, "other")));
        Assert.True(end.Closed);
        Assert.True(ident.Closed);
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);
        Assert.Equal(0, world.Keeper.Identifier.Asking);
    }

    [Fact]
    public void Rules_that_changed_while_a_user_was_asked_for_hold()
    {
        FakePeer ident = new();
        FakePeer end = new();
        Given.World world = Running(ident, Asking());
        world.Connect(peer: Peer, end: end);
        world.Settle();
        world.Reload(Given.Configuration(Asking() with { OnlyFrom = [] }));
        ident.Sends("40123,2000:USERID:UNIX:joe\r\n"u8);
        world.Settle(2);
        Assert.True(end.Closed);
        Assert.Contains("FAIL: server address from=10.0.0.5", world.ServiceLines);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void A_name_and_a_user_are_waited_for_one_after_the_other()
    {
        FakePeer ident = new();
        FakeResolver resolver = new FakeResolver().With(Peer, "friend.example");
        ServiceDefinition service = Only() with
        {
            OnlyFrom =
            [
                new(Config.Addresses.AddressPatternKind.HostName, default, 0, "friend.example", Config.Text.SourceSpan.None),
            ],
        };
        Given.World world = new(Given.Configuration(service), resolver: resolver);
        world.System.Target = _ => ident;
        world.Connect(peer: Peer);
        world.TurnUntil(() => ident.Received.Length > 0);
        ident.Sends("40123,2000:USERID:UNIX:joe\r\n"u8);
        world.Settle(2);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal(1, world.Keeper.Services.Single().Occupancy.Live);
    }

    private static ServiceDefinition Asking() => Given.External() with { LogOnSuccess = LogOnSuccess.Host | LogOnSuccess.Pid | LogOnSuccess.UserId };

    private static ServiceDefinition Only() => Asking() with { Flags = ServiceFlags.IdOnly };

    private static Given.World Running(FakePeer? ident, params ServiceDefinition[] services)
    {
        Given.World world = new(Given.Configuration(services));
        world.System.Target = _ => ident;
        return world;
    }
}
