using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Rouse.Linux.Tests;

/// <summary>Images that take turns in the memory that servers are started from.</summary>
[Collection(Spawning.OneAtATime)]
public sealed class LaunchBlocksTests
{
    private readonly LinuxSystem _system = new();
    private readonly LaunchBlocks _blocks = new();

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
        ServerImage told = new(Spec("test \"$TCPREMOTEPORT\" = 4711 && exit 5", []) with { TellsConnection = true }, _blocks);
        ServerImage other = Image("test -z \"$TCPREMOTEPORT\" && exit 6");
        told.SetConnection("192.0.2.1"u8, 80, "192.0.2.7"u8, 4711);
        Assert.Equal(5, StatusOf(told));
        Assert.Equal(6, StatusOf(other));
        Assert.Equal(1, StatusOf(told));
    }

    [Fact]
    public void The_names_of_the_ends_are_told_where_they_are_known_and_the_host_after_them()
    {
        ServerImage told = new(
            Spec("test \"$TCPLOCALHOST/$TCPREMOTEHOST/${TCPREMOTEIP-none}/$REMOTE_HOST\" = \"$WANTED\" && exit 5", []) with
            {
                TellsConnection = true,
                Environment = ["WANTED=here.example/there.example/192.0.2.7/peer"],
            },
            _blocks);
        SetEnds();
        told.SetNames("here.example"u8, "there.example"u8);
        Assert.Equal(5, StatusOf(told, "peer"));

        ServerImage unnamed = new(told.Spec with { Environment = ["WANTED=/there.example/192.0.2.7/peer"] }, _blocks);
        unnamed.SetConnection("192.0.2.1"u8, 80, "192.0.2.7"u8, 4711);
        unnamed.SetNames(default, "there.example"u8);
        Assert.Equal(5, StatusOf(unnamed, "peer"));

        ServerImage tooLong = new(told.Spec with { Environment = ["WANTED=//192.0.2.7/"] }, _blocks);
        tooLong.SetConnection("192.0.2.1"u8, 80, "192.0.2.7"u8, 4711);
        tooLong.SetNames(new byte[1000], default);
        Assert.Equal(5, StatusOf(tooLong));

        // Nothing of it is left for the next server of the image.
        ServerImage after = new(told.Spec with { Environment = ["WANTED=//none/"] }, _blocks);
        after.SetConnection("192.0.2.1"u8, 80, "192.0.2.7"u8, 4711);
        after.SetNames("a"u8, "b"u8);
        Assert.Equal(1, StatusOf(after));
        Assert.Equal(5, StatusOf(after));

        void SetEnds() => told.SetConnection("192.0.2.1"u8, 80, "192.0.2.7"u8, 4711);
    }

    [Fact]
    public void A_failure_is_told_once_of_the_process_that_failed()
    {
        ServerImage missing = new(new ServerSpec { Path = "/no/such/program", Arguments = ["x"], Environment = [] }, _blocks);
        ServerImage good = Image("exit 0");
        int failed = Start(missing);
        int other = Start(missing);
        int ran = Start(good);
        Assert.Equal(127, StatusOf(failed));
        Assert.Equal(127, StatusOf(other));
        Assert.Equal(0, StatusOf(ran));
        Assert.False(_blocks.TryTakeFailure(ran, out _));
        Assert.True(_blocks.TryTakeFailure(failed, out LaunchFailure failure));
        Assert.Equal(new LaunchFailure(LaunchStage.Exec, Errno.ENOENT), failure);
        Assert.False(_blocks.TryTakeFailure(failed, out _));
        Assert.True(_blocks.TryTakeFailure(other, out _));
        Assert.Equal(LaunchStage.None, missing.Failure.Stage);
    }

    [Fact]
    public void A_server_that_is_waited_for_tells_its_failure_at_once()
    {
        using ServerImage missing = new(new ServerSpec { Path = "/no/such/program", Arguments = ["x"], Environment = [] });
        using ServerImage forbidden = new(new ServerSpec { Path = "/bin/true", Arguments = ["true"], Environment = [], Gid = 0, Groups = [1], Uid = 0 });
        int failed = Start(missing);
        Assert.Equal(new LaunchFailure(LaunchStage.Exec, Errno.ENOENT), missing.Failure);
        Assert.Equal(127, StatusOf(failed));
        int next = Start(forbidden);
        Assert.Equal(ThisProcess.IsRoot ? default : new LaunchFailure(LaunchStage.Groups, Errno.EPERM), forbidden.Failure);
        Assert.Equal(ThisProcess.IsRoot ? 0 : 127, StatusOf(next));
    }

    [Fact]
    public void Servers_that_are_on_their_way_together_each_find_what_is_theirs()
    {
        ServerImage[] images = [.. Enumerable.Range(0, 7).Select(i => Image($"test \"$REMOTE_HOST\" = 10.0.0.$# && exit {i}", ["sh", .. Enumerable.Repeat("word", i)], environment: []))];
        for (int round = 0; round < 5; round++)
        {
            int[] started = [.. Enumerable.Range(0, 70).Select(i => Start(images[i % 7], $"10.0.0.{i % 7}"))];
            Assert.Equal(Enumerable.Range(0, started.Length).Select(i => i % 7), started.Select(StatusOf));
        }

        _blocks.Settle(0);
    }

    [Fact]
    public void After_settling_no_server_holds_what_the_daemon_had_open()
    {
        ServerImage image = Image("read word");
        Assert.True(Pipes.Open(4096, out Pipe pipe).Ok);
        Assert.True(Pipes.Open(4096, out Pipe input).Ok);
        int[] started = [.. Enumerable.Range(0, 20).Select(_ => _system.Spawn(image, input.ReadEnd, default).Value)];
        _blocks.Settle(10_000);
        _system.Close(pipe.WriteEnd);
        Assert.Equal(0, _system.ReadPipe(pipe.ReadEnd, new byte[1]).Value);
        _system.Close(pipe.ReadEnd);
        _system.Close(input.WriteEnd);
        _system.Close(input.ReadEnd);
        Assert.All(started, pid => Assert.Equal(1, StatusOf(pid)));
    }

    // A server that is on its way has a copy of the listening socket.
    [Fact]
    public void A_port_can_be_taken_anew_as_soon_as_its_socket_is_closed()
    {
        ServerImage image = Image("exit 0");
        List<int> started = [];
        Fd nowhere = _system.OpenReserve().Fd;
        UInt128 loopback = ((UInt128)0xffff << 32) | 0x7f000001;
        ListenRequest request = new(new SocketAddress(AddressFamily.IPv4, loopback, 0), ListenRequest.Stream, 6, V6Only: false, NonBlocking: true);
        SysResult listener = _system.OpenListener(request);
        request = request with { Address = _system.LocalAddress(listener.Fd) };
        for (int i = 0; i < 100; i++)
        {
            // So many that the last ones are waited for, and one that is not.
            started.AddRange(Enumerable.Range(0, (i % 9) + 1).Select(_ => _system.Spawn(image, nowhere, default).Value));
            _blocks.Settle(1000);
            _system.Close(listener.Fd);
            listener = _system.OpenListener(request);
            Assert.True(listener.Ok, $"{i}: {listener.Error}");
        }

        _system.Close(listener.Fd);
        _system.Close(nowhere);
        Assert.All(started, pid => Assert.Equal(0, StatusOf(pid)));
    }

    // The same steps are taken by two programs; a server that is given sockets is started by the one that runs everywhere.
    [Fact]
    public void Both_ways_to_start_a_server_give_it_the_same_world()
    {
        ServerSpec spec = Spec("umask; ulimit -a; nice; id; pwd; grep Sig /proc/self/status; ls -l /proc/self/fd | sed 's/.*[0-9] //; s/[0-9]//g'", ["PATH=/bin:/usr/bin"]) with
        {
            Umask = 0x17,
            Nice = 3,
            ResourceLimits = [new ResourceLimitSpec(7, 100, 100), new ResourceLimitSpec(0, 77, 77), new ResourceLimitSpec(7, 1ul << 40, 1ul << 40)],
            Uid = ThisProcess.IsRoot ? 65534 : null,
            Gid = ThisProcess.IsRoot ? 65533 : null,
            Groups = ThisProcess.IsRoot ? [65531, 65532] : default,
            DefaultSignals = [Signal.PIPE],
        };
        string one = OutputOf(new ServerImage(spec, _blocks));
        Assert.Contains("0027", one, StringComparison.Ordinal);
        Assert.Equal(one, OutputOf(new ServerImage(spec)));
        ServerImage listening = new(spec with { ListenerCount = 1 });
        Fd standIn = _system.OpenReserve().Fd;
        listening.SetListeners([standIn]);
        string other = OutputOf(listening);
        _system.Close(standIn);
        Assert.Equal(one, string.Join('\n', other.Split('\n').Where(line => line != "-> /dev/null")));
    }

    [Fact]
    public void Starting_servers_of_one_image_and_another_in_turn_allocates_nothing()
    {
        ServerImage[] images = [Image("exit 0", "A=1"), Image("exit 0", "B=2", "C=3")];
        Fd socket = _system.OpenReserve().Fd;
        int failed = 0;
        long allocated = Allocated.AtLeast(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                SysResult started = _system.Spawn(images[i % 2], socket, "192.0.2.7"u8);
                failed += ChildWait.For(started.Value, out ChildExit exit).Ok && exit.Status == 0 ? 0 : 1;
            }
        });
        _system.Close(socket);
        Assert.Equal(0, failed);
        Assert.Equal(0, allocated);
    }

    private ServerImage Image(string script, params string[] environment) => Image(script, ["sh"], environment);

    private ServerImage Image(string script, ImmutableArray<string> words, params string[] environment) => new(Spec(script, environment, words), _blocks);

    private static ServerSpec Spec(string script, string[] environment, ImmutableArray<string>? words = null) => new()
    {
        Path = "/bin/sh",
        Arguments = ["sh", "-c", script, .. words ?? ["sh"]],
        Environment = [.. environment],
    };

    private int StatusOf(ServerImage image, string remoteHost = "") => StatusOf(Start(image, remoteHost));

    private int Start(ServerImage image, string remoteHost = "")
    {
        Fd socket = _system.OpenReserve().Fd;
        SysResult started = _system.Spawn(image, socket, System.Text.Encoding.ASCII.GetBytes(remoteHost));
        _system.Close(socket);
        Assert.True(started.Ok);
        return started.Value;
    }

    private static int StatusOf(int pid)
    {
        Assert.True(ChildWait.For(pid, out ChildExit exit).Ok);
        return exit.Status;
    }

    private string OutputOf(ServerImage image)
    {
        Assert.True(Pipes.Open(65536, out Pipe pipe).Ok);
        int pid = _system.Spawn(image, pipe.WriteEnd, default).Value;
        Assert.Equal(0, StatusOf(pid));
        byte[] bytes = new byte[65536];
        int length = _system.ReadPipe(pipe.ReadEnd, bytes).Value;
        _system.Close(pipe.ReadEnd);
        _system.Close(pipe.WriteEnd);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
    }
}
