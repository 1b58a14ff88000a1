using System;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Listening;

/// <summary>Which sockets a service asks the kernel for, and what becomes of it when there are none.</summary>
public sealed class ListenTests
{
    private static readonly IpAddress Four = IpAddress.FromV4(0x7f000001);

    [Theory]
    [InlineData(ServiceFlags.None, SocketType.Stream, 6, AddressFamily.IPv6)]
    [InlineData(ServiceFlags.IPv4, SocketType.Stream, 6, AddressFamily.IPv4)]
    [InlineData(ServiceFlags.IPv6, SocketType.Stream, 6, AddressFamily.IPv6)]
    [InlineData(ServiceFlags.IPv4 | ServiceFlags.IPv6, SocketType.Stream, 6, AddressFamily.IPv6)]
    [InlineData(ServiceFlags.None, SocketType.Raw, 1, AddressFamily.IPv4)]
    [InlineData(ServiceFlags.IPv6, SocketType.Raw, 1, AddressFamily.IPv6)]
    [InlineData(ServiceFlags.None, SocketType.Raw, 58, AddressFamily.IPv6)]
    public void Without_a_bind_address_flags_and_kind_choose_the_family(ServiceFlags flags, SocketType type, int protocol, AddressFamily family)
    {
        SocketAddress address = Assert.Single(ListenAddresses.Of(
            Given.External() with { Flags = flags, SocketType = type, Protocol = new ProtocolEntry("x", protocol) }));
        Assert.Equal(family, address.Family);
        Assert.Equal(family == AddressFamily.IPv4 ? IpAddress.FromV4(0).Value : UInt128.Zero, address.Address);
    }

    [Fact]
    public void A_bind_address_has_the_family_that_it_is_written_in_and_its_interface()
    {
        ServiceDefinition bound = Given.External() with { BindAddresses = [Four] };
        Assert.Equal(AddressFamily.IPv4, Assert.Single(ListenAddresses.Of(bound)).Family);
        Assert.Equal(AddressFamily.IPv6, Assert.Single(ListenAddresses.Of(bound with { BindIsMapped = true })).Family);
        Assert.Equal(3u, Assert.Single(ListenAddresses.Of(bound with { BindAddresses = [new IpAddress(1)], BindScope = 3 })).ScopeId);
    }

    [Theory]
    [InlineData(SocketType.Stream, 132)]
    [InlineData(SocketType.Dgram, 136)]
    [InlineData(SocketType.Raw, 89)]
    [InlineData(SocketType.SeqPacket, 132)]
    public void The_socket_has_the_protocol_that_was_asked_for(SocketType type, int protocol)
    {
        FakeSystem system = new();
        ListenAddresses.Open(
            system, Given.External() with { SocketType = type, Protocol = new ProtocolEntry("x", protocol) }, Given.Peer, nonBlocking: true);
        Assert.Equal((int)type, system.LastListen.Type);
        Assert.Equal(protocol, system.LastListen.Protocol);
    }

    [Theory]
    [InlineData(Errno.EPROTONOSUPPORT)]
    [InlineData(Errno.ESOCKTNOSUPPORT)]
    [InlineData(Errno.EPERM)]
    public void A_socket_that_the_kernel_cannot_make_is_not_tried_again(Errno error)
    {
        Given.World world = Given.Running(Given.External(2001));
        world.System.ListenError = error;
        world.Reload(Given.Configuration(Given.External(2001), Given.External(2002, "odd")));
        Assert.Contains($"socket creation failed ({error.Describe()} (errno = {(int)error})). service = odd", world.DaemonLog);
        Assert.Contains("Service odd failed to start and is deactivated.", world.DaemonLog);
        Assert.Equal(1, world.Keeper.ServiceCount);
        world.System.ListenError = Errno.None;
        world.System.Advance(60_000);
        world.Turn(3);
        Assert.False(world.Connect(2002));
        Assert.True(world.Connect(2001));
    }

    [Theory]
    [InlineData(SocketType.Raw, 1)]
    [InlineData(SocketType.SeqPacket, 132)]
    public void A_socket_without_connections_goes_to_one_server_at_a_time_and_its_first_sender_is_judged(SocketType type, int protocol)
    {
        ServiceDefinition service = Given.External() with { SocketType = type, Protocol = new ProtocolEntry("x", protocol), Wait = true };
        Given.World world = Given.Running(service);
        world.System.SendDatagram(2000, Given.PeerAt(10, 1, 1, 1), [1]);
        world.Turn(3);
        Assert.Equal(1, world.System.SpawnCount);
        Assert.Equal("10.1.1.1", world.System.Spawned[0].RemoteHost);

        world = Given.Running(service with { OnlyFrom = [] });
        world.System.SendDatagram(2000, Given.PeerAt(10, 1, 1, 1), [1]);
        world.Turn(3);
        Assert.Equal(0, world.System.SpawnCount);
        Assert.Equal(["FAIL: server address from=10.1.1.1"], world.ServiceLines);
        Assert.Empty(world.System.ListenerOn(2000)!.Datagrams);
    }
}
