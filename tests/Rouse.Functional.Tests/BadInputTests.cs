using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>What is wrong is said, costs no more than itself, and never ends the daemon.</summary>
public sealed class BadInputTests
{
    // {0} is the stage's folder.
    [Theory]
    [InlineData("per_source = 10 20", "per_source", "one value")]
    [InlineData("user = no-such-user-here", "user", "no-such-user-here")]
    [InlineData("group = no-such-group-here", "group", "no-such-group-here")]
    [InlineData("server = {0}/missing", "server", "{0}/missing")]
    [InlineData("server = {0}/xinetd.conf", "server", "{0}/xinetd.conf")]
    [InlineData("server = {0}", "server", "{0}")]
    [InlineData("flags = IPv6", "IPv6", "127.0.0.1")]
    [InlineData("only_from = 300.1.2.3/8", "300.1.2.3/8")]
    [InlineData("no_access = nonsense..name", "nonsense..name")]
    [InlineData("instances = many", "instances", "many")]
    [InlineData("access_times = 22:00-6:00", "22:00-6:00", "write two")]
    [InlineData("socket_type = streem", "socket_type", "streem")]
    public void A_broken_service_is_left_out_with_its_place_and_the_others_run(string line, params string[] words)
    {
        using var stage = new Stage();
        int broken = stage.NewPort(), whole = stage.NewPort();
        string written = string.Format(line, stage.Scratch.Folder);
        string[] lines = [.. written.StartsWith("server ") ? [] : new[] { "server = " + stage.Probe }, written];
        Daemon daemon = stage.Start(Stanza.Stream("broken", broken, lines) + Stanza.BuiltIn("daytime", whole, "stream"));

        Assert.EndsWith("UTC\r\n", Peer.Ask(whole));
        if (stage.Subject == Subject.Ours)
        {
            // A flag that does not go with the address is told at the address.
            string place = line == "flags = IPv6" ? "bind = 127.0.0.1" : written;
            int number = 1 + File.ReadLines(daemon.ConfigurationPath).TakeWhile(text => text.Trim() != place).Count();
            Assert.Contains(daemon.Log, said => said.StartsWith($"ERROR: {daemon.ConfigurationPath}:{number}:")
                && said.Contains("service 'broken' is left out")
                && words.All(word => said.Contains(string.Format(word, stage.Scratch.Folder))));
            Assert.False(ProcFs.IsListening(broken));
        }
    }

    [Fact]
    public void All_faults_are_reported_not_only_the_first()
    {
        Subjects.OnlyOurs("all faults at once");
        using var stage = new Stage();
        Daemon daemon = stage.Start(
            Stanza.Stream("one", stage.NewPort(), "server = /missing/a", "instances = x", "nice = y")
            + Stanza.Stream("two", stage.NewPort(), "server = /missing/b")
            + Stanza.BuiltIn("daytime", stage.NewPort(), "stream"));
        Assert.All(
            new[] { "/missing/a", "'x'", "'y'", "/missing/b" },
            word => Assert.Contains(daemon.Log, line => line.StartsWith("ERROR") && line.Contains(word)));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named_and_the_others_count()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        Directory.CreateDirectory(stage.Scratch["d"]);
        File.CreateSymbolicLink(stage.Scratch["d/a-dangling"], stage.Scratch["nowhere"]);
        stage.Scratch.Write("d/b-service", Stanza.BuiltIn("daytime", port, "stream"));
        Daemon daemon = stage.Start($"includedir {stage.Scratch["d"]}\n");
        Assert.EndsWith("UTC\r\n", Peer.Ask(port));
        Assert.Contains(daemon.Log, line => line.Contains("a-dangling"));
    }

    [Fact]
    public void Nonsense_in_place_of_a_configuration_ends_nothing()
    {
        using var stage = new Stage();
        int port = stage.NewPort();
        byte[] noise = new byte[20_000];
        new Random(5).NextBytes(noise);
        Directory.CreateDirectory(stage.Scratch["d"]);
        File.WriteAllBytes(stage.Scratch["d/a-noise"], noise);
        stage.Scratch.Write("d/b-long", "service " + new string('x', 100_000) + "\n{\n" + string.Concat(Enumerable.Repeat("    nice = 1\n", 1000)));
        stage.Scratch.Write("d/z-service", Stanza.BuiltIn("daytime", port, "stream"));
        stage.Start($"includedir {stage.Scratch["d"]}\n");
        Assert.EndsWith("UTC\r\n", Peer.Ask(port));
    }

