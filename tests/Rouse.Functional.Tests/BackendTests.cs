using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>
/// start = on-demand-resident with real servers that sleep. How often the three promises are tried (no failed first connection, no connection
/// cut by an idle stop, no scan that wakes) is said by ROUSE_TRIALS.
/// </summary>
[Collection(Alone.Name)]
public sealed class BackendTests
{
    [Fact]
    public void A_web_server_of_python_sleeps_and_wakes_and_every_first_connection_is_answered()
    {
        Subjects.OnlyOurs("backends that sleep");
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort();
        stage.Scratch.Write("site/page", new string('x', 300_000) + "end");
        Daemon daemon = stage.Start(Behind(
            stage, port, behind, "server = /usr/bin/python3", $"server_args = -m http.server --bind 127.0.0.1 --directory {stage.Scratch["site"]} {behind}", "idle_timeout = 1"));
        for (int round = 1; round <= 2; round++)
        {
            Assert.Empty(ProcFs.Children(daemon.Pid));
            string[] answers = AtOnce(8, _ => Peer.Ask(port, "GET /page HTTP/1.0\r\n\r\n"));
            Assert.All(answers, answer => Assert.EndsWith(new string('x', 300_000) + "end", answer));
            daemon.WaitForLog("has ended, and sleeps", round);
        }

        Assert.Equal(2, daemon.CountLog("somebody has come"));
        Assert.Equal(16, stage.ServiceLog.Count(line => line.StartsWith("START: web pid=0 ")));
    }

