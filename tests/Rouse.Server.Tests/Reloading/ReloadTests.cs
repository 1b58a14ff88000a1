using System;
using System.Linq;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Reloading;

public sealed class ReloadTests
{
    [Fact]
    public void A_kept_service_keeps_its_socket_and_its_servers_and_takes_the_new_attributes()
    {
        Given.World world = Given.Running(Given.External());
        world.Connect();
        FakeFile? listener = world.System.ListenerOn(2000);
        world.Reload(Given.Configuration(Given.External() with { Arguments = ["server", "-new"] }));
        Assert.Same(listener, world.System.ListenerOn(2000));
        Assert.Empty(world.System.Killed);
        Assert.Equal(1, world.Keeper.LiveServers);
        world.Connect();
        Assert.Equal(["server", "-new"], world.System.Spawned[1].Spec.Arguments);
        Assert.Contains("Starting reconfiguration", world.DaemonLog);
        Assert.Contains("Swapping defaults", world.DaemonLog);
        Assert.Contains("readjusting service server", world.DaemonLog);
        Assert.Contains("Reconfigured: new=0 old=1 dropped=0 (services)", world.DaemonLog);
    }

    [Fact]
    public void Services_of_one_id_at_two_addresses_both_stay_at_a_reload_that_changes_nothing()
    {
        ServiceDefinition[] both = [At(1), At(2)];
        Given.World world = Given.Running(both);
        world.Connect();
        world.Reload(Given.Configuration(both));
        Assert.Contains("Reconfigured: new=0 old=2 dropped=0 (services)", world.DaemonLog);
        Assert.DoesNotContain("exposure:", world.DaemonLog, StringComparison.Ordinal);
        Assert.Empty(world.System.Killed);
        Assert.Equal([0x7f000001u, 0x7f000002u], AddressesOf(world));

        // One of them moves; the other one, which the files name first now, is left alone.
        world.Reload(Given.Configuration(At(2), At(3)));
        Assert.Equal([0x7f000003u, 0x7f000002u], AddressesOf(world));
        Assert.Equal([world.System.LastPid], world.System.Killed);
    }

