using System;
using System.Linq;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Tests.Wrappers;

/// <summary>What the rules of tcp_wrappers ask delays only the connection that they ask about, and what they want done is done beside the daemon.</summary>
public sealed class WrapperTests
{
    private static readonly SocketAddress Friend = Given.PeerAt(10, 0, 0, 1);
    private static readonly SocketAddress Stranger = Given.PeerAt(10, 0, 0, 2);

    [Fact]
    public void A_name_in_a_rule_is_looked_up_away_from_the_loop()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "friend.example").Hang();
        Given.World world = Running(new FakeWrapperHost().Allow("server: friend.example\n").Deny("server: ALL\n"), resolver, Given.BuiltIn(BuiltInService.Daytime));
        world.Connect(peer: Friend);
        world.Connect(2007);
        Assert.Equal((0, 1), (world.System.SpawnCount, world.Keeper.Reception.Pending.Count));
        resolver.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 1);
        world.Connect(peer: Stranger);
        world.TurnUntil(() => world.Keeper.Reception.Pending.Count == 0);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Contains("FAIL: server libwrap from=10.0.0.2", world.ServiceLines);
    }

    [Fact]
    public void A_name_that_does_not_lead_back_is_paranoid()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "");
        Given.World world = Running(new FakeWrapperHost().Deny("ALL: PARANOID\n"), resolver);
        world.Connect(peer: Friend);
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        world.Connect(peer: Stranger);
        world.TurnUntil(() => world.System.SpawnCount == 1);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", world.ServiceLines[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_netgroup_is_asked_for_away_from_the_loop(bool isMember)
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("ALL: @trusted\n").Deny("ALL: ALL\n");
        rules.HangNetgroups();
        if (isMember)
        {
            rules.Members.Add(("trusted", "friend.example"));
        }

        Given.World world = Running(rules, new FakeResolver().With(Friend, "friend.example"));
        world.Connect(peer: Friend);
        world.TurnUntil(() => rules.Reads > 0 && world.Keeper.Reception.Pending.Count == 1);
        Assert.Equal(0, world.System.SpawnCount);
        rules.GoOn();
        world.TurnUntil(() => world.Keeper.Reception.Pending.Count == 0);
        Assert.Equal(isMember ? 1 : 0, world.System.SpawnCount);
    }

    [Fact]
    public void A_silent_netgroup_lets_nobody_in()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny("ALL: @foes\n");
        rules.HangNetgroups();
        Given.World world = Running(rules, new FakeResolver().With(Friend, "friend.example"));
        world.Connect(peer: Friend);
        world.TurnUntil(() => world.Keeper.Netgroups.Asked == 1);
        world.System.Advance(31_000);
        world.Turn(3);
        Assert.Equal((0, 0), (world.System.SpawnCount, world.Keeper.Reception.Pending.Count));
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
        rules.GoOn();
    }

    [Fact]
    public void Netgroup_questions_that_nobody_wants_any_more_are_passed_over()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny("ALL: @foes\n");
        rules.HangNetgroups();
        FakeResolver resolver = new();
        for (byte i = 1; i <= 6; i++)
        {
            resolver.With(Given.PeerAt(10, 0, 1, i), $"host{i}.example");
        }

        Given.World world = Running(rules, resolver);
        for (byte i = 1; i <= 5; i++)
        {
            world.System.Connect(2000, Given.PeerAt(10, 0, 1, i));
        }

        world.TurnUntil(() => world.Keeper.Netgroups.UnderWay == 5 && rules.NetgroupQuestions == 1);
        world.System.Advance(31_000);
        world.Turn(3);
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);

        // Somebody asks one of them again before its turn has come.
        world.System.Connect(2000, Given.PeerAt(10, 0, 1, 4));
        world.TurnUntil(() => world.Keeper.Reception.Pending.Count == 1 && world.Keeper.Netgroups.UnderWay == 5);
        world.Settle(3);
        rules.GoOn();
        world.TurnUntil(() => world.Keeper.Netgroups.UnderWay == 0);
        Assert.Equal(2, rules.NetgroupQuestions);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);
    }

    [Fact]
    public void One_netgroup_question_is_asked_once_for_all_who_want_the_answer()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("ALL: @trusted\n").Deny("ALL: ALL\n");
        rules.Members.Add(("trusted", "friend.example"));
        rules.HangNetgroups();
        Given.World world = Running(rules, new FakeResolver().With(Friend, "friend.example"));
        FakePeer gone = new();
        world.System.Connect(2000, Friend, gone);
        world.System.Connect(2000, Friend);
        world.System.Connect(2000, Friend);
        world.TurnUntil(() => rules.NetgroupQuestions == 1 && world.Keeper.Reception.Pending.Count == 3);
        world.Settle(3);
        rules.GoOn();
        world.TurnUntil(() => world.System.SpawnCount == 3);
        Assert.Equal(1, rules.NetgroupQuestions);
    }

    [Fact]
    public void Netgroup_questions_are_bounded_and_beyond_that_nobody_is_let_in()
    {
        FakeSystem system = new();
        Rouse.Server.Loop.EventLoop loop = new(system);
        FakeWrapperHost rules = new();
        rules.HangNetgroups();
        NetgroupLookUps lookUps = new(loop, rules);
        Counting awaiter = new();
        object question = new();
        for (int i = 0; i < NetgroupLookUps.MostUnderWay; i++)
        {
            Assert.True(lookUps.Ask("group", $"host{i}", awaiter, out question));
        }

        Assert.True(Soon(() => rules.NetgroupQuestions == 1));
        Assert.False(lookUps.Ask("group", "one more", awaiter, out _));
        Assert.True(lookUps.Ask("group", "host0", awaiter, out _));
        NetgroupLookUps.Withdraw(question);
        system.Advance(NetgroupLookUps.LimitMs);
        loop.Turn();
        Assert.Equal(NetgroupLookUps.MostUnderWay, awaiter.Told);
        rules.GoOn();
        Assert.True(Soon(() =>
        {
            loop.Turn();
            return lookUps.UnderWay == 0;
        }));
        Assert.Equal(1, rules.NetgroupQuestions);
    }

    [Fact]
    public void A_connection_waits_for_its_command_alone_and_holds_a_place()
    {
        Given.World world = Running(
            new FakeWrapperHost().Allow("server: ALL: spawn (mail %a)\n"), new FakeResolver(), Given.BuiltIn(BuiltInService.Daytime));
        world.Connect(peer: Friend);
        FakeSpawn command = Assert.Single(world.System.Spawned);
        Assert.Equal(["sh", "-c", "(mail 10.0.0.1)"], command.Spec.Arguments);
        Assert.Equal("", command.RemoteHost);
        Assert.Equal((1, 0), (world.Keeper.Services[0].Occupancy.Live, world.Keeper.LiveServers));
        world.Connect(2007);
        Assert.Equal(1, world.Keeper.Services[1].Totals.Served);
        world.End(command.Pid);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Equal("/bin/server", world.System.Spawned[1].Spec.Path);
        Assert.Equal((1, 0), (world.Keeper.Services[0].Occupancy.Live, world.Keeper.Commands.Count));
    }

    [Fact]
    public void A_command_that_does_not_end_is_not_waited_for_for_ever()
    {
        Given.World world = Running(new FakeWrapperHost().Allow("server: ALL: spawn sleep 1000\n"));
        world.Connect(peer: Friend);
        world.System.Advance(31_000);
        world.Turn(2);
        Assert.Equal(2, world.System.SpawnCount);
        world.End(world.System.Spawned[0].Pid);
        Assert.Equal(0, world.Keeper.Commands.Count);
    }

    [Fact]
    public void A_command_with_a_say_that_does_not_end_has_said_no()
    {
        Given.World world = Running(new FakeWrapperHost().Allow("server: ALL: aclexec sleep 1000\n").Deny("ALL: ALL\n"));
        world.Connect(peer: Friend);
        world.System.Advance(31_000);
        world.Turn(2);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
    }

    [Fact]
    public void A_command_that_has_not_become_the_shell_has_failed()
    {
        Given.World world = Running(new FakeWrapperHost().Allow("server: ALL: aclexec test\n").Deny("ALL: ALL\n"));
        world.Connect(peer: Friend);
        int command = world.System.LastPid;
        world.System.LateFailures.Add(command, new LaunchFailure(LaunchStage.User, Errno.EAGAIN));
        world.Keeper.ChildEnded(new ChildExit(command, 127, -1));
        world.Turn(2);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
        Assert.Contains("a command of the tcp_wrappers rules cannot be started: Resource temporarily unavailable", world.DaemonLog, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_hangs_is_ended_with_what_it_has_started()
    {
        Given.World world = Running(new FakeWrapperHost().Allow("server: ALL: spawn sleep 1000\n"));
        world.System.KeepsTime = true;
        world.Connect(peer: Friend);
        int command = world.System.LastPid;
        world.System.Descendants.Add((5000, command, command));
        world.System.Advance(WrapperCommands.LimitMs);
        world.Turn();
        Assert.Equal(2, world.System.SpawnCount);
        world.System.Advance(WrapperCommands.EndMs - WrapperCommands.LimitMs - 1);
        world.Turn();
        Assert.Empty(world.System.Killed);
        world.System.Advance(1);
        world.Turn();
        Assert.Equal([(command, Signal.TERM), (5000, Signal.TERM)], Killed(world));
        Assert.Contains($"command with pid {command} has not ended within 300 seconds: it is ended", world.DaemonLog, StringComparison.Ordinal);

        // Its shell ends; what does not listen to the signal is killed all the same.
        world.System.Killed.Clear();
        world.System.KilledWith.Clear();
        world.End(command);
        Assert.Equal(0, world.Keeper.Commands.Count);
        world.System.Advance(WrapperCommands.GraceMs);
        world.Turn();
        Assert.Equal([(5000, Signal.KILL)], Killed(world));
    }

    [Fact]
    public void A_command_that_ends_is_left_alone_and_so_is_one_that_nobody_waits_for_before_its_time()
    {
        Given.World world = new(
            Given.Configuration(Given.Dgram(Given.External())), wrappers: new FakeWrapperHost().Deny("server: ALL: spawn mail\n"));
        world.System.KeepsTime = true;
        world.System.SendDatagram(2000, Friend, [1]);
        world.Turn();
        int quick = world.System.LastPid;
        world.System.SendDatagram(2000, Friend, [1]);
        world.Turn();
        int slow = world.System.LastPid;
        world.End(quick);
        world.System.Advance(WrapperCommands.EndMs);
        world.Turn();
        Assert.Equal([(slow, Signal.TERM)], Killed(world));
        world.System.Advance(WrapperCommands.GraceMs);
        world.Turn();
        Assert.Equal((slow, Signal.KILL), Killed(world)[^1]);
        world.End(slow);
        world.System.Advance(WrapperCommands.EndMs);
        world.Turn();
        Assert.Equal(2, world.System.Killed.Count);
    }

    [Fact]
    public void A_service_whose_commands_hang_leaves_room_for_the_commands_of_others()
    {
        Given.World world = new(
            Given.Configuration(Given.Dgram(Given.External()), Given.Dgram(Given.External(3000, "other"))),
            wrappers: new FakeWrapperHost().Deny("ALL: ALL: spawn mail\n"));
        world.System.KeepsTime = true;
        for (int i = 0; i < 300; i++)
        {
            world.System.SendDatagram(2000, Friend, [1]);
            world.Turn();
        }

        int ofOne = world.System.SpawnCount;
        Assert.Equal(WrapperCommands.Most / 2, ofOne);
        Assert.Contains("server: as many commands of the tcp_wrappers rules run for it already as there is room for others", world.DaemonLog, StringComparison.Ordinal);
        world.System.SendDatagram(3000, Friend, [1]);
        world.Turn();
        Assert.Equal(ofOne + 1, world.System.SpawnCount);
    }

    [Fact]
    public void A_service_that_closes_takes_the_connections_along_that_wait_for_commands()
    {
        Given.World world = Running(new FakeWrapperHost().Allow("server: ALL: spawn true\n"));
        int open = world.System.OpenCount;
        world.Connect(peer: Friend);
        world.Reload(Given.Configuration(Given.BuiltIn(BuiltInService.Daytime)));
        world.End(world.System.Spawned[0].Pid);
        Assert.Equal((1, 0, 0), (world.System.SpawnCount, world.Keeper.Reception.Pending.Count, world.Keeper.Commands.Count));
        Assert.InRange(world.System.OpenCount, 0, open + 1);
    }

    [Fact]
    public void A_twisted_connection_is_a_server_of_its_service()
    {
        Given.World world = Running(new FakeWrapperHost().Deny("server: ALL: twist /bin/echo no %d\n"));
        world.Connect(peer: Friend);
        FakeSpawn twisted = Assert.Single(world.System.Spawned);
        Assert.Equal(["sh", "-c", "/bin/echo no server"], twisted.Spec.Arguments);
        Assert.Equal(1, world.Keeper.LiveServers);
        world.End(twisted.Pid);
        Assert.Equal((0, 0), (world.Keeper.LiveServers, world.Keeper.Services[0].Occupancy.Live));
        Assert.Equal(["START: server pid=1000 from=10.0.0.1", "EXIT: server status=0 pid=1000 duration=0(sec)"], world.ServiceLines.ToArray());
    }

    [Fact]
    public void Options_change_the_server_of_this_connection_only()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("server: 10.0.0.1: nice 3: umask 077: setenv WHO %a: user nobody\nserver: ALL\n");
        Given.World world = Running(rules);
        world.Connect(peer: Friend);
        world.TurnUntil(() => world.System.SpawnCount == 1);
        world.Connect(peer: Stranger);
        ServerSpec changed = world.System.Spawned[0].Spec, plain = world.System.Spawned[1].Spec;
        Assert.Equal((3, 63, 65534u, 65534u), (changed.Nice, changed.Umask, changed.Uid, changed.Gid));
        Assert.Equal([65534u, 7u], changed.Groups);
        Assert.Contains("WHO=10.0.0.1", changed.Environment);
        Assert.Equal((0, null), (plain.Nice, plain.Uid));
    }

    [Fact]
    public void A_name_that_is_an_alias_is_paranoid_for_rules()
    {
        FakeResolver resolver = new FakeResolver { GivesAliases = true }.With(Friend, "friend.example");
        Given.World world = Running(new FakeWrapperHost().Allow("server: friend.example\n").Deny("server: PARANOID\n"), resolver);
        world.Connect(peer: Friend);
        world.TurnUntil(() => world.ServiceLines.Length == 1);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", world.ServiceLines[0]);
    }

    [Fact]
    public void A_setting_that_names_no_variable_serves_nobody()
    {
        Given.World world = Running(new FakeWrapperHost().Allow("server: ALL: setenv A=B x\n"));
        world.Connect(peer: Friend);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
    }

    [Theory]
    [InlineData("user stranger")]
    [InlineData("group strangers")]
    public void An_account_that_is_not_known_serves_nobody(string option)
    {
        Given.World world = Running(new FakeWrapperHost().Allow($"server: ALL: {option}\n"));
        world.Connect(peer: Friend);
        world.TurnUntil(() => world.ServiceLines.Length > 0);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
        Assert.Contains("there is no", world.DaemonLog, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_with_a_user_of_its_own_cannot_be_given_another()
    {
        ServiceDefinition service = Given.External() with { User = new UserEntry("daemon", 1, 1) };
        Given.World world = new(Given.Configuration(service), wrappers: new FakeWrapperHost().Allow("server: ALL: user nobody\n"));
        world.Connect(peer: Friend);
        world.TurnUntil(() => world.ServiceLines.Length > 0);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Contains("cannot become 'nobody'", world.DaemonLog, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("twist /bin/echo no", 0, 0)]
    [InlineData("aclexec true", 0, 0)]
    [InlineData("spawn mail", 2, 0)]
    [InlineData("nice 5", 1, 5)]
    public void Without_a_connection_of_its_own_twist_and_aclexec_refuse(string option, int spawned, int nice)
    {
        Given.World world = new(
            Given.Configuration(Given.Dgram(Given.External())), wrappers: new FakeWrapperHost().Allow($"server: ALL: {option}\n"));
        world.System.SendDatagram(2000, Friend, [1]);
        world.Turn();
        Assert.Equal(spawned, world.System.SpawnCount);
        if (spawned == 0)
        {
            Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
            Assert.Contains("needs a connection of its own", world.DaemonLog, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(("/bin/server", nice), (world.System.Spawned[^1].Spec.Path, world.System.Spawned[^1].Spec.Nice));
        }
    }

    /// <summary>When too many wait, a name cannot be asked for: a rule that would shut it out must not be passed over.</summary>
    [Fact]
    public void A_name_that_cannot_be_asked_for_lets_nobody_in()
    {
        FakeResolver resolver = new FakeResolver().With(Friend, "foe.example").Hang();
        Given.World world = Running(new FakeWrapperHost().Deny("server: foe.example\n"), resolver);
        for (int i = 0; i < 2000; i++)
        {
            world.Connect(peer: Given.PeerAt(10, 1, (byte)(i / 250), (byte)(i % 250)));
        }

        world.Connect(peer: Friend);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Contains("FAIL: server libwrap from=10.0.0.1", world.ServiceLines);
        resolver.GoOn();
    }

    [Fact]
    public void An_option_that_becomes_too_long_lets_nobody_in()
    {
        Given.World world = Running(new FakeWrapperHost().Allow($"server: ALL: spawn echo {string.Concat(Enumerable.Repeat("%a", 950))}\n"));
        world.Connect(peer: Given.PeerAt(100, 100, 100, 100));
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal("FAIL: server libwrap from=100.100.100.100", Assert.Single(world.ServiceLines));
    }

    [Fact]
    public void Commands_are_bounded_in_number()
    {
        Given.World world = new(
            Given.Configuration(Given.Dgram(Given.External())), wrappers: new FakeWrapperHost().Deny("server: ALL: spawn mail\n"));
        for (int i = 0; i < 300; i++)
        {
            world.System.SendDatagram(2000, Given.PeerAt(10, 1, (byte)(i / 250), (byte)(i % 250)), [1]);
            world.Turn();
        }

        Assert.Equal(WrapperCommands.Most / 2, world.System.SpawnCount);
        Assert.Equal(300, world.ServiceLines.Length);
    }

    [Fact]
    public void A_twisted_connection_of_a_built_in_service_waits_on_its_socket()
    {
        Given.World world = new(
            Given.Configuration(Given.BuiltIn(BuiltInService.Echo)), wrappers: new FakeWrapperHost().Allow("ALL: ALL: twist cat\n"));
        world.Connect(2007, Friend);
        Assert.False(Assert.Single(world.System.Spawned).NonBlocking);
    }

    [Fact]
    public void Datagrams_of_a_server_for_all_peers_take_no_options_about_its_process()
    {
        ServiceDefinition service = Given.Dgram(Given.External()) with { Flags = ServiceFlags.Intercept };
        Given.World world = new(Given.Configuration(service), wrappers: new FakeWrapperHost().Allow("server: ALL: user nobody\n"));
        world.System.SendDatagram(2000, Friend, [1]);
        world.Turn();
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal("FAIL: server libwrap from=10.0.0.1", Assert.Single(world.ServiceLines));
    }

    [Fact]
    public void Storms_of_commands_leave_no_place_taken()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("server: ALL: aclexec test: spawn mail\n").Deny("ALL: 10.0.0.2: spawn shout\n");
        Given.World world = new(Given.Configuration(Given.External() with { Instances = 20, PerSource = 9 }), wrappers: rules);
        Random random = new(7);
        for (int round = 0; round < 400; round++)
        {
            world.Connect(peer: Given.PeerAt(10, 0, 0, (byte)random.Next(4)));
            while (world.System.Spawned.Count > 0 && random.Next(3) > 0)
            {
                FakeSpawn one = world.System.Spawned[random.Next(world.System.Spawned.Count)];
                world.System.Spawned.Remove(one);
                world.End(one.Pid, random.Next(2));
            }

            if (round % 50 == 49)
            {
                world.System.Advance(31_000);
                world.Turn(2);
            }
        }

        while (world.System.Spawned.Count > 0)
        {
            FakeSpawn one = world.System.Spawned[0];
            world.System.Spawned.RemoveAt(0);
            world.End(one.Pid);
        }

        Assert.Equal((0, 0, 0), (world.Keeper.Services[0].Occupancy.Live, world.Keeper.Gate.Processes, world.Keeper.Commands.Count));
        Assert.Equal(0, world.Keeper.Reception.Pending.Count);
    }

    private static bool Soon(Func<bool> condition) => System.Threading.SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30));

    private static (int Pid, int Signal)[] Killed(Given.World world) => [.. world.System.Killed.Zip(world.System.KilledWith)];

    private static Given.World Running(FakeWrapperHost rules, FakeResolver? resolver = null, params ServiceDefinition[] others) =>
        new(Given.Configuration([Given.External(), .. others]), resolver: resolver, wrappers: rules);

    private sealed class Counting : INetgroupAwaiter
    {
        public int Told { get; private set; }

        public void NetgroupIsKnown(bool? isMember)
        {
            Assert.Null(isMember);
            Told++;
        }
    }
}