    [Theory]
    [InlineData("no")]
    [InlineData("yes")]
    public void Redis_sleeps_whether_it_stays_in_the_foreground_or_not(string daemonize)
    {
        Subjects.OnlyOurs("backends that sleep");
        string program = Originals.Program("redis-tools", "usr/bin/redis-check-rdb");
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort();

        // Which of its programs it is, it sees by its name.
        File.CreateSymbolicLink(stage.Scratch["redis-server"], program);
        Daemon daemon = stage.Start(Behind(
            stage, port, behind, $"server = {stage.Scratch["redis-server"]}", $"env = LD_LIBRARY_PATH={Originals.LibraryPath}",
            $"server_args = --port {behind} --bind 127.0.0.1 --daemonize {daemonize} --appendonly no --dir {stage.Scratch.Folder} --dbfilename kept.rdb --pidfile {stage.Scratch["redis.pid"]}",
            "idle_timeout = 1"));
        Assert.Equal("+OK\r\n+OK\r\n", Peer.Ask(port, "SET key value\r\nQUIT\r\n"));
        using (Peer held = Peer.Connect(port))
        {
            held.Send("GET key\r\n");
            Assert.Equal("$5\r\nvalue\r\n", held.Read(11));

            // It could be idle for long: it has a connection.
            Thread.Sleep(1500);
            held.Send("SAVE\r\n");
            Assert.Equal("+OK\r\n", held.Read(5));
        }

        daemon.WaitForLog("has ended, and sleeps");
        Assert.Empty(ProcFs.Descendants(daemon.Pid));
        Assert.Equal("$5\r\nvalue\r\n+OK\r\n", Peer.Ask(port, "GET key\r\nQUIT\r\n"));
        Assert.Equal(daemonize == "yes" ? 2 : 0, daemon.CountLog("has put itself into the background"));
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public void Nginx_sleeps_with_all_its_workers(string daemonize)
    {
        Subjects.OnlyOurs("backends that sleep");
        AsRoot.Needed();
        string nginx = Originals.Program("nginx", "usr/sbin/nginx");
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort();
        string folder = stage.Scratch.NewFolder("nginx", writableByAll: true);
        string configuration = stage.Scratch.Write(
            "nginx.conf",
            $"daemon {daemonize};\nuser root;\nworker_processes 2;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{ }}\n"
            + $"http {{ access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d;\n"
            + $"scgi_temp_path {folder}/e; server {{ listen 127.0.0.1:{behind}; location / {{ return 200 'awake'; }} }} }}\n");
        Daemon daemon = stage.Start(Behind(
            stage, port, behind, $"server = {nginx}", $"env = LD_LIBRARY_PATH={Originals.LibraryPath}", $"server_args = -c {configuration} -p {folder} -e {folder}/error.log",
            "idle_timeout = 1", "wake = data"));
        for (int round = 1; round <= 2; round++)
        {
            Assert.EndsWith("awake", Peer.Ask(port, "GET / HTTP/1.0\r\n\r\n"));
            daemon.WaitForLog("has ended, and sleeps", round);
            Assert.Empty(ProcFs.Descendants(daemon.Pid));
            Assert.False(ProcFs.IsListening(behind));
        }
    }

    [Fact]
    public void Nobody_is_passed_on_to_a_program_that_is_not_the_services_own()
    {
        Subjects.OnlyOurs("backends that sleep");
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort();
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        stranger.Bind(new IPEndPoint(IPAddress.Any, behind));
        stranger.Listen();
        Daemon daemon = stage.Start(Probed(stage, port, behind, 0));
        Assert.Equal("(reset)", Peer.Ask(port, "secret"));
        Assert.False(stranger.Poll(0, SelectMode.SelectRead));
        stage.WaitForServiceLog("FAIL: web backend from=127.0.0.1");
        daemon.WaitForLog($"another program has 127.0.0.1:{behind} already");
        Assert.Empty(ProcFs.Children(daemon.Pid));
    }

    [Fact]
    public void A_program_that_listens_while_the_server_is_on_its_way_gets_nobody()
    {
        Subjects.OnlyOurs("backends that sleep");
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort();
        Daemon daemon = stage.Start(Probed(stage, port, behind, 60_000));
        using Peer peer = stage.Keep(Peer.Connect(port));
        peer.Send("secret");
        daemon.WaitForLog("somebody has come");
        using var stranger = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        stranger.Bind(new IPEndPoint(IPAddress.IPv6Any, behind));
        stranger.Listen();
        Assert.Equal("(reset)", peer.ReadToEnd());
        Assert.False(stranger.Poll(0, SelectMode.SelectRead));
        daemon.WaitForLog("a program that is none of its server's listens");
        Wait.Until(() => ProcFs.Children(daemon.Pid).Count == 0, () => "the end of its server");
    }

    [Fact]
    public void A_server_that_never_listens_and_one_that_ends_are_clear_refusals()
    {
        Subjects.OnlyOurs("backends that sleep");
        using var stage = new Stage();
        int port = stage.NewPort(), other = stage.NewPort();
        Daemon daemon = stage.Start(
            Probed(stage, port, stage.NewPort(), 60_000, "start_timeout = 1")
            + Behind(stage, other, stage.NewPort(), "id = ends", $"server = {stage.Probe}", "server_args = exit 5"));
        Assert.Equal("(reset)", Peer.Ask(port));
        Assert.Equal("(reset)", Peer.Ask(other));
        daemon.WaitForLog("does not listen at");
        daemon.WaitForLog("has ended with status 5");
        stage.WaitForServiceLog("FAIL: web backend from=127.0.0.1");
        stage.WaitForServiceLog("FAIL: ends backend from=127.0.0.1");
    }

    [Fact]
    public void A_server_with_a_connection_outlives_a_shortage_of_descriptors()
    {
        Subjects.OnlyOurs("backends that sleep");
        string program = Originals.Program("redis-tools", "usr/bin/redis-check-rdb");
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort(), echo = stage.NewPort();
        File.CreateSymbolicLink(stage.Scratch["redis-server"], program);
        Daemon daemon = stage.Start(
            Stanza.Defaults("cps = 0 0") + Stanza.BuiltIn("echo", echo, "stream") + Behind(
                stage, port, behind, $"server = {stage.Scratch["redis-server"]}", $"env = LD_LIBRARY_PATH={Originals.LibraryPath}",
                $"server_args = --port {behind} --bind 127.0.0.1 --appendonly no --save \"\" --dir {stage.Scratch.Folder}", "start_timeout = 2"),
            wrapper: ["prlimit", "--nofile=64:64"]);
        using Peer held = Peer.Connect(port);
        held.Send("PING\r\n");
        Assert.Equal("+PONG\r\n", held.Read(7));
        List<Peer> fillers = [];
        do
        {
            fillers.Add(Peer.Connect(echo));
        }
        while (fillers[^1].IsOpen(TimeSpan.FromMilliseconds(50)) && fillers.Count < 100);

        // The next one takes the last descriptor, and none is left to ask the kernel whether the server listens.
        int full = ProcFs.DescriptorCount(daemon.Pid);
        fillers[0].Dispose();
        Wait.Until(() => ProcFs.DescriptorCount(daemon.Pid) == full - 1, () => "a descriptor that is free\n" + daemon.Describe());
        string answer = Peer.Ask(port, "PING\r\n");
        Assert.Equal("(reset)", answer);
        Thread.Sleep(2500);
        held.Send("PING\r\n");
        Assert.Equal("+PONG\r\n", held.Read(7));
        fillers.ForEach(filler => filler.Dispose());
        Wait.Until(() => Peer.Ask(port, "PING\r\nQUIT\r\n") == "+PONG\r\n+OK\r\n", () => "an answer after the shortage\n" + daemon.Describe());
        Assert.Equal(1, daemon.CountLog("its server is started"));
    }

    [Fact]
    public void Datagrams_wake_a_server_of_datagrams()
    {
        Subjects.OnlyOurs("backends that sleep");
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort();
        Daemon daemon = stage.Start(Stanza.Datagram(
            "names", port, "start = on-demand-resident", $"backend = 127.0.0.1 {behind}", "idle_timeout = 1", $"server = {stage.Probe}",
            $"server_args = backend-dgram {behind} 200"));
        for (int round = 1; round <= 2; round++)
        {
            using var one = new DatagramPeer(port);
            using var two = new DatagramPeer(port, from: "127.0.0.2");
            two.Send("two");
            Assert.EndsWith(" one", one.Ask("one"));
            Assert.EndsWith(" two", two.Receive());
            daemon.WaitForLog("has ended, and sleeps", round);
        }
    }

    [Fact]
    public void Cold_starts_fail_no_first_connection()
    {
        Subjects.OnlyOurs("backends that sleep");
        const int Services = 8;
        int rounds = Math.Max(1, Trials.Or(Services) / Services);
        using var stage = new Stage();
        int[] ports = [.. Enumerable.Range(0, Services).Select(_ => stage.NewPort())];
        stage.Start(Stanza.Defaults("cps = 0 0") + string.Concat(ports.Select((port, i) => Probed(stage, port, stage.NewPort(), 1000, $"id = web{i}", "idle_timeout = 1"))));
        ConcurrentBag<long> late = [];
        string[] wrong = AtOnce(Services, i =>
        {
            for (int round = 0; round < rounds; round++)
            {
                string answer = Peer.Ask(ports[i], "first", halfClose: true);
                string[] words = answer.Split(' ', '\n');
                if (words.Length != 3 || words[2] != "first")
                {
                    return $"round {round}: {answer}";
                }

                late.Add(long.Parse(words[1], CultureInfo.InvariantCulture));
                int ended = round + 1;
                Wait.Until(() => stage.Daemon.CountLog($"service web{i}: its server has ended") >= ended, () => $"the sleep of web{i}");
            }

            return "";
        });
        Assert.All(wrong, Assert.Empty);
        long[] sorted = [.. late.Order()];
        TestContext.Current.SendDiagnosticMessage(
            $"{sorted.Length} cold starts: first connection accepted after it listens: median {sorted[sorted.Length / 2]} µs, p99 {sorted[(sorted.Length * 99 / 100) - (sorted.Length >= 100 ? 0 : 1)]} µs, most {sorted[^1]} µs");
    }

    [Fact]
    public void An_idle_stop_cuts_no_connection()
    {
        Subjects.OnlyOurs("backends that sleep");
        const int Services = 8;
        int rounds = Math.Max(1, Trials.Or(3 * Services) / Services);
        using var stage = new Stage();
        int[] ports = [.. Enumerable.Range(0, Services).Select(_ => stage.NewPort())];
        Daemon daemon = stage.Start(
            Stanza.Defaults("cps = 0 0") + string.Concat(ports.Select((port, i) => Probed(stage, port, stage.NewPort(), 0, $"id = web{i}", "idle_timeout = 1"))));
        string[] wrong = AtOnce(Services, i =>
        {
            var random = new Random(i);
            for (int round = 0; round < rounds; round++)
            {
                using Peer peer = Peer.Connect(ports[i]);
                peer.Send("one\n");
                string[] said = [peer.ReadLine().Split(' ')[0].Length > 0 ? "pid" : "", peer.ReadLine()];
                peer.Send("two\n");
                if (said[1] != "one" || peer.ReadLine() != "two")
                {
                    return $"round {round}: {string.Join('|', said)}";
                }

                peer.HalfClose();
                if (peer.ReadToEnd() != "(closed)")
                {
                    return $"round {round}: no clean end";
                }

                // Just about when the server is ended for having nobody.
                Thread.Sleep(960 + random.Next(80));
            }

            return "";
        });
        Assert.All(wrong, Assert.Empty);
        Assert.True(daemon.CountLog("nobody has come for 1 second") > 0, daemon.Describe());
    }

    [Fact]
    public void Scans_wake_nothing_that_waits_for_data()
    {
        Subjects.OnlyOurs("backends that sleep");
        int scans = Math.Max(400, 20 * Trials.Or(0));
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort();
        Daemon daemon = stage.Start(Stanza.Defaults("cps = 0 0", "instances = UNLIMITED") + Probed(stage, port, behind, 0, "wake = data", "instances = UNLIMITED"));
        AtOnce(4, i =>
        {
            for (int n = 0; n < scans / 4; n++)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(IPAddress.Loopback, port);
                socket.LingerState = new LingerOption(n % 2 == 0, 0);
            }

            return "";
        });
        Wait.Until(() => stage.ServiceLog.Count(line => line == "FAIL: web silent from=127.0.0.1") == scans, () => $"{scans} refusals");
        Assert.Equal(0, daemon.CountLog("somebody has come"));
        Assert.Empty(ProcFs.Children(daemon.Pid));
        Assert.EndsWith("\nawake", Peer.Ask(port, "awake", halfClose: true));
    }

