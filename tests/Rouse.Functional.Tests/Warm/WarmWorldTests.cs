using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>
/// What a server finds that was started before its connection, against the same server started for it: peer and local address, options of
/// the socket, descriptors, environment, user, groups, limits, priority, umask, signals, directory. Each program tells it in its own words.
/// </summary>
public sealed partial class WarmWorldTests
{
    // What Linux tells of the process itself. Its number and the socket's are its own.
    private const string Status = "Uid|Gid|Groups|SigBlk|SigIgn|SigCgt|ShdPnd|SigPnd|CapEff|CapPrm|NoNewPrivs|Seccomp|Umask|Threads|Cpus_allowed_list|TracerPid";

    private const string Python = """
        import json, http.server, asyncio, sys, os, socket, resource, re, fcntl
        word = sys.stdin.readline().strip()
        s = socket.socket(fileno=os.dup(0))
        out = ["word " + word, "peer " + s.getpeername()[0], "local %s %d" % s.getsockname()]
        for level, name in ((1, 9), (1, 3), (1, 39), (1, 4), (1, 2), (6, 1), (1, 15), (1, 13)):
            out.append("option %d %d %d" % (level, name, s.getsockopt(level, name)))
        s.close()
        out.append("flags %d" % fcntl.fcntl(0, fcntl.F_GETFL))
        out.append("fds " + " ".join(sorted(f for f in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + f))))
        out.append("same " + str(len({os.readlink("/proc/self/fd/%d" % f) for f in (0, 1, 2)})))
        out += sorted("env %s=%s" % e for e in os.environ.items())
        out += [l for l in open("/proc/self/status").read().split("\n") if re.match("STATUS", l)]
        out.append(open("/proc/self/limits").read())
        out.append("nice %d cwd %s session %s policy %d" % (os.nice(0), os.getcwd(), os.getsid(0) == os.getpid(), os.sched_getscheduler(0)))
        out.append("dumpable " + str(os.stat("/proc/self").st_uid == os.geteuid()))
        print("\n".join(out)); sys.stdout.flush()

        """;

    private const string Asyncio = """
        import asyncio, socket, os
        async def main():
            s = socket.socket(fileno=0)
            reader, writer = await asyncio.open_connection(sock=s)
            word = (await reader.readline()).decode().strip()
            writer.write(("word %s peer %s local %s flags %s\n" % (word, writer.get_extra_info("peername")[0],
                writer.get_extra_info("sockname"), os.get_blocking(0))).encode())
            await writer.drain()
        asyncio.run(main())

        """;

    private const string Perl = """
        use IO::Socket; use POSIX; use Socket;
        my $word = <STDIN>; chomp $word;
        my ($port, $host) = sockaddr_in(getpeername(STDIN));
        my ($mine, $here) = sockaddr_in(getsockname(STDIN));
        print "word $word peer ", inet_ntoa($host), " local ", inet_ntoa($here), " $mine\n";
        print "option $_ ", unpack("i", getsockopt(STDIN, 1, $_)), "\n" for (9, 3, 4, 2);
        print "nodelay ", unpack("i", getsockopt(STDIN, 6, 1)), "\n";
        print "env $_=$ENV{$_}\n" for sort keys %ENV;
        open my $s, "<", "/proc/self/status"; /^(?:STATUS)/ and print while <$s>; close $s;
        open my $l, "<", "/proc/self/limits"; print while <$l>; close $l;
        opendir my $d, "/proc/self/fd"; print "fds ", join(" ", sort grep { /^\d+$/ && -e "/proc/self/fd/$_" } readdir $d), "\n";
        print "uid $< $> gid $( $) nice ", POSIX::nice(0), " cwd ", POSIX::getcwd(), "\n";

        """;

    private const string Shell = """
        read word
        echo "word $word"
        env | sort | grep -v '^_='
        grep -E '^(STATUS)' /proc/self/status
        cat /proc/self/limits
        ls /proc/$$/fd
        ulimit -a
        umask
        pwd
        trap

        """;

    private const string Node = """
        const net = require("net"), fs = require("fs");
        const s = new net.Socket({ fd: 0 });
        s.once("data", d => {
          const out = ["word " + d.toString().trim(), "peer " + s.remoteAddress, "local " + s.localAddress + " " + s.localPort];
          for (const k of Object.keys(process.env).sort()) out.push("env " + k + "=" + process.env[k]);
          out.push(...fs.readFileSync("/proc/self/status", "latin1").split("\n").filter(l => /^(?:STATUS)/.test(l) && !/^Threads/.test(l)));
          out.push(fs.readFileSync("/proc/self/limits", "latin1"), process.cwd(), String(process.umask()), process.getgroups().join(" "));
          s.end(out.join("\n") + "\n", () => process.exit(0));
        });

        """;

