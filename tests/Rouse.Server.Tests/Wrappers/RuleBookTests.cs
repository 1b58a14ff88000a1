using Rouse.Config.Model;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Wrappers;

/// <summary>A change of hosts.allow and hosts.deny holds from the next connection on; where there are no files, nobody looks for them.</summary>
public sealed class RuleBookTests
{
    [Fact]
    public void Without_files_a_connection_asks_nothing_at_all()
    {
        Given.World world = Given.Running(Given.External());
        (int reads, int looks) = (world.Wrappers.Reads, world.Wrappers.Looks);
        for (int i = 0; i < 100; i++)
        {
            world.Connect();
        }

        Assert.Equal(100, world.System.SpawnCount);
        Assert.Equal((reads, looks), (world.Wrappers.Reads, world.Wrappers.Looks));
    }

    [Fact]
    public void A_file_that_appears_is_noticed_and_one_that_goes_is_forgotten()
    {
        Given.World world = Given.Running(Given.External());
        world.Wrappers.Deny("ALL: ALL\n");
        world.System.DirectoryChanged = true;
        world.Turn();
        world.Connect();
        Assert.Equal(0, world.System.SpawnCount);
        world.Wrappers.Remove("/etc/hosts.deny");
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
        int looks = world.Wrappers.Looks;
        world.Connect();
        Assert.Equal(looks, world.Wrappers.Looks);
    }

    [Fact]
    public void Where_the_kernel_cannot_tell_each_connection_looks()
    {
        Given.World world = new(Given.Configuration(Given.External()), wrappers: new FakeWrapperHost());
        world.Connect();
        world.Wrappers.Deny("ALL: ALL\n");
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void Files_are_read_once_a_version()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny("ALL: 10.0.0.1\n");
        Given.World world = new(Given.Configuration(Given.External()), wrappers: rules);
        int reads = rules.Reads;
        for (int i = 0; i < 100; i++)
        {
            world.Connect();
        }

        Assert.Equal(reads, rules.Reads);
        rules.Deny("ALL: ALL\n");
        world.Connect();
        Assert.Equal(100, world.System.SpawnCount);
        Assert.Equal(reads + 2, rules.Reads);
    }

    [Fact]
    public void A_list_that_a_rule_names_counts_as_part_of_the_rules()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny("ALL: /etc/foes\n").With("/etc/foes", "10.0.0.1\n");
        Given.World world = new(Given.Configuration(Given.External()), wrappers: rules);
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
        rules.With("/etc/foes", "127.0.0.1\n");
        world.Connect();
        Assert.Equal(1, world.System.SpawnCount);
    }

    [Fact]
    public void Right_after_a_change_the_stamp_is_not_trusted()
    {
        FakeWrapperHost rules = new FakeWrapperHost { IsCoarse = true }.Deny("ALL: 10.0.0.1\n");
        Given.World world = new(Given.Configuration(Given.External()), wrappers: rules);
        rules.ChangeUnseen("/etc/hosts.deny", "ALL: 127.0.0.1\n");
        world.Connect();
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void What_is_wrong_with_the_rules_is_said_once_a_version_with_its_place()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("sshd: 10.0.0.0/255.0.0.1/8\n").Deny("no colon here\n");
        Given.World world = new(Given.Configuration(Given.External()), wrappers: rules);
        world.Connect();
        world.Connect();
        Assert.Equal(2, world.DaemonLog.Split("/etc/hosts.deny:1:").Length);
        Assert.Contains("tcp_wrappers: ", world.DaemonLog, System.StringComparison.Ordinal);
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void Rules_that_cannot_be_read_for_a_moment_stay_as_they_were()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Allow("ALL: 10.0.0.1: DENY\n");
        Given.World world = new(Given.Configuration(Given.External()), wrappers: rules);
        rules.Allow("ALL: 10.0.0.1: DENY\nALL: ALL\n");
        rules.IsOutOfDescriptors = true;
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        world.Connect(peer: Given.PeerAt(10, 0, 0, 2));
        Assert.Equal(1, world.System.SpawnCount);
        rules.IsOutOfDescriptors = false;
        rules.Allow("ALL: ALL\n");
        world.Connect(peer: Given.PeerAt(10, 0, 0, 1));
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void A_reload_looks_again_where_the_kernel_may_have_lost_sight_of_the_directory()
    {
        Given.World world = Given.Running(Given.External());
        world.Wrappers.Deny("ALL: ALL\n");
        world.Reload(Given.Configuration(Given.External()));
        world.Connect();
        Assert.Equal(0, world.System.SpawnCount);
    }

    [Fact]
    public void A_service_that_does_not_ask_does_not_have_the_rules_read()
    {
        FakeWrapperHost rules = new FakeWrapperHost().Deny("ALL: ALL\n");
        Given.World world = new(Given.Configuration(Given.External() with { Flags = ServiceFlags.NoLibwrap }), wrappers: rules);
        world.Connect();
        Assert.Equal((1, 0, 0), (world.System.SpawnCount, rules.Reads, rules.Looks));
    }
}
