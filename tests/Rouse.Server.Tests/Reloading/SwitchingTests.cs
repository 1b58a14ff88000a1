using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Backends;
using Rouse.Server.Tests.Fakes;
using Rouse.Server.Tests.Rpc;

namespace Rouse.Server.Tests.Reloading;

/// <summary>Services that are switched off and on over the control socket, until the next reload.</summary>
public sealed class SwitchingTests
{
    [Fact]
    public void A_disabled_service_closes_at_once_and_its_servers_go_on()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        world.Connect(2000);
        List<JsonElement> answer = Ask(world, "disable", "a");
        Assert.Equal("a disabled off [] 1", Switched(answer));
        Assert.Null(world.System.ListenerOn(2000));
        Assert.NotNull(world.System.ListenerOn(2001));
        Assert.Empty(world.System.Killed);
        Assert.Equal(1, world.Keeper.LiveServers);
        Assert.Equal(1, world.Keeper.ServiceCount);
        Assert.Contains("NOTICE: service a is disabled until the next reload; 1 session of it goes on", world.DaemonLog);
        Assert.Equal("off", State(world, "a"));
        Assert.Equal("a unchanged off [] 1", Switched(Ask(world, "disable", "a")));
    }

    [Fact]
    public void An_enabled_service_listens_again_and_counts_the_servers_that_it_had()
    {
        Given.World world = Running(Given.External() with { Instances = 1 });
        world.Connect();
        Ask(world, "disable", "server");
        Assert.Equal("server enabled listening [*:2000] 1", Switched(Ask(world, "enable", "server")));
        Assert.Equal(["server"], world.SwitchedOn);
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Contains("FAIL: server service_limit from=127.0.0.1", world.ServiceLines);
        Assert.Contains("NOTICE: service server is enabled until the next reload: it listens on *:2000/tcp", world.DaemonLog);
        Assert.Equal("server unchanged listening [*:2000] 1", Switched(Ask(world, "enable", "server")));
    }

    [Fact]
    public void A_service_that_the_files_disable_is_opened_and_nothing_else_that_they_have_changed()
    {
        Given.World world = Running(Given.External(2000, "a"));
        world.Next = Given.Configuration(Given.External(2009, "a"), Given.External(2002, "c"));
        world.NextSwitched = Given.Configuration(Given.External(2009, "a"), Given.External(2001, "b"), Given.External(2002, "c"));
        Assert.Equal("b enabled listening [*:2001] 0", Switched(Ask(world, "enable", "b")));
        Assert.NotNull(world.System.ListenerOn(2000));
        Assert.Null(world.System.ListenerOn(2002));
        Assert.Null(world.System.ListenerOn(2009));
        world.Connect(2001);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal(["daemon", "service", "end"], Ask(world, "status", "b").Select(Type));
    }

    [Fact]
    public void A_reload_brings_the_state_of_the_files_back_and_tells_what_it_opens_and_closes()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "kept"));
        world.NextSwitched = Given.Configuration(Given.External(2000, "a"), Given.External(2001, "kept"), Given.External(2002, "b"));
        Ask(world, "disable", "a");
        Ask(world, "enable", "b");
        world.Connect(2002);
        int server = world.System.LastPid;
        List<JsonElement> reload = Ask(world, "reload", "");
        Assert.Equal(
            ["opened *:2000/tcp a", "closed *:2002/tcp b"],
            reload.Where(line => Type(line) == "exposure").Select(line => $"{line.GetProperty("change")} {line.GetProperty("where")} {line.GetProperty("service")}"));
        Assert.NotNull(world.System.ListenerOn(2000));
        Assert.Null(world.System.ListenerOn(2002));
        Assert.Equal([server], world.System.Killed);
        Assert.Equal("listening", State(world, "a"));
        Assert.Contains("service a is not disabled any more", world.DaemonLog);
    }

    [Fact]
    public void What_is_off_and_goes_with_the_reload_is_not_told_as_closed()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        Ask(world, "disable", "a");
        world.Next = Given.Configuration(Given.External(2001, "b"));
        List<JsonElement> reload = Ask(world, "reload", "");
        Assert.DoesNotContain(reload, line => Type(line) == "exposure");
        Assert.True(Ask(world, "status", "a")[^1].GetProperty("unknown").GetBoolean());
    }

    [Fact]
    public void An_entry_that_has_become_wrong_keeps_what_is_off_off()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        Ask(world, "disable", "a");
        world.Reload(Given.Configuration(Given.External(2001, "b")) with { Broken = [new BrokenService("a", "a", default)] });
        Assert.Null(world.System.ListenerOn(2000));
        Assert.Contains("service a: its entry has an error (see above), so it stays off", world.DaemonLog);
    }

    [Fact]
    public void A_service_that_moved_while_it_was_off_is_opened_where_the_files_have_it()
    {
        Given.World world = Running(Given.External(2000, "a"));
        world.Connect(2000);
        Ask(world, "disable", "a");
        world.Next = Given.Configuration(Given.External(2005, "a"));
        Assert.Equal("a enabled listening [*:2005] 0", Switched(Ask(world, "enable", "a")));
        Assert.Empty(world.System.Killed);
        Assert.Single(Ask(world, "status", ""), line => Type(line) == "service");
        world.End(world.System.LastPid);
        Assert.Equal(0, world.Keeper.LiveServers);
    }

    [Theory]
    [InlineData("enable")]
    [InlineData("restart")]
    public void Nothing_changes_where_it_cannot_be_opened(string verb)
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        Ask(world, "disable", "a");

        // The two requests that follow have a connection each.
        int open = world.System.OpenCount + 2;
        world.System.ListenError = Errno.EADDRINUSE;
        List<JsonElement> answer = Ask(world, verb, "a");
        Assert.Contains("Address already in use", Error(answer));
        Assert.Contains("nothing was changed", Error(answer));
        Assert.Equal("off", State(world, "a"));
        Assert.Equal(open, world.System.OpenCount);

        // Nothing is tried again behind the administrator's back.
        world.System.ListenError = Errno.None;
        world.System.Advance(10_000);
        world.Turn(3);
        Assert.Null(world.System.ListenerOn(2000));
        Assert.Contains("'a' was not enabled", world.DaemonLog);
    }

    [Fact]
    public void Of_several_services_of_one_name_all_are_opened_or_none()
    {
        ServiceDefinition stream = Given.External(2000, "echo") with { Id = "echo-stream" };
        ServiceDefinition other = Given.External(2001, "echo") with { Id = "echo-other" };
        Given.World world = Running(stream, other, Given.External(2003, "b"));
        Assert.Equal("echo-stream disabled off [] 0; echo-other disabled off [] 0", Switched(Ask(world, "disable", "echo")));
        world.Next = Given.Configuration(stream, other with { Port = 2003 });
        Assert.Contains("echo-other", Error(Ask(world, "enable", "echo")));
        Assert.Null(world.System.ListenerOn(2000));
        world.Next = Given.Configuration(stream, other);
        Assert.Equal("echo-stream enabled listening [*:2000] 0; echo-other enabled listening [*:2001] 0", Switched(Ask(world, "enable", "echo")));
        Assert.Equal("echo-other disabled off [] 0", Switched(Ask(world, "disable", "echo-other")));
        Assert.NotNull(world.System.ListenerOn(2000));
    }

    [Fact]
    public void Services_of_one_id_at_two_addresses_are_each_opened_where_they_were()
    {
        ServiceDefinition first = Given.External() with { BindAddresses = [IpAddress.FromV4(0x7f000001)] };
        ServiceDefinition second = first with { BindAddresses = [IpAddress.FromV4(0x7f000002)] };
        Given.World world = Running(first, second);
        string both = "server {0} listening [127.0.0.1:2000] 0; server {0} listening [127.0.0.2:2000] 0";
        Assert.Equal("server disabled off [] 0; server disabled off [] 0", Switched(Ask(world, "disable", "server")));
        Assert.Equal(string.Format(null, both, "enabled"), Switched(Ask(world, "enable", "server")));
        Assert.Equal(string.Format(null, both, "unchanged"), Switched(Ask(world, "enable", "server")));
        Assert.Equal(string.Format(null, both, "restarted"), Switched(Ask(world, "restart", "server")));

        // One of them has moved: it is that one which moves.
        world.Next = Given.Configuration(first with { BindAddresses = [IpAddress.FromV4(0x7f000003)] }, second);
        Assert.Equal("server restarted listening [127.0.0.3:2000] 0; server restarted listening [127.0.0.2:2000] 0", Switched(Ask(world, "restart", "server")));
    }

    [Fact]
    public void What_is_wrong_in_the_files_is_told_and_nothing_changes()
    {
        Given.World world = Running(Given.External(2000, "a"));
        Assert.True(Ask(world, "disable", "nothing")[^1].GetProperty("unknown").GetBoolean());
        Assert.True(Ask(world, "enable", "nothing")[^1].GetProperty("unknown").GetBoolean());
        Assert.Contains("is missing", Error(Ask(world, "enable", "")));

        SourceSpans spans = new("service x\n{\n bad\n}\nservice y\n{\n worse\n}\n");
        world.Next = Given.Configuration(Given.External(2000, "a")) with
        {
            Broken = [new BrokenService("x", "x", spans.At("x\n")), new BrokenService("y", "y", spans.At("y\n"))],
            Diagnostics =
            [
                new Diagnostic("RS0001", Severity.Error, spans.At("bad"), "this is bad"), new Diagnostic("RS0001", Severity.Error, spans.At("worse"), "this is worse"),
            ],
        };
        List<JsonElement> broken = Ask(world, "enable", "x");
        Assert.Contains("this is bad", Assert.Single(broken, line => Type(line) == "finding").GetProperty("text").GetString());
        Assert.Contains("has an error", Error(broken));
        Assert.Contains("this is bad", world.DaemonLog);
        Assert.DoesNotContain("this is worse", world.DaemonLog);

        world.Next = Given.Configuration() with { StructureBroken = true };
        Assert.Contains("cannot be understood", Error(Ask(world, "enable", "a")));
        world.Next = null;
        Assert.Contains("Please report it", Error(Ask(world, "enable", "a")));
        Assert.True(world.Connect(2000));
    }

    [Fact]
    public void What_is_disabled_during_a_reload_stays_off_until_the_one_after_it()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        world.MayRead.Reset();
        FakePeer first = Send(world, "reload", "");
        FakePeer second = Send(world, "reload", "");
        world.Settle(4);
        Assert.Equal("a disabled off [] 0", Switched(Ask(world, "disable", "a")));
        world.MayRead.Set();
        world.TurnUntil(() => IsAnswered(first) && IsAnswered(second));

        // Both were asked for before it was disabled.
        Assert.Null(world.System.ListenerOn(2000));
        Ask(world, "reload", "");
        Assert.NotNull(world.System.ListenerOn(2000));
    }

    [Fact]
    public void What_is_disabled_during_a_reload_stays_off_also_where_the_reload_replaces_it()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        ServiceDefinition[] moved = [Given.External(2005, "a"), Given.External(2006, "b")];
        world.Next = Given.Configuration(moved);
        world.MayRead.Reset();
        FakePeer reload = Send(world, "reload", "");
        world.Settle(4);
        Assert.Equal("a disabled off [] 0", Switched(Ask(world, "disable", "a")));
        FakePeer enable = Send(world, "enable", "b");
        FakePeer disable = Send(world, "disable", "nobody");
        world.Settle(4);
        Assert.Contains("\"unknown\":true", disable.Received);
        world.MayRead.Set();
        world.TurnUntil(() => IsAnswered(reload) && IsAnswered(enable));
        Assert.Null(world.System.ListenerOn(2000));
        Assert.Null(world.System.ListenerOn(2005));
        Assert.NotNull(world.System.ListenerOn(2006));
        Assert.Equal("off", State(world, "a"));
        Assert.Contains("NOTICE: service a stays disabled until the next reload: that was asked for after this one", world.DaemonLog);

        // What the reload tells is what it has done.
        Assert.DoesNotContain(Lines(reload), line => Type(line) == "exposure" && line.GetProperty("service").GetString() == "a");
        Assert.Contains("exposure: opened *:2006/tcp (b)", world.DaemonLog);
        Assert.DoesNotContain("*:2005", world.DaemonLog);

        // It is a service as any other one that is off.
        Assert.Equal("a enabled listening [*:2005] 0", Switched(Ask(world, "enable", "a")));
        Ask(world, "disable", "a");
        Ask(world, "reload", "");
        Assert.NotNull(world.System.ListenerOn(2005));
    }

    [Fact]
    public void What_is_enabled_again_during_a_reload_that_replaces_it_is_on()
    {
        Given.World world = Running(Given.External(2000, "a"));
        world.Next = Given.Configuration(Given.External(2005, "a"));
        world.MayRead.Reset();
        FakePeer first = Send(world, "reload", "");
        world.Settle(4);
        Ask(world, "disable", "a");
        FakePeer enable = Send(world, "enable", "a");
        world.Settle(4);
        world.MayRead.Set();
        world.TurnUntil(() => IsAnswered(first) && IsAnswered(enable));
        Assert.Equal("a enabled listening [*:2005] 0", Switched(Lines(enable)));

        // A reload that is asked for after a disable goes by the files.
        world.MayRead.Reset();
        FakePeer second = Send(world, "reload", "");
        world.Settle(4);
        Ask(world, "disable", "a");
        FakePeer third = Send(world, "reload", "");
        world.Settle(4);
        world.Next = Given.Configuration(Given.External(2007, "a"));
        world.MayRead.Set();
        world.TurnUntil(() => IsAnswered(second) && IsAnswered(third));
        Assert.NotNull(world.System.ListenerOn(2007));
    }

    [Fact]
    public void What_is_disabled_while_it_is_being_enabled_stays_off()
    {
        Given.World world = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        world.Next = Given.Configuration(Given.External(2000, "a"), Given.External(2001, "b"), Given.External(2002, "c"));
        Ask(world, "disable", "a");
        world.MayRead.Reset();
        FakePeer enabling = Send(world, "enable", "a");
        FakePeer waiting = Send(world, "enable", "c");
        world.Settle(4);
        Ask(world, "disable", "a");
        Ask(world, "disable", "c");
        world.MayRead.Set();
        world.TurnUntil(() => IsAnswered(enabling) && IsAnswered(waiting));
        Assert.Contains("disabled meanwhile", enabling.Received);
        Assert.Contains("disabled meanwhile", waiting.Received);
        Assert.Null(world.System.ListenerOn(2000));
        Assert.Null(world.System.ListenerOn(2002));
    }

    [Fact]
    public void A_reload_that_is_asked_for_after_an_enable_comes_after_it()
    {
        Given.World world = Running(Given.External(2000, "a"));
        world.NextSwitched = Given.Configuration(Given.External(2000, "a"), Given.External(2001, "b"));
        world.MayRead.Reset();
        FakePeer enabling = Send(world, "enable", "b");
        world.Settle(4);
        FakePeer reloading = Send(world, "reload", "");
        world.Settle(4);
        world.MayRead.Set();
        world.TurnUntil(() => IsAnswered(reloading));
        Assert.Equal("b enabled listening [*:2001] 0", Switched(Lines(enabling)));
        Assert.Contains("\"change\":\"closed\",\"service\":\"b\"", reloading.Received);
        Assert.Null(world.System.ListenerOn(2001));
    }

    [Fact]
    public void A_server_that_has_the_socket_of_a_wait_service_keeps_it_and_no_other_is_opened_beside_it()
    {
        ServiceDefinition tftp = Given.Dgram(Given.External(2069, "tftp"));
        Given.World world = Running(tftp, Given.External(2001, "b"));
        world.System.SendDatagram(2069, Given.Peer, [1]);
        world.Turn();
        int server = world.System.LastPid;
        List<JsonElement> off = Ask(world, "disable", "tftp");
        Assert.Equal("tftp disabled off [] 1", Switched(off));
        Assert.True(off[0].GetProperty("socketLent").GetBoolean());
        Assert.Contains($"its server (process {server}) still has the socket", Error(Ask(world, "enable", "tftp")));

        // The reload does not wait for it; the service listens as soon as it can.
        world.Reload(Given.Configuration(tftp, Given.External(2001, "b")));
        Assert.Equal("waiting for address", State(world, "tftp"));
        world.End(server);
        Assert.Equal("listening", State(world, "tftp"));
        world.System.SendDatagram(2069, Given.Peer, [2]);
        world.Turn();
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void A_wait_service_is_off_also_when_its_server_has_ended()
    {
        Given.World world = Running(Given.External() with { Wait = true });
        world.System.Connect(2000, Given.Peer);
        world.Turn();
        Assert.Contains("still has the socket", Error(Ask(world, "restart", "server")));
        Assert.Equal("served", State(world, "server"));
        Ask(world, "disable", "server");
        world.End(world.System.LastPid);
        world.Turn(3);
        Assert.Null(world.System.ListenerOn(2000));
        Assert.Equal("off", State(world, "server"));
        Assert.Equal("server enabled listening [*:2000] 0", Switched(Ask(world, "enable", "server")));
    }

    [Fact]
    public void A_resident_server_is_exchanged_by_a_restart_and_its_socket_stays_open()
    {
        ServiceDefinition resident = Given.External() with { Wait = true, Start = new StartMode { Kind = StartKind.Resident } };
        Given.World world = Running(resident);
        int pid = world.System.LastPid;
        FakeFile socket = world.System.ListenerOn(2000)!;
        Assert.Equal("server restarted served [*:2000] 1", Switched(Ask(world, "restart", "server")));
        Assert.Contains(pid, world.System.Killed);
        world.End(pid);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Same(socket, world.System.ListenerOn(2000));
        Assert.Contains("is ended and another one started, because that was asked for", world.DaemonLog);
    }

    [Fact]
    public void The_status_tells_how_each_server_is_started_and_what_those_do_that_outlive_their_connections()
    {
        ServiceDefinition resident = Given.External() with { Wait = true, Start = new StartMode { Kind = StartKind.Resident } };
        Given.World world = Running(resident, BackendWorld.Web with { Port = 2001 }, Given.External(2002, "usual"));
        JsonElement[] services = [.. Ask(world, "status", "").Where(line => Type(line) == "service")];
        Assert.Equal(["resident", "on-demand-resident", "on-demand"], services.Select(line => line.GetProperty("start").GetString()));
        JsonElement running = services[0].GetProperty("resident");
        Assert.Equal(("running", world.System.LastPid), (running.GetProperty("state").GetString(), running.GetProperty("pid").GetInt32()));
        JsonElement backend = services[1].GetProperty("backend");
        Assert.Equal(("asleep", "127.0.0.1:8080"), (backend.GetProperty("state").GetString(), backend.GetProperty("place").GetString()));
        Assert.Equal(JsonValueKind.Null, backend.GetProperty("lastSlept").ValueKind);
        Assert.False(services[2].TryGetProperty("resident", out _) || services[2].TryGetProperty("backend", out _));
        world.End(world.System.LastPid, status: 1);
        running = Ask(world, "status", "server").Single(line => Type(line) == "service").GetProperty("resident");
        Assert.Contains("has ended with status 1", running.GetProperty("why").GetString());
    }

    [Fact]
    public void A_restarted_service_is_closed_and_opened_as_the_files_have_it()
    {
        Given.World world = Running(Given.External());
        world.Connect();
        FakeFile? before = world.System.ListenerOn(2000);
        world.Next = Given.Configuration(Given.External() with { Arguments = ["server", "-new"] });
        Assert.Equal("server restarted listening [*:2000] 1", Switched(Ask(world, "restart", "server")));
        Assert.NotSame(before, world.System.ListenerOn(2000));
        Assert.Empty(world.System.Killed);
        world.Connect();
        Assert.Equal(["server", "-new"], world.System.Spawned[1].Spec.Arguments);
        Ask(world, "disable", "server");
        Assert.Equal("server enabled listening [*:2000] 2", Switched(Ask(world, "restart", "server")));

        // Where the files move it to an address that another one has, it stays where it was.
        Given.World second = Running(Given.External(2000, "a"), Given.External(2001, "b"));
        second.Next = Given.Configuration(Given.External(2001, "a"));
        Assert.Contains("another service, has its address", Error(Ask(second, "restart", "a")));
        Assert.True(second.Connect(2000));
        Assert.Equal("listening", State(second, "a"));
    }

    [Fact]
    public void Connections_that_the_daemon_answers_itself_go_on()
    {
        Given.World world = Running(Given.BuiltIn(BuiltInService.Echo), Given.External());
        FakePeer peer = new();
        world.Connect(2007, end: peer);
        Assert.Equal("echo disabled off [] 1", Switched(Ask(world, "disable", "echo")));
        peer.Sends("still here"u8);
        world.Turn(2);
        Assert.Equal("still here", peer.Received);
        world.System.Raise(Signal.ABRT);
        world.Turn();
        Assert.Contains("Consistency check passed", world.DaemonLog);
    }

    [Fact]
    public void A_service_behind_the_multiplexer_is_not_available_while_it_is_off()
    {
        ServiceDefinition mux = Given.BuiltIn(BuiltInService.Tcpmux, 2001);
        ServiceDefinition behind = Given.External(0, "plain") with { Types = ServiceTypes.Tcpmux | ServiceTypes.Unlisted };
        Given.World world = Running(mux, behind);
        Ask(world, "disable", "plain");
        Assert.Equal("-Service not available\r\n", AskMultiplexer(world, "plain\r\n"));
        Assert.Equal("", AskMultiplexer(world, "help\r\n"));
        Assert.Equal("plain enabled listening [] 0", Switched(Ask(world, "enable", "plain")));
        AskMultiplexer(world, "plain\r\n");
        Assert.Equal(1, world.System.SpawnCount);
        Ask(world, "disable", "plain");
        JsonElement opened = Assert.Single(Ask(world, "reload", ""), line => Type(line) == "exposure");
        Assert.Equal("opened tcpmux/tcp", $"{opened.GetProperty("change")} {opened.GetProperty("where")}");
    }

    [Fact]
    public void The_portmapper_learns_of_both()
    {
        ServiceDefinition rpc = RpcServiceTests.Service(1, 2);
        (Given.World world, FakePortmapper portmapper) = RpcServiceTests.Running(rpc);
        world.Keeper.OpenControl(Path);
        world.Turn(20);
        string registered = portmapper.Registered;
        Assert.NotEqual("", registered);
        Ask(world, "disable", rpc.Name);
        world.Turn(20);
        Assert.Equal("", portmapper.Registered);
        Ask(world, "enable", rpc.Name);
        world.Turn(20);
        Assert.Equal(registered, portmapper.Registered);
    }

    [Fact]
    public void A_service_out_for_cps_stays_off_and_listens_at_once_when_it_is_enabled()
    {
        Given.World world = Running(Given.External() with { Cps = new CpsLimit(2, 30) });
        for (int i = 0; i < 3; i++)
        {
            world.Connect();
        }

        Assert.Equal("out of service", State(world, "server"));
        Ask(world, "disable", "server");
        world.System.Advance(40_000);
        world.Turn(2);
        Assert.Equal("off", State(world, "server"));
        Ask(world, "enable", "server");
        Assert.True(world.Connect());
    }

    [Fact]
    public void The_last_service_that_is_disabled_does_not_end_the_daemon()
    {
        Given.World world = Running(Given.External());
        Ask(world, "disable", "server");
        world.Reload(Given.Configuration() with { Broken = [new BrokenService("server", "server", default)] });
        Assert.DoesNotContain("Exiting", world.DaemonLog);
        Assert.Equal("server enabled listening [*:2000] 0", Switched(Ask(world, "enable", "server", Given.Configuration(Given.External()))));
    }

    private const string Path = "/run/rouse/control.sock";

    private static string? Type(JsonElement line) => line.GetProperty("type").GetString();

    private static string Error(List<JsonElement> answer) => answer[^1].GetProperty("error").GetString()!;

    private static string State(Given.World world, string service) =>
        Assert.Single(Ask(world, "status", service), line => Type(line) == "service").GetProperty("state").GetString()!;

    // id, change, state, where it listens, sessions.
    private static string Switched(List<JsonElement> answer)
    {
        Assert.True(answer[^1].GetProperty("ok").GetBoolean(), answer[^1].ToString());
        return string.Join("; ", answer.Where(line => Type(line) == "switched").Select(line =>
            $"{line.GetProperty("id")} {line.GetProperty("change")} {line.GetProperty("state")} "
            + $"[{string.Join(',', line.GetProperty("listeners").EnumerateArray())}] {line.GetProperty("sessions")}"));
    }

    private static Given.World Running(params ServiceDefinition[] services)
    {
        Given.World world = Given.Running(services);
        world.Keeper.OpenControl(Path);
        return world;
    }

    private static FakePeer Send(Given.World world, string verb, string service)
    {
        FakePeer peer = new FakePeer().Sends(Encoding.ASCII.GetBytes($$"""{"version":1,"verb":"{{verb}}","service":"{{service}}"}""" + "\n"));
        world.System.ConnectControl(peer);
        return peer;
    }

    private static List<JsonElement> Ask(Given.World world, string verb, string service, Configuration? next = null)
    {
        world.Next = next ?? world.Next;
        FakePeer peer = Send(world, verb, service);
        world.TurnUntil(() => IsAnswered(peer));
        return Lines(peer);
    }

    private static bool IsAnswered(FakePeer peer) => peer.Received.Contains("\"type\":\"end\"");

    private static string AskMultiplexer(Given.World world, string line)
    {
        FakePeer end = new FakePeer().Sends(Encoding.ASCII.GetBytes(line));
        world.Connect(2001, end: end);
        world.Settle(2);
        return end.Received;
    }

    private static List<JsonElement> Lines(FakePeer peer) =>
        [.. peer.Received.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private sealed class SourceSpans(string text)
    {
        private readonly Rouse.Config.Text.SourceFile _file = new("/etc/x.conf", Encoding.ASCII.GetBytes(text));

        public Rouse.Config.Text.SourceSpan At(string words) => new(_file, text.IndexOf(words, StringComparison.Ordinal), 1);
    }
}
