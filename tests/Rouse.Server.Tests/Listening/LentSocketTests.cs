using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Listening;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Listening;

/// <summary>The socket of a wait service while a server has it, and older servers, of a socket that it had before, still run.</summary>
public sealed class LentSocketTests
{
    private const ushort Port = 2069;

    [Fact]
    public void The_end_of_an_older_server_does_not_take_the_socket_from_the_one_that_has_it()
    {
        (Given.World world, int older, int newer) = Moved();
        world.End(older);
        world.Turn(3);
        Assert.Equal(2, world.System.SpawnCount);
        Assert.Equal(ServiceState.Suspended, world.Keeper.Services[0].State);

        // The server of the fake reads nothing: what waits in the socket starts the next one.
        world.End(newer);
        world.Turn();
        Assert.Equal(3, world.System.SpawnCount);
    }

    [Fact]
    public void A_service_that_is_off_waits_for_the_server_that_has_the_socket_and_for_no_older_one()
    {
        (Given.World world, int older, int newer) = Moved();
        world.Keeper.Reloads.SwitchOff("tftp");
        world.End(older);
        Assert.True(world.Keeper.Services[0].HasLentSocket);
        world.Reload(Given.Configuration(At(2)));
        Assert.Equal(ServiceState.WaitingForAddress, world.Keeper.Services[0].State);
        world.End(newer);
        Assert.Equal(ServiceState.Listening, world.Keeper.Services[0].State);
    }

    [Fact]
    public void A_service_that_could_start_no_server_has_lent_nothing()
    {
        Given.World world = Given.Running(At(1));
        world.System.SendDatagram(Port, Given.Peer, [1]);
        world.Turn();
        int older = world.System.LastPid;
        world.Reload(Given.Configuration(At(2)));
        world.System.SpawnError = Errno.EAGAIN;
        world.System.SendDatagram(Port, Given.Peer, [2]);
        world.Settle(2);
        Assert.Equal(ServiceState.Suspended, world.Keeper.Services[0].State);
        Assert.False(world.Keeper.Services[0].HasLentSocket);

        // It rests until its time, whoever ends meanwhile; then there is one server, and nobody looks at the socket behind it.
        world.System.SpawnError = Errno.None;
        world.System.EndChild(older);
        world.Settle(3);
        Assert.Equal(1, world.System.SpawnCount);
        world.System.Advance(1000);
        world.Settle(3);
        Assert.Equal(2, world.System.SpawnCount);
        world.System.Raise(Signal.ABRT);
        world.Settle(3);
        Assert.Contains("Consistency check passed", world.DaemonLog);
        world.System.Advance(2000);
        world.Settle(3);
        Assert.Equal(2, world.System.SpawnCount);
    }

    [Fact]
    public void The_consistency_check_does_not_take_an_older_server_for_the_one_that_has_the_socket()
    {
        Given.World world = Given.Running(At(1));
        world.System.SendDatagram(Port, Given.Peer, [1]);
        world.Turn();
        world.Reload(Given.Configuration(At(2)));
        world.Keeper.Services[0].Suspend();
        world.System.Raise(Signal.ABRT);
        world.Turn();
        Assert.Contains("ERROR: Active single-threaded service tftp: no server running, descriptor not set", world.DaemonLog);
        Assert.Equal(ServiceState.Listening, world.Keeper.Services[0].State);
    }

    private static ServiceDefinition At(byte host) =>
        Given.Dgram(Given.External(Port, "tftp")) with { BindAddresses = [IpAddress.FromV4(0x7f000000u + host)] };

    // A reload has moved the service; its server was asked to end and has not yet, and another one has the new socket.
    private static (Given.World World, int Older, int Newer) Moved()
    {
        Given.World world = Given.Running(At(1));
        world.System.SendDatagram(Port, Given.Peer, [1]);
        world.Turn();
        int older = world.System.LastPid;
        world.Reload(Given.Configuration(At(2)));
        Assert.Equal([older], world.System.Killed);
        world.System.SendDatagram(Port, Given.Peer, [2]);
        world.Settle(2);
        Assert.Equal(2, world.System.SpawnCount);
        return (world, older, world.System.LastPid);
    }
}
