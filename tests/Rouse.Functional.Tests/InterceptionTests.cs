using System;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>INTERCEPT with real servers. The original's never start, so these are only ours.</summary>
public sealed class InterceptionTests
{
    [Fact]
    public void A_server_that_has_its_socket_gets_only_connections_that_were_let_in()
    {
        Subjects.OnlyOurs("its server never starts");
        using var stage = new Stage();
        int port = stage.NewPort();
        stage.Start(
            Stanza.Stream(
                "taken", port, "wait = yes", "flags = INTERCEPT", "server = " + stage.Probe, "server_args = accept 5000", "no_access = 127.0.0.2",
                stage.LogToFile, "log_on_success = PID HOST EXIT", "log_on_failure = HOST"));
        string first = Peer.Ask(port, "unread");
        string second = Peer.Ask(port, "unread", halfClose: true);
        Assert.Equal("(closed)", Peer.Ask(port, from: "127.0.0.2").Replace("(reset)", "(closed)"));
        World world = World.Parse(first[(first.IndexOf('\n') + 1)..]);
        Assert.Equal("127.0.0.1", world.Env("REMOTE_HOST"));
        Assert.Empty(world.All("nonblocking"));

        // One server, which accepted both.
        Assert.Equal(first.Split(' ')[0], second.Split(' ')[0]);
        stage.WaitForServiceLog("FAIL: taken address from=127.0.0.2");

        // When it has ended the next connection wakes another.
        stage.WaitForServiceLog($"EXIT: taken status=0 pid={first.Split(' ')[0]}");
        Assert.NotEqual(first.Split(' ')[0], Peer.Ask(port).Split(' ')[0]);
    }

    [Fact]
    public void A_server_of_datagrams_gets_only_those_that_were_let_in()
    {
        Subjects.OnlyOurs("its server never starts");
        using var stage = new Stage();
        int port = stage.NewPort();
        stage.Start(
            Stanza.Datagram(
                "taken", port, "flags = INTERCEPT", "server = " + stage.Probe, "server_args = dgram 5000", "no_access = 127.0.0.2"));
        using var peer = new DatagramPeer(port);
        using var other = new DatagramPeer(port, from: "127.0.0.3");
        using var stranger = new DatagramPeer(port, from: "127.0.0.2");
        string first = peer.Ask("one");
        Assert.EndsWith(" one", first);
        Assert.Equal("(silent)", stranger.Ask("two", TimeSpan.FromMilliseconds(200)));
        string second = other.Ask("three");
        Assert.EndsWith(" three", second);
        Assert.Equal(first.Split(' ')[0], second.Split(' ')[0]);
        Assert.EndsWith(new string('x', 20_000), peer.Ask(new string('x', 20_000)));
    }
}
