using System;
using Rouse.Config.Model;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Launch;

/// <summary>flags = LABELED.</summary>
public sealed class LabelTests
{
    private static readonly ServiceDefinition Labeled = Given.External() with { Flags = ServiceFlags.Labeled };

    [Fact]
    public void A_labelled_service_has_room_for_a_label_and_others_have_none()
    {
        Given.World world = Given.Running(Labeled, Given.External(2001, "plain"));
        world.System.Label = "system_u:system_r:ftpd_t:s0:c1,c2";
        world.Connect();
        world.Connect(2001);
        Assert.True(world.System.Spawned[0].Spec.IsLabeled);
        Assert.False(world.System.Spawned[1].Spec.IsLabeled);
    }

    [Fact]
    public void A_peer_without_a_label_gets_no_server_and_it_is_told_once_a_burst()
    {
        Given.World world = Given.Running(Labeled);
        FakePeer end = new();
        for (int i = 0; i < 20; i++)
        {
            world.Connect(end: end);
        }

        Assert.Equal(0, world.System.SpawnCount);
        Assert.True(end.Closed);
        Assert.Equal(20, world.ServiceLines.Length);
        Assert.Equal("FAIL: server fork from=127.0.0.1", world.ServiceLines[0]);
        Assert.Single(
            world.DaemonLog.Split('\n'),
            line => line.Contains("server: no security context for a peer: Invalid argument", StringComparison.Ordinal));
    }
}
