using Rouse.Config.Model;
using Rouse.Server.Backends;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Backends;

/// <summary>A service in the place of another one whose server still has the address at which its own is to listen.</summary>
public sealed class SuccessionTests
{
    private static readonly ServiceDefinition Moved = BackendWorld.Web with { Port = 2001 };

    [Fact]
    public void Who_comes_while_the_server_of_the_old_service_is_being_ended_waits_for_the_new_one()
    {
        BackendWorld web = new BackendWorld().Awake();
        int old = web.System.LastPid;
        web.Reload(Given.Configuration(Moved));
        Assert.Equal([old], web.System.Killed);
        (FakePeer first, FakePeer second) = (web.Come(port: 2001), web.Come(port: 2001));
        web.Pass(1000);
        Assert.False(first.Closed || second.Closed);
        Assert.Equal(2, web.Backend.Held);
        Assert.Equal(1, web.System.SpawnCount);
        Assert.Single(web.Log.Split(
            "service web: somebody has come, and waits until a server of service web that is being ended has left 127.0.0.1:8080")[1..]);

        web.World.End(old);
        Assert.Equal(2, web.System.SpawnCount);
        web.Listens();
        web.World.Turn(2);
        Assert.Equal((BackendState.Ready, 2), (web.Backend.State, web.Backend.Passed));
        Assert.DoesNotContain("another program", web.Log);
        Assert.Empty(web.World.Keeper.EndingBackends);
        web.Check();
    }

    [Fact]
    public void When_the_old_server_has_closed_its_socket_who_comes_next_wakes_the_new_one_for_all()
    {
        BackendWorld web = new BackendWorld().Awake();
        int old = web.System.LastPid;
        web.Reload(Given.Configuration(Moved));
        web.Come(port: 2001);
        web.System.Bound.Clear();
        web.Come(port: 2001);
        Assert.Equal(2, web.System.SpawnCount);
        web.Listens();
        web.World.Turn(2);
        Assert.Equal(2, web.Backend.Passed);

        // The end of the old one concerns nobody any more.
        web.World.End(old);
        web.Pass(100);
        Assert.Equal((BackendState.Ready, 2), (web.Backend.State, web.System.SpawnCount));
    }

    [Fact]
    public void An_old_server_that_not_even_SIGKILL_ends_is_not_waited_for()
    {
        BackendWorld web = new BackendWorld().Awake();
        web.Reload(Given.Configuration(Moved));
        FakePeer peer = web.Come(port: 2001);
        web.Pass(19_000);
        Assert.False(peer.Closed);
        web.Pass(2000);
        Assert.True(peer.Closed && peer.SawReset);
        Assert.Equal(1, web.System.SpawnCount);
    }

    [Fact]
    public void Another_programs_socket_is_no_old_servers()
    {
        BackendWorld web = new BackendWorld().Awake();
        web.Reload(Given.Configuration(Moved));
        web.System.Bound.Add((BackendWorld.Place, false, 4242));
        Assert.True(web.Come(port: 2001).SawReset);
        Assert.Contains("another program has 127.0.0.1:8080 already", web.Log);
    }

    [Fact]
    public void A_service_that_is_dropped_while_somebody_waits_for_its_place_starts_nothing()
    {
        BackendWorld web = new BackendWorld().Awake();
        int old = web.System.LastPid;
        web.Reload(Given.Configuration(Moved));
        FakePeer peer = web.Come(port: 2001);
        web.Reload(Given.Configuration(Given.External(3000, "other")));
        Assert.True(peer.Closed);
        web.World.End(old);
        web.Pass(100);
        Assert.Equal(1, web.System.SpawnCount);
    }

    [Fact]
    public void A_restart_that_moves_the_service_ends_its_server()
    {
        BackendWorld web = new BackendWorld().Awake();
        int old = web.System.LastPid;
        web.World.Next = Given.Configuration(Moved);
        bool isDone = false;
        web.World.Keeper.Reloads.SwitchOn("web", restarts: true, _ => isDone = true);
        web.World.TurnUntil(() => isDone);
        web.System.KeepsTime = true;
        Assert.Equal([old], web.System.Killed);
        FakePeer peer = web.Come(port: 2001);
        web.World.End(old);
        web.Listens();
        web.World.Turn(2);
        Assert.False(peer.Closed);
        Assert.Equal((BackendState.Ready, 1), (web.Backend.State, web.Backend.Passed));
    }
}
