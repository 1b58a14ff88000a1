using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Addresses;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.Redirecting;

/// <summary>What a redirected connection does, and what of it is told.</summary>
public sealed class RedirectTests
{
    [Fact]
    public void Bytes_go_both_ways_and_are_counted()
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect(new FakePeer().Sends("question"u8));
        FakePeer target = Assert.Single(redirected.Targets);
        Assert.Equal("question", target.Received);
        target.Sends("answer!"u8).SentAll = true;
        client.SentAll = true;
        redirected.World.Turn(2);
        Assert.Equal("answer!", client.Received);
        Assert.True(client.Closed && target.Closed);
        Assert.False(client.SawReset || target.SawReset);
        Assert.Equal(
            [
                "START: relay pid=0 from=127.0.0.1", "TRAFFIC: relay in=8(bytes) out=7(bytes)",
                "EXIT: relay status=0 pid=0",
            ],
            redirected.World.ServiceLines);
        Assert.Equal(0, redirected.System.SpawnCount);
    }

    [Fact]
    public void An_end_is_passed_on_and_the_other_direction_goes_on()
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect(new FakePeer { SentAll = true }.Sends("question"u8));
        FakePeer target = redirected.Targets[0];
        Assert.True(target.SawEnd);
        Assert.False(client.SawEnd || client.Closed || target.Closed);
        for (int i = 0; i < 3; i++)
        {
            redirected.System.Advance(1_000_000);
            target.Sends("later "u8);
            redirected.World.Turn(2);
        }

        Assert.Equal("later later later ", client.Received);
        target.SentAll = true;
        redirected.World.Turn(2);
        Assert.True(client.Closed && target.Closed);
    }

    [Fact]
    public void A_target_that_speaks_first_is_heard()
    {
        Redirected redirected = new() { NextTarget = () => new FakePeer().Sends("220 hello\r\n"u8) };
        Assert.Equal("220 hello\r\n", redirected.Connect().Received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reset_of_one_side_resets_the_other(bool byTarget)
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect(new FakePeer().Sends("x"u8));
        FakePeer target = redirected.Targets[0];
        (byTarget ? target : client).Gone = true;
        redirected.World.Turn(2);
        Assert.True(client.Closed && target.Closed);
        Assert.True((byTarget ? client : target).SawReset);
        Assert.Contains("TRAFFIC: relay in=1(bytes) out=0(bytes)", redirected.World.ServiceLines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_that_a_reload_cuts_is_reset(bool clientHasEnded)
    {
        Redirected redirected = new();
        int before = redirected.System.OpenCount;
        FakePeer client = redirected.Connect(new FakePeer { SentAll = clientHasEnded }.Sends("question"u8));
        FakePeer target = redirected.Targets[0];
        target.Sends("half an ans"u8);
        redirected.World.Turn(2);
        redirected.World.Reload(Given.Configuration(Given.External(3000, "other")));
        Assert.Equal("half an ans", client.Received);
        Assert.True(client.Closed && target.Closed);
        Assert.True(client.SawReset);

        // Who has been told the end of the other side is owed nothing.
        Assert.Equal(!clientHasEnded, target.SawReset);
        Assert.Equal(before, redirected.System.OpenCount);
    }

    [Fact]
    public void A_connection_that_is_cut_before_its_target_has_answered_is_reset_too_and_so_is_one_at_the_end_of_the_daemon()
    {
        Redirected connecting = new() { NextTarget = () => new FakePeer { IsConnecting = true } };
        FakePeer client = connecting.Connect();
        connecting.World.Reload(Given.Configuration(Given.External(3000, "other")));
        Assert.True(client.SawReset);

        foreach (int signal in new[] { Signal.TERM, Signal.QUIT })
        {
            Redirected ending = new();
            client = ending.Connect(new FakePeer().Sends("question"u8));
            ending.System.Raise(signal);
            ending.World.Turn(2);

            // What SIGQUIT leaves is closed by the kernel.
            Assert.Equal(signal == Signal.QUIT ? 2 : 0, ending.System.Connections().Count(left => left.ResetsOnClose));
            Assert.Equal(signal == Signal.TERM, client.SawReset && ending.Targets[0].SawReset);
        }
    }

    [Fact]
    public void A_target_that_has_answered_and_gone_does_not_cost_the_client_its_answer()
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect(new FakePeer().Sends("x"u8));
        FakePeer target = redirected.Targets[0];
        target.Sends("the whole answer"u8).SentAll = true;
        redirected.World.Turn(2);
        target.Gone = true;
        client.Sends("more that nobody wants"u8);
        redirected.World.Turn(2);
        Assert.Equal("the whole answer", client.Received);
        Assert.True(client.SawEnd);
        Assert.False(client.Closed || client.SawReset);
        client.SentAll = true;
        redirected.World.Turn(2);
        Assert.True(client.Closed && target.Closed);
        Assert.False(client.SawReset);
    }

    [Fact]
    public void A_target_that_refuses_is_told_in_the_originals_words()
    {
        Redirected redirected = new() { NextTarget = () => null };
        FakePeer client = redirected.Connect(new FakePeer().Sends("x"u8));
        Assert.True(client.Closed);
        Assert.Contains("ERROR: can't connect to remote host 10.9.8.7: Connection refused (errno = 111)", redirected.World.DaemonLog);
        Assert.Equal(
            ["START: relay pid=0 from=127.0.0.1", "EXIT: relay status=0 pid=0"], redirected.World.ServiceLines);
    }

    [Fact]
    public void A_target_that_does_not_answer_is_given_up_after_half_a_minute()
    {
        Redirected redirected = new() { NextTarget = () => new FakePeer { IsConnecting = true } };
        FakePeer client = redirected.Connect();
        long began = redirected.System.MonotonicMs;
        for (int i = 0; i < 100 && !client.Closed; i++)
        {
            redirected.World.Turn();
        }

        Assert.InRange(redirected.System.MonotonicMs - began, 25_000, 32_000);
        Assert.True(redirected.Targets[0].Closed);
        Assert.Contains("can't connect to remote host 10.9.8.7: Connection timed out (errno = 110)", redirected.World.DaemonLog);
    }

    [Fact]
    public void A_client_that_goes_while_the_target_is_called_ends_the_call()
    {
        Redirected redirected = new() { NextTarget = () => new FakePeer { IsConnecting = true } };
        FakePeer client = redirected.Connect();
        client.Gone = true;
        redirected.World.Turn(2);
        Assert.True(client.Closed && redirected.Targets[0].Closed);
        Assert.DoesNotContain("can't connect", redirected.World.DaemonLog);
    }

    [Fact]
    public void A_target_that_answers_late_gets_everything()
    {
        FakePeer slow = new() { IsConnecting = true };
        Redirected redirected = new() { NextTarget = () => slow };
        redirected.Connect(new FakePeer { SentAll = true }.Sends("early"u8));
        Assert.Equal("", slow.Received);
        slow.IsConnecting = false;
        redirected.World.Turn(2);
        Assert.Equal("early", slow.Received);
        Assert.True(slow.SawEnd);
    }

    [Fact]
    public void A_silent_client_is_not_waited_for_long_when_its_target_has_ended()
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect();
        FakePeer target = redirected.Targets[0];
        target.SentAll = true;
        redirected.World.Turn(2);
        Assert.True(client.SawEnd);
        redirected.System.Advance(40_000);
        client.Sends("still here"u8);
        redirected.World.Turn(3);
        redirected.System.Advance(40_000);
        redirected.World.Turn(3);
        Assert.Equal("still here", target.Received);
        Assert.False(client.Closed);
        redirected.System.Advance(25_000);
        redirected.World.Turn(3);
        Assert.True(client.Closed && target.Closed);
    }

    [Fact]
    public void A_client_that_takes_nothing_is_not_waited_for_long_when_its_target_has_broken()
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect(new FakePeer { Window = 10 });
        FakePeer target = redirected.Targets[0];
        target.Sends(new byte[1000]).Gone = true;
        redirected.World.Turn(2);
        Assert.False(client.Closed);
        redirected.System.Advance(62_000);
        redirected.World.Turn(2);
        Assert.True(client.Closed && target.Closed);
        Assert.True(client.SawReset);
    }

    [Fact]
    public void It_calls_the_address_that_the_configuration_was_read_with()
    {
        Redirected redirected = new();
        redirected.Connect();
        Assert.Equal(Given.PeerAt(10, 9, 8, 7, 80), redirected.LastTo);
        Assert.True(AddressText.TryRead("2001:db8::5"u8, out IpAddress address));
        redirected = new(d => d with { Redirect = new RedirectTarget("2001:db8::5", address, 443) });
        redirected.Connect();
        Assert.Equal(new SocketAddress(AddressFamily.IPv6, address.Value, 443), redirected.LastTo);
    }

    [Theory]
    [InlineData(ServiceFlags.None, false)]
    [InlineData(ServiceFlags.KeepAlive, true)]
    public void Nothing_is_delayed_and_keepalive_holds_for_both_sides(ServiceFlags flags, bool keepAlive)
    {
        Redirected redirected = new(d => d with { Flags = flags });
        redirected.Connect();
        List<FakeFile> connections = redirected.System.Connections();
        Assert.Equal(2, connections.Count);
        Assert.All(connections, file => Assert.True(file.NoDelay));
        Assert.All(connections, file => Assert.Equal(keepAlive, file.KeepAlive));
    }

    [Fact]
    public void Instances_per_source_and_the_limit_of_servers_count_them()
    {
        Redirected redirected = new(d => d with { Instances = 2, PerSource = 1 });
        FakePeer first = redirected.Connect(from: Given.PeerAt(10, 0, 0, 1));
        redirected.Connect(from: Given.PeerAt(10, 0, 0, 1));
        redirected.Connect(from: Given.PeerAt(10, 0, 0, 2));
        redirected.Connect(from: Given.PeerAt(10, 0, 0, 3));
        Assert.Contains("FAIL: relay per_source_limit from=10.0.0.1", redirected.World.ServiceLines);
        Assert.Contains("FAIL: relay service_limit from=10.0.0.3", redirected.World.ServiceLines);
        first.Gone = true;
        redirected.World.Turn(2);
        Assert.False(redirected.Connect(from: Given.PeerAt(10, 0, 0, 1)).Closed);

        redirected = new(processLimit: 1);
        first = redirected.Connect();
        Assert.True(redirected.Connect().Closed);
        Assert.Contains("FAIL: relay process_limit from=127.0.0.1", redirected.World.ServiceLines);
        first.Gone = true;
        redirected.World.Turn(2);
        Assert.False(redirected.Connect().Closed);
    }

    [Fact]
    public void It_lives_through_a_reload_of_its_service_and_ends_when_that_is_dropped()
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect();
        FakePeer target = redirected.Targets[0];
        redirected.World.Reload(Given.Configuration(Redirected.Definition() with
        {
            Redirect = new RedirectTarget("10.1.1.1", IpAddress.FromV4(0x0a010101), 81),
        }));
        client.Sends("to the old target"u8);
        redirected.World.Turn(2);
        Assert.Equal("to the old target", target.Received);
        redirected.Connect();
        Assert.Equal(Given.PeerAt(10, 1, 1, 1, 81), redirected.LastTo);
        redirected.World.Reload(Given.Configuration(Given.External(2000)));
        Assert.True(client.Closed && target.Closed && redirected.Targets[1].Closed);
    }

    [Fact]
    public void A_service_may_become_redirected_by_a_reload_and_go_back()
    {
        Redirected redirected = new();
        redirected.World.Reload(Given.Configuration(Given.External(Redirected.Port, "relay")));
        redirected.World.Connect(Redirected.Port);
        Assert.Equal(1, redirected.System.SpawnCount);
        redirected.World.Reload(Given.Configuration(Redirected.Definition()));
        redirected.Connect();
        Assert.Single(redirected.Targets);
        Assert.Equal(1, redirected.System.SpawnCount);
    }

    [Fact]
    public void SIGTERM_ends_them()
    {
        Redirected redirected = new();
        FakePeer client = redirected.Connect();
        redirected.System.Raise(Signal.TERM);
        redirected.World.Turn();
        Assert.True(client.Closed && redirected.Targets[0].Closed);
        Assert.Contains("TRAFFIC: relay in=0(bytes) out=0(bytes)", redirected.World.ServiceLines);
    }
}