    [Fact]
    public void A_port_in_use_keeps_one_service_waiting_until_it_is_free()
    {
        Subjects.OnlyOurs("a service whose address is taken waits for it");
        using var stage = new Stage();
        int taken = stage.NewPort(), free = stage.NewPort();
        using var occupant = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        occupant.Bind(new IPEndPoint(IPAddress.Loopback, taken));
        occupant.Listen();
        Daemon daemon = stage.Start(
            Stanza.BuiltIn("daytime", taken, "stream", "id = taken") + Stanza.BuiltIn("daytime", free, "stream", "id = free"));
        Assert.EndsWith("UTC\r\n", Peer.Ask(free));
        Assert.Contains(daemon.Log, line => line.Contains("taken") && line.Contains("in use"));
        occupant.Dispose();

        // Of a socket that listens there nothing follows yet: a process that is just being started may have a copy of the occupant's.
        Wait.Until(
            () => daemon.Log.Any(line => line.Contains("service taken has its address now")),
            TimeSpan.FromSeconds(20), () => "the service on its address\n" + daemon.Describe());
        Assert.EndsWith("UTC\r\n", Peer.Ask(taken));
    }

    [Fact]
    public void A_server_that_disappears_costs_its_own_connections_only()
    {
        using var stage = new Stage();
        int gone = stage.NewPort(), other = stage.NewPort();
        string server = stage.Scratch.CopyOfProbe("vanishing");
        Daemon daemon = stage.Start(
            Stanza.Stream("vanishing", gone, "server = " + server, "server_args = line") + Stanza.BuiltIn("daytime", other, "stream"));
        File.Delete(server);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("(closed)", Peer.Ask(gone));
            Assert.EndsWith("UTC\r\n", Peer.Ask(other));
        }

        daemon.WaitForLog(server);
        stage.Scratch.CopyOfProbe("vanishing");
        Assert.Equal("line: back\n", Peer.Ask(gone, "back\n"));
    }

    [Fact]
    public void A_server_that_is_no_program_costs_its_own_connections_only()
    {
        using var stage = new Stage();
        int port = stage.NewPort(), other = stage.NewPort();
        string server = stage.Scratch.Write("text", "this is no program\n");
        File.SetUnixFileMode(server, (UnixFileMode)0b111_101_101);
        Daemon daemon = stage.Start(Stanza.Stream("text", port, "server = " + server) + Stanza.BuiltIn("daytime", other, "stream"));
        Assert.Equal("(closed)", Peer.Ask(port));
        daemon.WaitForLog(server);
        Assert.Contains(daemon.Log, line => line.Contains(server) && line.Contains("Exec format error"));
        Assert.EndsWith("UTC\r\n", Peer.Ask(other));
    }

    [Fact]
    public void A_datagram_server_that_cannot_start_does_not_start_for_ever()
    {
        Subjects.OnlyOurs("no endless loop over a datagram that nobody reads");
        using var stage = new Stage();
        int port = stage.NewPort(), other = stage.NewPort();
        Daemon daemon = stage.Start(
            Stanza.Defaults(stage.LogToFile, "log_on_success = PID")
            + Stanza.Datagram("refuser", port, "server = " + stage.Probe, "server_args = exit 1")
            + Stanza.BuiltIn("daytime", other, "stream"));
        using var peer = new DatagramPeer(port);
        peer.Send("x");
        System.Threading.Thread.Sleep(1000);
        Assert.EndsWith("UTC\r\n", Peer.Ask(other));
        int started = stage.ServiceLog.Count(line => line.StartsWith("START: refuser"));
        Assert.True(started <= 60, $"{started} servers were started for one datagram");
        Assert.True(daemon.IsRunning);
    }
}