    [Fact]
    public void A_lower_rate_counts_from_the_reload_on()
    {
        Given.World world = Given.Running(Given.External() with { Cps = new CpsLimit(50, 30) });
        for (int i = 0; i < 5; i++)
        {
            world.Connect();
        }

        world.Reload(Given.Configuration(Given.External() with { Cps = new CpsLimit(2, 30) }));
        world.Connect();
        world.Connect();
        Assert.Equal(7, world.System.SpawnCount);
        Assert.DoesNotContain("Deactivating", world.DaemonLog, StringComparison.Ordinal);
        world.Connect();
        Assert.Contains("Deactivating", world.DaemonLog, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dropped_service_closes_and_its_servers_get_TERM_and_later_KILL()
    {
        Given.World world = Given.Running(Given.External(2000, "a"), Given.External(2001, "b"));
        world.Connect(2000);
        world.Connect(2000);
        world.Connect(2001);
        int first = world.System.Spawned[0].Pid;
        int second = world.System.Spawned[1].Pid;
        world.Reload(Given.Configuration(Given.External(2001, "b")));
        Assert.False(world.System.Connect(2000, Given.Peer));
        Assert.Equal([first, second], world.System.Killed);
        Assert.All(world.System.KilledWith, signal => Assert.Equal(Signal.TERM, signal));
        world.End(first);
        world.System.Advance(2600);
        world.Turn(2);
        Assert.Equal([first, second, second], world.System.Killed);
        Assert.Equal(Signal.KILL, world.System.KilledWith[2]);
        Assert.Contains("service a deactivated", world.DaemonLog);
        Assert.Contains("Reconfigured: new=0 old=1 dropped=1 (services)", world.DaemonLog);
    }

    [Fact]
    public void A_reload_whose_structure_is_broken_changes_nothing()
    {
        Given.World world = Given.Running(Given.External());
        world.Reload(Given.Configuration() with { StructureBroken = true });
        Assert.True(world.Connect());
        Assert.Contains("reconfiguration failed", world.DaemonLog);
        world.Reload(Given.Configuration() with { DefaultsBroken = true });
        Assert.True(world.Connect());
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void A_service_that_vanishes_beside_a_stray_line_keeps_running()
    {
        Given.World world = Given.Running(Given.External(2001, "a"), Given.External(2002, "b"));
        world.Reload(Given.Configuration(Given.External(2001, "a")) with { HasStrayLines = true });
        Assert.Contains("service b has vanished", world.DaemonLog);
        Assert.DoesNotContain("deactivated", world.DaemonLog);
        Assert.DoesNotContain("Reconfigured", world.DaemonLog);
    }

    [Fact]
    public void A_stray_line_does_not_keep_what_is_switched_off_or_kept()
    {
        Given.World world = Given.Running(Given.External(2001, "a"), Given.External(2002, "b"));
        world.Reload(Given.Configuration(Given.External(2001, "a")) with
        {
            HasStrayLines = true,
            Disabled = [new DisabledService("b", "b", default)],
        });
        Assert.Contains("service b deactivated", world.DaemonLog);
    }

    [Fact]
    public void A_fault_of_the_reader_itself_changes_nothing_and_the_next_reload_works()
    {
        Given.World world = Given.Running(Given.External());
        world.Reload(null);
        Assert.Contains("reader fault", world.DaemonLog);
        Assert.True(world.Connect());
        world.Reload(Given.Configuration(Given.External(2001, "other")));
        Assert.True(world.Connect(2001));
    }

    [Fact]
    public void A_reload_while_a_service_is_out_for_cps_does_not_lose_it()
    {
        ServiceDefinition service = Given.External() with { Cps = new CpsLimit(1, 30) };
        Given.World world = Given.Running(service);
        world.Connect();
        world.Connect();
        Assert.False(world.System.Connect(2000, Given.Peer));
        world.Reload(Given.Configuration(service with { Nice = 1 }));
        world.System.Advance(31_000);
        world.Turn(2);
        Assert.True(world.Connect());
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void A_limit_that_a_reload_brings_counts_the_servers_that_already_run()
    {
        Given.World world = Given.Running(Given.External(), Given.BuiltIn(BuiltInService.Echo));
        world.Connect();
        world.Connect(2007, end: new FakePeer());
        world.Reload(Given.Configuration(Given.External() with { PerSource = 1 }, Given.BuiltIn(BuiltInService.Echo) with { PerSource = 1 }));
        world.Connect();
        world.Connect(2007, end: new FakePeer());
        Assert.Contains("FAIL: server per_source_limit from=127.0.0.1", world.ServiceLines);
        Assert.Contains("FAIL: echo per_source_limit from=127.0.0.1", world.ServiceLines);
        world.End(world.System.LastPid);
        world.Connect();
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void A_wait_service_that_is_served_stays_suspended_over_a_reload()
    {
        ServiceDefinition service = Given.Dgram(Given.External());
        Given.World world = Given.Running(service);
        world.System.SendDatagram(2000, Given.Peer, [1]);
        world.Turn();
        world.Reload(Given.Configuration(service with { Nice = 2 }));
        world.Turn(3);
        Assert.Equal(1, world.System.SpawnCount);
        world.End(world.System.LastPid);
        world.Turn();
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void Another_bind_address_opens_the_service_there()
    {
        Given.World world = Given.Running(Given.External());
        world.Connect();
        world.Reload(Given.Configuration(Given.External() with { BindAddresses = [IpAddress.FromV4(0x7f000001)] }));
        Assert.Equal(IpAddress.FromV4(0x7f000001).Value, world.System.ListenerOn(2000)!.Address.Address);
        Assert.Equal([world.System.Spawned[0].Pid], world.System.Killed);
    }

    [Fact]
    public void Counters_equal_the_live_sessions_after_a_storm_of_connections_ends_and_reloads()
    {
        Random random = new(20261124);
        ServiceDefinition service = Given.External() with { PerSource = 5, Instances = 40 };
        Given.World world = Given.Running(service);
        System.Collections.Generic.List<int> live = [];
        for (int i = 0; i < 3000; i++)
        {
            int what = random.Next(100);
            if (what < 60)
            {
                int before = world.System.SpawnCount;
                world.Connect(peer: Given.PeerAt(10, 0, 0, (byte)random.Next(12)));
                if (world.System.SpawnCount > before)
                {
                    live.Add(world.System.LastPid);
                }
            }
            else if (what < 99 && live.Count > 0)
            {
                int at = random.Next(live.Count);
                world.End(live[at]);
                live.RemoveAt(at);
            }
            else if (what == 99)
            {
                world.Reload(Given.Configuration(service with { PerSource = random.Next(2) == 0 ? null : 5, Nice = i % 3 }));
            }

            Assert.Equal(live.Count, world.Keeper.LiveServers);
            Assert.Equal(live.Count, world.Keeper.Services[0].Occupancy.Live);
        }

        while (live.Count > 0)
        {
            world.End(live[^1]);
            live.RemoveAt(live.Count - 1);
        }

        world.Reload(Given.Configuration(service));
        for (int i = 0; i < 5; i++)
        {
            world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        }

        int full = world.System.SpawnCount;
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        Assert.Equal(full, world.System.SpawnCount);
    }

    [Fact]
    public void Without_any_service_left_a_daemon_that_is_to_stay_alive_does()
    {
        Given.World world = Given.Running(Given.External());
        world.Reload(Given.Configuration());
        Assert.Equal(0, world.Keeper.ServiceCount);
        world.Reload(Given.Configuration(Given.External()));
        Assert.True(world.Connect());
    }

    [Fact]
    public void Log_files_are_opened_anew_so_that_they_can_be_rotated()
    {
        Given.World world = Given.Running(Given.External());
        world.Connect();
        world.System.Logs.Remove(Given.ServiceLogPath);
        world.Reload(Given.Configuration(Given.External()));
        world.Connect();
        Assert.Contains("START: server", world.ServiceLog);
    }

    private static ServiceDefinition At(byte host) => Given.External() with { BindAddresses = [IpAddress.FromV4(0x7f000000u + host)] };

    private static uint[] AddressesOf(Given.World world) => [.. world.Keeper.Listening().Select(listening => (uint)listening.Local.Address)];
}
