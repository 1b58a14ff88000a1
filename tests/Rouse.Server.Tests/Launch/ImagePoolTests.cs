using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Launch;

public sealed class ImagePoolTests
{
    private static readonly ServerWorld Root = new(["HOME=/", "PATH=/bin", "REMOTE_HOST=old"], 4096, IsRoot: true, 0, 0, [13]);

    private readonly ImagePool _pool = new(new LaunchBlocks(), Root, tellsConnection: false);

    [Fact]
    public void Services_that_start_the_same_program_in_the_same_way_share_an_image()
    {
        ServiceDefinition first = Given.External(2000, "a");
        Assert.Same(_pool.For(first), _pool.For(first with { Id = "b", Port = 2001, Instances = 3 }));
    }

    [Fact]
    public void Whatever_a_server_would_see_of_a_difference_makes_another_image()
    {
        ServiceDefinition first = Given.External();
        ServiceDefinition[] others =
        [
            first with { Server = "/bin/other" },
            first with { Arguments = ["server", "-x"] },
            first with { User = new UserEntry("nobody", 65534, 65534) },
            first with { Group = new GroupEntry("daemon", 1), User = new UserEntry("nobody", 65534, 65534) },
            first with { SupplementaryGroups = [7] },
            first with { Umask = 0x3f },
            first with { Nice = 3 },
            first with { Environment = ["A=1"] },
            first with { PassEnvironment = ["PATH"] },
            first with { ResourceLimits = [new ResourceLimit(0, 5)] },
            first with { Flags = ServiceFlags.Labeled },
        ];
        foreach (ServiceDefinition other in others)
        {
            ServerImage image = _pool.For(first);
            Assert.NotSame(image, _pool.For(other));
            Assert.Equal(ServerImages.Describe(other, Root).Path, _pool.For(other).Spec.Path);
        }
    }

    [Fact]
    public void What_services_leave_to_the_daemon_is_one_list_for_all_of_them()
    {
        ServerSpec a = ServerImages.Describe(Given.External(), Root);
        ServerSpec b = ServerImages.Describe(Given.External() with { Server = "/bin/other" }, Root);
        Assert.Equal(["HOME=/", "PATH=/bin"], a.Environment);
        Assert.True(a.Environment == b.Environment);
        Assert.True(a.ResourceLimits == b.ResourceLimits);
    }
}
