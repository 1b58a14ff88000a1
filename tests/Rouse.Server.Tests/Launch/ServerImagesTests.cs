using System.Collections.Immutable;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Launch;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Launch;

public sealed class ServerImagesTests
{
    private static readonly ServerWorld Root = new(["HOME=/", "PATH=/bin", "REMOTE_HOST=old"], 4096, IsRoot: true, 0, 0, [13]);
    private static readonly UserEntry Nobody = new("nobody", 65534, 65534);

    [Fact]
    public void Without_env_and_passenv_the_daemons_environment_is_passed() =>
        Assert.Equal(["HOME=/", "PATH=/bin"], Describe(Given.External()).Environment);

    [Fact]
    public void Env_comes_on_top_and_replaces() =>
        Assert.Equal(["HOME=/", "A=1", "PATH=/usr/bin"], Describe(Given.External() with { Environment = ["A=1", "PATH=/usr/bin"] }).Environment);

    [Fact]
    public void Passenv_names_exactly_what_is_passed() =>
        Assert.Equal(["PATH=/bin", "A=1"], Describe(Given.External() with { PassEnvironment = ["PATH", "GONE"], Environment = ["A=1"] }).Environment);

    [Fact]
    public void An_empty_passenv_passes_nothing() =>
        Assert.Empty(Describe(Given.External() with { PassEnvironment = [] }).Environment);

    [Fact]
    public void The_users_login_group_is_the_group_and_all_supplementary_groups_are_cleared()
    {
        ServerSpec spec = Describe(Given.External() with { User = Nobody });
        Assert.Equal(65534u, spec.Uid);
        Assert.Equal(65534u, spec.Gid);
        Assert.False(spec.Groups.IsDefault);
        Assert.Empty(spec.Groups);
    }

    [Fact]
    public void A_group_of_its_own_wins_and_groups_yes_sets_the_users()
    {
        ServerSpec spec = Describe(Given.External() with { User = Nobody, Group = new GroupEntry("daemon", 1), SupplementaryGroups = [65534] });
        Assert.Equal(1u, spec.Gid);
        Assert.Equal([65534u], spec.Groups);
    }

    [Fact]
    public void A_group_without_a_user_keeps_root() =>
        Assert.Null(Describe(Given.External() with { Group = new GroupEntry("daemon", 1) }).Uid);

    [Fact]
    public void Every_server_gets_the_daemons_descriptor_limit_unless_it_has_its_own()
    {
        Assert.Contains(new ResourceLimitSpec(7, 4096, 4096), Describe(Given.External()).ResourceLimits);
        ImmutableArray<ResourceLimitSpec> own = Describe(Given.External() with { ResourceLimits = [new ResourceLimit(7, 64), new ResourceLimit(0, 5)] }).ResourceLimits;
        Assert.Equal([new ResourceLimitSpec(7, 64, 64), new ResourceLimitSpec(0, 5, 5)], own);
    }

    [Fact]
    public void A_daemon_that_is_not_root_sets_no_groups_and_stays_itself()
    {
        ServerWorld user = Root with { IsRoot = false, Uid = 65534, Gid = 65534 };
        ServerSpec spec = ServerImages.Describe(Given.External() with { User = Nobody }, user);
        Assert.Null(spec.Uid);
        Assert.True(spec.Groups.IsDefault);
        Assert.Equal(0u, ServerImages.Describe(Given.External() with { User = new UserEntry("root", 0, 0) }, user).Uid);
    }

    private static ServerSpec Describe(ServiceDefinition definition) => ServerImages.Describe(definition, Root);
}