    [Fact]
    public void A_service_that_a_reload_moves_waits_for_the_old_server_to_leave_the_address()
    {
        Subjects.OnlyOurs("backends that sleep");
        using var stage = new Stage();
        int port = stage.NewPort(), moved = stage.NewPort(), behind = stage.NewPort();
        stage.Scratch.Write("slow.py", """
            import http.server, os, signal, sys, time
            def end(*_):
                time.sleep(1.5)
                os._exit(0)
            signal.signal(signal.SIGTERM, end)
            http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
            """);
        string At(int where) => Behind(stage, where, behind, "server = /usr/bin/python3", $"server_args = {stage.Scratch["slow.py"]} {behind}");
        Daemon daemon = stage.Start(At(port));
        Assert.Contains("200 OK", Peer.Ask(port, "GET / HTTP/1.0\r\n\r\n"));
        daemon.Reload(At(moved));
        Assert.All(AtOnce(4, _ => Peer.Ask(moved, "GET / HTTP/1.0\r\n\r\n")), answer => Assert.Contains("200 OK", answer));
        Assert.Equal(1, daemon.CountLog("waits until a server of service web that is being ended has left"));
        Assert.Equal(0, daemon.CountLog("another program"));
        Assert.DoesNotContain(stage.ServiceLog, line => line.StartsWith("FAIL"));
    }

