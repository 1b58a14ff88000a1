using System;
using System.Collections.Immutable;
using System.Linq;

namespace Rouse.Linux.Tests;

/// <summary>Images that take turns in one block of memory.</summary>
[Collection(Children)]
public sealed class LaunchBlockTests
{
    /// <summary>Tests that wait for whichever child of this process ends next run one after the other.</summary>
    public const string Children = "children";

    private readonly LinuxSystem _system = new();
    private readonly LaunchBlock _block = new();

    [Fact]
    public void Each_server_finds_its_own_arguments_and_environment_whichever_was_started_before()
    {
        ServerImage small = Image("exit $CODE", "CODE=7");
        ServerImage large = Image("test $# = 300 && exit $CODE", [.. Enumerable.Repeat("word", 301)], "A=1", "CODE=9", "B=2");
        ServerImage last = Image("test -z \"$A$B\" && exit $CODE", "CODE=11");
        Assert.Equal(7, StatusOf(small));
        Assert.Equal(9, StatusOf(large));
        Assert.Equal(11, StatusOf(last));
        Assert.Equal(7, StatusOf(small));
        Assert.Equal(7, StatusOf(small));
        Assert.Equal(9, StatusOf(large));
    }

    [Fact]
    public void The_peer_of_one_server_is_not_told_to_the_next()
    {
        ServerImage first = Image("test \"$REMOTE_HOST\" = 192.0.2.7 && exit 3");
        ServerImage second = Image("test -z \"$REMOTE_HOST\" && exit 4");
        Assert.Equal(3, StatusOf(first, "192.0.2.7"));
        Assert.Equal(4, StatusOf(second));
        Assert.Equal(3, StatusOf(first, "192.0.2.7"));
        Assert.Equal(1, StatusOf(first));
    }

    [Fact]
    public void The_ends_of_a_connection_are_those_that_were_set_last_and_only_of_their_image()
    {
        ServerImage told = new(Spec("test \"$TCPREMOTEPORT\" = 4711 && exit 5", []) with { TellsConnection = true }, _block);
        ServerImage other = Image("test -z \"$TCPREMOTEPORT\" && exit 6");
        told.SetConnection("192.0.2.1"u8, 80, "192.0.2.7"u8, 4711);
        Assert.Equal(5, StatusOf(told));
        Assert.Equal(6, StatusOf(other));
        Assert.Equal(1, StatusOf(told));
    }

    [Fact]
    public void A_failure_is_told_of_the_server_that_was_started_last()
    {
        ServerImage missing = new(new ServerSpec { Path = "/no/such/program", Arguments = ["x"], Environment = [] }, _block);
        ServerImage good = Image("exit 0");
        Assert.Equal(127, StatusOf(missing));
        Assert.Equal(LaunchStage.Exec, missing.Failure.Stage);
        Assert.Equal(Errno.ENOENT, missing.Failure.Error);
        Assert.Equal(0, StatusOf(good));
        Assert.Equal(LaunchStage.None, good.Failure.Stage);
        Assert.Equal(LaunchStage.None, missing.Failure.Stage);
    }

    [Fact]
    public void Starting_servers_of_one_image_and_another_in_turn_allocates_nothing()
    {
        ServerImage[] images = [Image("exit 0", "A=1"), Image("exit 0", "B=2", "C=3")];
        Fd socket = _system.OpenReserve().Fd;
        long allocated = 0;
        for (int i = 0; i < 40; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            SysResult started = _system.Spawn(images[i % 2], socket, "192.0.2.7"u8);
            allocated += i < 4 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(ChildWait.For(started.Value, out ChildExit exit).Ok);
            Assert.Equal(0, exit.Status);
        }

        _system.Close(socket);
        Assert.Equal(0, allocated);
    }

    private ServerImage Image(string script, params string[] environment) => Image(script, ["sh"], environment);

    private ServerImage Image(string script, ImmutableArray<string> words, params string[] environment) => new(Spec(script, environment, words), _block);

    private static ServerSpec Spec(string script, string[] environment, ImmutableArray<string>? words = null) => new()
    {
        Path = "/bin/sh",
        Arguments = ["sh", "-c", script, .. words ?? ["sh"]],
        Environment = [.. environment],
    };

    private int StatusOf(ServerImage image, string remoteHost = "")
    {
        Fd socket = _system.OpenReserve().Fd;
        SysResult started = _system.Spawn(image, socket, System.Text.Encoding.ASCII.GetBytes(remoteHost));
        _system.Close(socket);
        Assert.True(started.Ok);
        Assert.True(ChildWait.For(started.Value, out ChildExit exit).Ok);
        return exit.Status;
    }
}