    [Theory]
    [InlineData("static C", "", "")]
    [InlineData("python", "/usr/bin/python3", Python)]
    [InlineData("asyncio", "/usr/bin/python3", Asyncio)]
    [InlineData("perl", "/usr/bin/perl", Perl)]
    [InlineData("bash", "/bin/bash", Shell)]
    [InlineData("sh", "/bin/sh", Shell)]
    [InlineData("node", "/usr/bin/node", Node)]
    public void A_warm_server_finds_what_a_cold_one_finds(string name, string interpreter, string script)
    {
        AsRoot.Needed();
        if (interpreter.Length > 0 && !File.Exists(interpreter))
        {
            Assert.Skip("there is no " + interpreter);
        }

        using WarmStage warm = new();
        string file = interpreter.Length == 0 ? "" : warm.Script("facts", script.Replace("STATUS", Status, StringComparison.Ordinal));
        string[] lines =
        [
            "server = " + (interpreter.Length == 0 ? warm.Stage.Probe : interpreter),
            "server_args = " + (interpreter.Length == 0 ? "world" : file),
            "user = nobody", "group = daemon", "groups = yes", "umask = 027", "nice = 3", "flags = NODELAY KEEPALIVE",
            "env = GREETING=hello PATH=/usr/bin:/bin", "rlimit_cpu = 50", "rlimit_stack = 8388608",
        ];
        int cold = warm.Stage.NewPort();
        int parked = warm.Stage.NewPort();
        warm.Start(Stanza.Stream("cold", cold, lines) + Stanza.Stream("parked", parked, [.. lines, "start = warm 1"]));
        warm.WaitForParked("parked");

        string expected = Facts(cold, name);
        string found = Facts(parked, name);
        Assert.Equal(1, warm.Number("parked", "hits"));
        Assert.Contains(interpreter.Length == 0 ? "peer 127.0.0.1" : "word hello", found, StringComparison.Ordinal);
        Assert.Equal(expected, found);

        // The second one has been told the address of the first one's connection, where it asks.
        warm.WaitForParked("parked");
        Assert.Equal(expected, Facts(parked, name));
        Assert.Equal(2, warm.Number("parked", "hits"));
    }

    [Fact]
    public void A_service_for_both_families_tells_each_peer_its_own_addresses()
    {
        if (!File.Exists("/usr/bin/python3"))
        {
            Assert.Skip("there is no /usr/bin/python3");
        }

        using WarmStage warm = new();
        string file = warm.Script("facts", Asyncio);
        string[] lines = ["server = /usr/bin/python3", "server_args = " + file, "bind = ::", "flags = IPv6"];
        int cold = warm.Stage.NewPort();
        int parked = warm.Stage.NewPort();
        warm.Start(Stanza.Stream("cold", cold, lines) + Stanza.Stream("parked", parked, [.. lines, "start = warm 1"]));
        foreach (string to in new[] { "127.0.0.1", "::1", "127.0.0.1", "127.0.0.1", "::1", "::1" })
        {
            warm.WaitForParked("parked");
            Assert.Equal(Addressed(cold, to), Addressed(parked, to));
        }

        // Those that came to another address than the one before were served cold, or by a server that was not told any.
        Assert.InRange(warm.Number("parked", "hits"), 2, 6);
    }

    private static string Addressed(int port, string to) =>
        Own().Replace(Peer.Ask(port, "hello\n", to: to).Replace(port.ToString(), "PORT", StringComparison.Ordinal), "$1 #");

    // Without what is each process's own: its number, the numbers of its sockets, the ports; and REMOTE_HOST, which is told to cold servers alone.
    private static string Facts(int port, string name)
    {
        // The static one reads nothing: what is left unread when it ends would be answered with a reset, sooner or later than the end.
        string told = name == "static C" ? Peer.Ask(port, halfClose: true) : Peer.Ask(port, "hello\n");
        string plain = told.Replace(port.ToString(), "PORT", StringComparison.Ordinal);
        return string.Join('\n', Own().Replace(plain, "$1 #").Split('\n').Where(line => !line.Contains("REMOTE_HOST=", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"(socket:|(?m:^)pid|peer \S+) ?\[?\d+\]?")]
    private static partial Regex Own();
}
