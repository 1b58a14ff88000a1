using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Control;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Control;

public sealed class ControlServerTests
{
    private const string Path = "/run/rouse/control.sock";
    private const string Status = """{"version":1,"verb":"status"}""";

    [Fact]
    public void Status_tells_of_the_daemon_of_each_service_and_ends()
    {
        Given.World world = Running(Given.External(), Given.BuiltIn(BuiltInService.Echo) with { PerSource = 1 });
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1, 4001));
        world.Connect(2007, end: new FakePeer());
        world.Connect(2007, end: new FakePeer());
        List<JsonElement> lines = Ask(world, Status);
        Assert.Equal(["daemon", "service", "service", "end"], lines.Select(line => line.GetProperty("type").GetString()));
        Assert.All(lines, line => Assert.Equal(1, line.GetProperty("version").GetInt32()));
        Assert.Equal(2, lines[0].GetProperty("services").GetInt32());
        Assert.Equal(1, lines[0].GetProperty("servers").GetInt32());

        JsonElement server = lines[1];
        Assert.Equal("listening", server.GetProperty("state").GetString());
        Assert.Equal("*:2000", server.GetProperty("listeners")[0].GetString());
        JsonElement session = Assert.Single(server.GetProperty("sessions").EnumerateArray());
        Assert.Equal(world.System.LastPid, session.GetProperty("pid").GetInt32());
        Assert.Equal("10.0.0.1", session.GetProperty("peer").GetString());
        Assert.Equal(4001, session.GetProperty("port").GetInt32());

        JsonElement echo = lines[2];
        Assert.Equal(1, echo.GetProperty("live").GetInt32());
        Assert.Equal(1, echo.GetProperty("totals").GetProperty("served").GetInt64());
        Assert.Equal(1, echo.GetProperty("totals").GetProperty("refused").GetInt64());
        Assert.Equal(1, echo.GetProperty("totals").GetProperty("reasons").GetProperty("per_source_limit").GetInt64());
        Assert.Equal(JsonValueKind.Null, echo.GetProperty("sessions")[0].GetProperty("pid").ValueKind);
        Assert.True(lines[3].GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void A_service_out_for_cps_says_when_it_returns_and_the_window_counts_the_last_second()
    {
        Given.World world = Running(Given.External() with { Cps = new CpsLimit(2, 30) });
        world.Connect();
        world.Connect();
        Assert.Equal(2, Service(world).GetProperty("cps").GetProperty("now").GetInt32());
        for (int i = 0; i < 3; i++)
        {
            world.Connect();
        }

        world.System.Advance(5000);
        JsonElement service = Service(world);
        Assert.Equal("out of service", service.GetProperty("state").GetString());
        Assert.Equal(25, service.GetProperty("returnsIn").GetInt64());
        Assert.Equal(0, service.GetProperty("cps").GetProperty("now").GetInt32());
        Assert.Empty(service.GetProperty("listeners").EnumerateArray());
    }

    [Fact]
    public void One_service_is_shown_by_its_id_or_name_and_one_that_does_not_run_is_an_error()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b") with { Id = "b-tcp" });
        Assert.Equal("a", Assert.Single(Ask(world, """{"version":1,"verb":"status","service":"a"}"""), IsService).GetProperty("id").GetString());
        Assert.Equal("b-tcp", Assert.Single(Ask(world, """{"version":1,"verb":"status","service":"b"}"""), IsService).GetProperty("id").GetString());
        JsonElement end = Ask(world, """{"version":1,"verb":"status","service":"c\u00e9"}""")[^1];
        Assert.False(end.GetProperty("ok").GetBoolean());
        Assert.Equal("no service 'c\u00e9' runs", end.GetProperty("error").GetString());
    }

    [Fact]
    public void Totals_are_kept_over_a_reload()
    {
        Given.World world = Running(Given.External());
        world.Connect();
        world.Reload(Given.Configuration(Given.External() with { Nice = 1, Instances = 0 }));
        world.Connect();
        JsonElement totals = Service(world).GetProperty("totals");
        Assert.Equal(1, totals.GetProperty("served").GetInt64());
        Assert.Equal(1, totals.GetProperty("reasons").GetProperty("service_limit").GetInt64());
    }

    [Fact]
    public void Whoever_is_neither_root_nor_the_daemons_user_is_turned_away()
    {
        Given.World world = Running(Given.External());
        FakePeer stranger = new FakePeer { Uid = 1000 }.Sends(Encoding.ASCII.GetBytes(Status + "\n"));
        world.System.ConnectControl(stranger);
        world.Turn(3);
        Assert.True(stranger.Closed);
        Assert.Contains("only root and the daemon's user", stranger.Received);
        Assert.DoesNotContain("service", stranger.Received.Replace("daemon's", ""));
    }

    [Theory]
    [InlineData("""{"version":1,"verb":"dance"}""", "the verb 'dance' is not known")]
    [InlineData("""{"version":2,"verb":"status"}""", "version 1")]
    [InlineData("""{"verb":"status"}""", "version 1")]
    [InlineData("status", "JSON object")]
    [InlineData("", "JSON object")]
    public void What_is_not_understood_is_answered_with_the_reason_and_the_next_request_is_heard(string request, string words)
    {
        Given.World world = Running(Given.External());
        FakePeer peer = Connect(world, request + "\n" + Status + "\n");
        world.Turn(6);
        List<JsonElement> lines = Lines(peer);
        Assert.False(lines[0].GetProperty("ok").GetBoolean());
        Assert.Contains(words, lines[0].GetProperty("error").GetString());
        Assert.True(lines[^1].GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void A_request_in_pieces_is_one_and_one_that_is_too_long_is_refused()
    {
        Given.World world = Running(Given.External());
        FakePeer peer = Connect(world, Status[..5]);
        world.Turn(2);
        Assert.Empty(peer.Outbound);
        peer.Sends(Encoding.ASCII.GetBytes(Status[5..] + "\n"));
        world.Turn(3);
        Assert.True(Lines(peer)[^1].GetProperty("ok").GetBoolean());

        FakePeer endless = Connect(world, new string('x', ControlConnection.LongestRequest));
        world.Turn(3);
        Assert.Contains("at most 4096 bytes", endless.Received);
    }

    [Fact]
    public void A_reader_that_is_slow_gets_all_of_the_answer_and_one_that_does_not_read_is_dropped()
    {
        Given.World world = Running(Given.External(), Given.External(2001, "other"));
        FakePeer slow = new FakePeer { Window = 10 }.Sends(Encoding.ASCII.GetBytes(Status + "\n"));
        world.System.ConnectControl(slow);
        for (int i = 0; i < 1000 && !slow.Received.EndsWith("\"ok\":true}\n"); i++)
        {
            world.Turn();
            slow.Window += 10;
            world.System.Advance(500);
        }

        Assert.Equal(4, Lines(slow).Count);
        slow.Window = 0;
        slow.Sends(Encoding.ASCII.GetBytes(Status + "\n"));
        world.Turn();
        Assert.False(slow.Closed);
        world.System.Advance(ControlConnection.IdleMs + 1);
        world.Turn(2);
        Assert.True(slow.Closed);
    }

    [Fact]
    public void Idle_connections_end_and_there_are_never_more_than_sixteen()
    {
        Given.World world = Running(Given.External());
        int before = world.System.OpenCount;
        List<FakePeer> peers = [];
        for (int i = 0; i < ControlServer.MostConnections + 3; i++)
        {
            peers.Add(Connect(world, ""));
            world.Turn();
        }

        Assert.Equal(3, peers.Count(peer => peer.Closed));
        Assert.Contains("too many", peers[^1].Received);
        world.System.Advance(ControlConnection.IdleMs + 1);
        world.Turn(2);
        Assert.All(peers, peer => Assert.True(peer.Closed));
        Assert.Equal(before, world.System.OpenCount);
        Assert.Equal(4, Ask(world, Status).Count + 1);
    }

    [Fact]
    public void Many_sessions_are_listed_up_to_a_bound_and_counted_beyond_it()
    {
        Given.World world = Running(Given.External());
        for (int i = 0; i < 20_000; i++)
        {
            world.System.Connect(2000, Given.PeerAt(10, (byte)(i >> 16), (byte)(i >> 8), (byte)i));
        }

        world.Turn(5_000);
        FakePeer peer = Connect(world, Status + "\n");
        world.Turn(4);
        JsonElement service = Lines(peer)[1];
        int listed = service.GetProperty("sessions").GetArrayLength();
        Assert.InRange(listed, 1000, 19_999);
        Assert.Equal(20_000 - listed, service.GetProperty("sessionsOmitted").GetInt64());
        Assert.InRange(peer.Outbound.Count, 1, StatusReport.SessionsUpTo + 8192);
    }

    [Fact]
    public void Reload_is_answered_when_it_is_done_with_what_it_opened_and_closed()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        world.Next = Given.Configuration(
            Given.External(2000, "a") with { OnlyFrom = [AddressPattern.Network(IpAddress.FromV4(0x7f000001), 128, default)] },
            Given.External(2002, "c"));
        List<JsonElement> lines = AskForReload(world);
        Assert.Equal(
            ["opened *:2002/tcp c", "closed *:2001/tcp b", "narrowed *:2000/tcp a"],
            lines.Where(line => Type(line) == "exposure").Select(line => $"{line.GetProperty("change")} {line.GetProperty("where")} {line.GetProperty("service")}"));
        JsonElement counts = Assert.Single(lines, line => Type(line) == "reloaded");
        Assert.Equal((1, 1, 1), (counts.GetProperty("new").GetInt32(), counts.GetProperty("old").GetInt32(), counts.GetProperty("dropped").GetInt32()));
        Assert.True(lines[^1].GetProperty("ok").GetBoolean());
        Assert.Contains("INFO: exposure: opened *:2002/tcp (c): everybody may come in", world.DaemonLog);
        Assert.Contains("INFO: exposure: narrowed *:2000/tcp (a): fewer peers may come in", world.DaemonLog);
    }

    [Fact]
    public void A_reload_that_is_refused_says_why()
    {
        Given.World world = Running(Given.External());
        world.Next = Given.Configuration() with { StructureBroken = true };
        JsonElement end = AskForReload(world)[^1];
        Assert.False(end.GetProperty("ok").GetBoolean());
        Assert.Contains("nothing was changed", end.GetProperty("error").GetString());
        world.Next = null;
        Assert.Contains("Please report it", AskForReload(world)[^1].GetProperty("error").GetString());
        Assert.True(world.Connect());
    }

    [Fact]
    public void Who_asks_during_a_reload_is_told_of_the_one_after_it()
    {
        Given.World world = Running(Given.External());
        world.Next = Given.Configuration(Given.External());
        world.System.Raise(Signal.HUP);
        world.Turn();

        // The first reload has read its files and waits for a turn of the loop.
        Assert.True(SpinWait.SpinUntil(() => world.Readings == 1, System.TimeSpan.FromSeconds(30)));
        world.Next = Given.Configuration(Given.External(), Given.External(2001, "late"));
        List<JsonElement> lines = AskForReload(world);
        Assert.Equal(1, Assert.Single(lines, line => Type(line) == "reloaded").GetProperty("new").GetInt32());
    }

    [Fact]
    public void A_client_that_goes_away_during_its_reload_harms_nobody()
    {
        Given.World world = Running(Given.External());
        world.Next = Given.Configuration(Given.External());
        FakePeer peer = Connect(world, """{"version":1,"verb":"reload"}""" + "\n");
        world.Turn(2);
        peer.Gone = true;
        Wait(world, () => peer.Closed && world.DaemonLog.Contains("Reconfigured:"));
        Assert.True(world.Connect());
    }

    [Fact]
    public void Stop_is_answered_and_ends_the_loop_and_the_name_goes()
    {
        Given.World world = Running(Given.External());
        FakePeer peer = Connect(world, """{"version":1,"verb":"stop"}""" + "\n");
        world.Keeper.Run();
        Assert.True(Lines(peer)[^1].GetProperty("ok").GetBoolean());
        Assert.Contains("Exiting...", world.DaemonLog);
        Assert.Empty(world.System.ControlPaths);
        Assert.Null(world.System.ListenerOn(2000));
    }

    [Theory]
    [InlineData((int)Errno.EADDRINUSE, "another daemon answers there")]
    [InlineData((int)Errno.EEXIST, "something that is no socket has that name")]
    [InlineData((int)Errno.EACCES, "Permission denied")]
    public void Where_it_cannot_listen_the_daemon_says_so_and_serves(int error, string words)
    {
        Given.World world = Given.Running(Given.External());
        world.System.ControlError = (Errno)error;
        world.Keeper.OpenControl(Path);
        Assert.Contains($"no control socket at {Path}: {words}", world.DaemonLog);
        Assert.True(world.Connect());
    }

    [Fact]
    public void When_no_descriptor_is_left_it_rests_instead_of_spinning_and_answers_later()
    {
        Given.World world = Running(Given.External());
        world.System.AcceptError = Errno.EMFILE;
        FakePeer peer = Connect(world, Status + "\n");
        long before = world.System.MonotonicMs;
        world.Turn(4);
        Assert.InRange(world.System.MonotonicMs - before, 100, 10_000);
        Assert.False(peer.Closed);
        world.System.AcceptError = Errno.None;
        Wait(world, () => peer.Closed);
        Assert.True(Lines(peer)[^1].GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        Given.World world = Running(Given.BuiltIn(BuiltInService.Daytime));
        Rouse.Server.Listening.Service service = world.Keeper.Services[0];
        int served = 0;
        long allocated = Allocated.AtLeast(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                service.CountServed();
                served++;
            }
        });
        Assert.Equal(0, allocated);
        Assert.Equal(served, service.Totals.Served);
    }

    private static bool IsService(JsonElement line) => Type(line) == "service";

    private static string? Type(JsonElement line) => line.GetProperty("type").GetString();

    private static Given.World Running(params ServiceDefinition[] services)
    {
        Given.World world = Given.Running(services);
        world.Keeper.OpenControl(Path);
        return world;
    }

    private static FakePeer Connect(Given.World world, string bytes)
    {
        FakePeer peer = new FakePeer().Sends(Encoding.ASCII.GetBytes(bytes));
        world.System.ConnectControl(peer);
        return peer;
    }

    private static List<JsonElement> Ask(Given.World world, string request)
    {
        FakePeer peer = Connect(world, request + "\n");
        world.Turn(4);
        return Lines(peer);
    }

    private static JsonElement Service(Given.World world) => Assert.Single(Ask(world, Status), IsService);

    private static List<JsonElement> AskForReload(Given.World world)
    {
        FakePeer peer = Connect(world, """{"version":1,"verb":"reload"}""" + "\n");
        Wait(world, () => peer.Received.Contains("\"type\":\"end\""));
        return Lines(peer);
    }

    private static void Wait(Given.World world, System.Func<bool> until)
    {
        for (int i = 0; i < 10_000 && !until(); i++)
        {
            world.Turn();
            Thread.Sleep(1);
        }

        Assert.True(until());
    }

    private static List<JsonElement> Lines(FakePeer peer) =>
        [.. peer.Received.Split('\n', System.StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
