using System;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Gate;

/// <summary>Turning peers away costs nothing that adds up, and loses no place.</summary>
public sealed class RefusalTests
{
    /// <summary>CVE-2003-0211: the original lost memory for each connection that it refused.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_million_refusals_allocate_nothing(int reason)
    {
        ServiceDefinition service = reason switch
        {
            1 => Given.External() with { OnlyFrom = [] },
            2 => Given.External() with { Instances = 0 },
            _ => Given.External() with { MaxLoad = 0.5 },
        };
        Given.World world = Given.Running(service);
        world.System.LoadAverage = 1;
        world.System.KeepsLogs = false;
        Refuse(world, 2000);
        int open = world.System.OpenCount;
        Assert.Equal(0, Allocated.AtLeast(() => Refuse(world, 333_334)));
        Assert.Equal(open, world.System.OpenCount);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void A_line_about_a_service_with_a_very_long_name_is_cut()
    {
        AddressPattern everybody = AddressPattern.Network(new IpAddress(Given.Peer.Address), 128, SourceSpan.None);
        string id = new('x', 2000);
        Given.World world = Given.Running(Given.External(id: id) with { OnlyFrom = [everybody], NoAccess = [everybody] });
        world.Connect();
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Contains("match equally the address 127.0.0.1", world.DaemonLog);
        Assert.DoesNotContain(id, world.DaemonLog[world.DaemonLog.IndexOf("Service=", StringComparison.Ordinal)..]);
    }

    /// <summary>Bug of the original: after children had died during a reload, instances and per_source counted servers that were gone.</summary>
    [Fact]
    public void After_storms_and_reloads_the_counters_equal_the_live_servers()
    {
        Random random = new(1);
        ServiceDefinition service = Given.External() with { Instances = 30, PerSource = 9 };
        Given.World world = Given.Running(service);
        System.Collections.Generic.List<int> live = [];
        for (int round = 0; round < 60; round++)
        {
            for (int i = random.Next(20); i > 0; i--)
            {
                int before = world.System.SpawnCount;
                world.Connect(peer: Given.PeerAt(10, 0, 0, (byte)random.Next(6)));
                if (world.System.SpawnCount > before)
                {
                    live.Add(world.System.LastPid);
                }
            }

            // Some end in the middle of a reload: their signal comes with it.
            for (int i = random.Next(live.Count); i > 0; i--)
            {
                int at = random.Next(live.Count);
                world.System.EndChild(live[at]);
                live.RemoveAt(at);
            }

            if (round % 3 == 0)
            {
                world.Reload(Given.Configuration(service with { PerSource = round % 2 == 0 ? null : 9, Instances = 30 + (round % 5) }));
            }

            world.Turn(2);
            Assert.Equal(live.Count, world.Keeper.LiveServers);
        }

        foreach (int pid in live)
        {
            world.End(pid);
        }

        // All places are free again: exactly nine servers for one source, and thirty in all.
        world.Reload(Given.Configuration(service));
        int start = world.System.SpawnCount;
        for (int i = 0; i < 40; i++)
        {
            world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        }

        Assert.Equal(9, world.System.SpawnCount - start);
        for (int i = 0; i < 40; i++)
        {
            world.Connect(peer: Given.PeerAt(10, 0, 1, (byte)i));
        }

        Assert.Equal(30, world.System.SpawnCount - start);
    }

    [Fact]
    public void A_refused_peer_leaves_a_RECORD_line_where_it_is_asked_for()
    {
        Given.World world = Given.Running(
            Given.External() with { OnlyFrom = [], LogOnFailure = LogOnFailure.Host | LogOnFailure.Record });
        world.Connect(peer: Given.PeerAt(192, 0, 2, 7, port: 4711));
        Assert.Equal(["FAIL: server address from=192.0.2.7", "RECORD: server address from=192.0.2.7 port=4711"], world.ServiceLines);
    }

    private static void Refuse(Given.World world, int count)
    {
        SocketAddress peer = Given.Peer;
        for (int i = 0; i < count; i++)
        {
            world.Connect(peer: peer);
        }
    }
}
