using System;
using System.Collections.Immutable;
using Rouse.Config;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Reloading;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Listening;

/// <summary>Services at a path: UNIX sockets of inetd.conf.</summary>
public sealed class LocalSocketTests
{
    private static readonly ServiceDefinition AtPath = Given.External(0) with
    {
        Local = new LocalSocket("/run/x", 5, 6, 0x1b0),
        Protocol = new ProtocolEntry("unix", 0),
    };

    [Fact]
    public void The_kernel_is_asked_for_the_path_with_its_owner_and_mode()
    {
        Given.World world = Given.Running(AtPath);
        Assert.Equal(new LocalListenRequest("/run/x", 1, 5, 6, 0x1b0, NonBlocking: true), world.System.LastLocalListen);
    }

    [Fact]
    public void A_peer_is_served_and_has_no_address()
    {
        Given.World world = Given.Running(AtPath with { PerSource = 1, PerSourcePerMinute = 1 });
        for (int i = 0; i < 2; i++)
        {
            Assert.True(world.System.ConnectLocal("/run/x", null));
            world.Turn();
        }

        Assert.Equal(2, world.System.SpawnCount);
        Assert.Contains("from=<no address>", world.ServiceLines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Rules_about_addresses_let_nobody_in_who_has_none(bool only, bool wait)
    {
        ImmutableArray<AddressPattern> everybody = [AddressPattern.Network(new IpAddress(0), 0, SourceSpan.None)];
        Given.World world = Given.Running(AtPath with
        {
            OnlyFrom = only ? everybody : default,
            NoAccess = only ? default : everybody,
            Wait = wait,
        });
        Assert.True(world.System.ConnectLocal("/run/x", null));
        world.Turn();
        Assert.Equal(0, world.System.SpawnCount);
        Assert.StartsWith("FAIL: server address", world.ServiceLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_goes_with_the_service_and_comes_back_with_it()
    {
        Given.World world = Given.Running(AtPath);
        Assert.Contains("/run/x", world.System.Paths.Keys);
        world.Reload(Given.Configuration());
        Assert.Empty(world.System.Paths);
        world.Reload(Given.Configuration(AtPath));
        Assert.Contains("/run/x", world.System.Paths.Keys);
        world.Reload(Given.Configuration(AtPath with { Local = AtPath.Local! with { Mode = 0x1ff } }));
        Assert.Equal(0x1ffu, world.System.LastLocalListen.Mode);
        world.System.Raise(Signal.TERM);
        world.Turn();
        Assert.Empty(world.System.Paths);
    }

    [Fact]
    public void A_path_that_is_taken_is_tried_again()
    {
        FakeSystem system;
        Given.World world = Given.Running(Given.External(2009));
        system = world.System;
        system.ListenError = Errno.EADDRINUSE;
        world.Reload(Given.Configuration(AtPath));
        Assert.Empty(system.Paths);
        Assert.Contains("it is tried again every few seconds until /run/x can be made", world.DaemonLog, StringComparison.Ordinal);
        system.ListenError = Errno.None;
        system.Advance(3000);
        world.Settle(2);
        Assert.Contains("/run/x", system.Paths.Keys);
    }

    [Fact]
    public void It_is_a_place_that_is_opened_and_closed()
    {
        ExposureChange opened = Assert.Single(ExposureDiff.Compare([], [AtPath]));
        Assert.Equal((ExposureKind.Opened, "/run/x/unix"), (opened.Kind, opened.Where));
        Assert.Equal(ExposureKind.Closed, Assert.Single(ExposureDiff.Compare([AtPath], [])).Kind);
    }

    [Fact]
    public void Buffers_and_backlog_reach_the_listening_socket()
    {
        Given.World world = Given.Running(Given.External() with { Buffers = new SocketBuffers(1000, 2000) });
        Assert.Equal((1000, 2000, ListenRequest.DefaultBacklog), (world.System.LastListen.SendBuffer, world.System.LastListen.ReceiveBuffer, world.System.LastListen.Backlog));
    }

    [Fact]
    public void A_broken_line_of_inetd_conf_keeps_what_ran_under_its_name()
    {
        ServiceDefinition six = Given.External(2001, "ftp") with { Id = "ftp-ipv6" };
        Configuration broken = Given.Configuration() with { Broken = [new BrokenService("ftp", "ftp", SourceSpan.None, KeepsName: true)] };
        Assert.Equal([six], Plan.Compare([six], broken).KeptThoughBroken);
        Assert.Empty(Plan.Compare([six], broken with { Broken = [new BrokenService("ftp", "ftp", SourceSpan.None)] }).KeptThoughBroken);
    }
}