    [Fact]
    public void Status_and_services_show_who_sleeps_and_who_is_awake()
    {
        Subjects.OnlyOurs("backends that sleep");
        using var stage = new Stage();
        int port = stage.NewPort(), behind = stage.NewPort(), own = stage.NewPort();
        string control = stage.Scratch["control"];
        Daemon daemon = stage.Start(
            Probed(stage, port, behind, 0, "idle_timeout = 1")
            + Stanza.Stream("own", own, "wait = yes", "start = resident", $"server = {stage.Probe}", "server_args = accept 60000"),
            ["-control", control]);
        string Status(string verb) => Command.Succeed(null, Path.Combine(Repository.Bin, "rouse"), verb, "--control", control);
        Assert.Matches(@"(?m)^web +on-demand-resident +asleep +\d+ s +- +0 +0 +0 +0 KiB +never +nobody has come yet$", Status("status"));
        Assert.Matches(@"(?m)^own +resident +running +\d+ s +\d+ +1 +- +- +[1-9]\d* KiB +- +-$", Status("status"));
        using (Peer peer = Peer.Connect(port))
        {
            peer.ReadLine();
            Assert.Matches(@"(?m)^web +on-demand-resident +ready +\d+ s +\d+ +1 +1 +0 +[1-9]\d* KiB +never +somebody has come$", Status("status"));
            Assert.Matches(@"(?m)^web +xinetd +on +on-demand-resident .*running \(1\) +[1-9]\d* KiB", Status("services"));
            Assert.Matches(@"(?m)^web +on-demand-resident +ready +- +- +- +[1-9]\d* KiB +never$", Status("services"));
            Assert.Matches(@"(?m)^own +resident +running +- +- +- +[1-9]\d* KiB +-$", Status("services"));
        }

        daemon.WaitForLog("has ended, and sleeps");
        Assert.Matches(@"(?m)^web +on-demand-resident +asleep .* \d+ s ago +nobody has come for 1 second$", Status("status"));
        Assert.Matches(@"(?m)^web +xinetd +on +on-demand-resident .*asleep +0 KiB", Status("services"));
        Assert.Matches(@"(?m)^web +on-demand-resident +asleep +- +- +- +0 KiB +\d+ s ago$", Status("services"));
    }

    private static string Probed(Stage stage, int port, int behind, int ms, params string[] lines) =>
        Behind(stage, port, behind, [$"server = {stage.Probe}", $"server_args = backend {behind} {ms}", .. lines]);

    private static string Behind(Stage stage, int port, int behind, params string[] lines) => Stanza.Stream(
        "web", port,
        ["start = on-demand-resident", $"backend = 127.0.0.1 {behind}", stage.LogToFile, "log_on_success = PID HOST", "log_on_failure = HOST", "flags = NOLIBWRAP", .. lines]);

    private static string[] AtOnce(int count, Func<int, string> client)
    {
        string[] answers = new string[count];
        List<Thread> threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                answers[i] = client(i);
            }
            catch (Exception e) when (e is SocketException or TimeoutException)
            {
                answers[i] = $"client {i}: {e.Message}";
            }
        }))];
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return answers;
    }
}
