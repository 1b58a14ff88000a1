using System.Text;
using System.Threading;

namespace Rouse.Linux.Tests;

[Collection(Spawning.OneAtATime)]
public sealed class SecurityLabelTests
{
    [Theory]
    [InlineData("system_u:system_r:inetd_t:s0-s0:c0.c1023", "user_u:user_r:user_t:s0:c1,c2", "system_u:system_r:inetd_t:s0:c1,c2")]
    [InlineData("a:b:c:s0", "d:e:f:s15", "a:b:c:s15")]
    [InlineData("a:b:c:s0", "d:e:f", null)]
    [InlineData("a:b:c:s0", "d:e:f:", null)]
    [InlineData("a:b:c", "d:e:f:s0", null)]
    [InlineData("", "", null)]
    public void The_daemons_context_takes_the_peers_level(string own, string peer, string? expected)
    {
        byte[] result = new byte[SecurityLabel.Room];
        int length = SecurityLabel.WithLevelOf(Encoding.ASCII.GetBytes(own), Encoding.ASCII.GetBytes(peer), result);
        Assert.Equal(expected, length < 0 ? null : Encoding.ASCII.GetString(result, 0, length));
    }

    [Fact]
    public void A_level_that_does_not_fit_is_refused_not_cut()
    {
        byte[] longest = Encoding.ASCII.GetBytes("a:b:c:" + new string('s', SecurityLabel.Room - 6));
        byte[] result = new byte[SecurityLabel.Room];
        Assert.Equal(SecurityLabel.Room, SecurityLabel.WithLevelOf("x:y:z:s0"u8, longest, result));
        Assert.Equal(-1, SecurityLabel.WithLevelOf("xx:y:z:s0"u8, longest, result));
    }

    /// <summary>A label that the kernel does not take, or none at all, must keep the program from being started.</summary>
    [Theory]
    [InlineData("no such context")]
    [InlineData("")]
    public void A_server_whose_label_cannot_be_set_is_not_started(string label)
    {
        LinuxSystem system = new();
        using ServerImage image = new(new ServerSpec { Path = "/bin/true", Arguments = ["true"], Environment = [], IsLabeled = true });
        Fd socket = system.OpenReserve().Fd;
        image.SetLabel(Encoding.ASCII.GetBytes(label));
        SysResult started = system.Spawn(image, socket, []);
        system.Close(socket);
        Assert.True(started.Ok);
        Assert.Equal(LaunchStage.Label, image.Failure.Stage);
        ChildExit exit;
        while (!system.Reap(ofAllThreads: false, out exit) || exit.Pid != started.Value)
        {
            Thread.Sleep(1);
        }

        Assert.Equal(127, exit.Status);
    }
}
