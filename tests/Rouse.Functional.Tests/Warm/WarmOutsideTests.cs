using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>
/// What is seen from outside of a server that was started before its connection, while it serves it, against the same server started for it:
/// its process and those that it has made, their descriptors, environment, rights, limits and signals, and the connection itself.
/// </summary>
public sealed partial class WarmOutsideTests
{
    private static readonly string[] Usual =
    [
        "group = daemon", "groups = yes", "umask = 027", "nice = 3", "flags = NODELAY KEEPALIVE", "rlimit_cpu = 50",
        "rlimit_stack = 8388608", "rlimit_files = 200", "rlimit_core = 0",
    ];

    private static string Path => "env = GREETING=hello PATH=/usr/bin:/bin LD_LIBRARY_PATH=" + Originals.LibraryPath;

    [Theory]
    [InlineData("/usr/bin/python3", "import json, http.server, sys\nprint('ready', flush=True)\nsys.stdin.readline()\n")]
    [InlineData("/usr/bin/python3", """
        import asyncio, socket
        async def main():
            reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=0))
            writer.write(b"ready\n")
            await writer.drain()
            await reader.readline()
        asyncio.run(main())

        """)]
    [InlineData("/usr/bin/perl", "use IO::Socket; use POSIX; use Socket; $| = 1; print \"ready\\n\"; my $word = <STDIN>;\n")]
    [InlineData("/bin/bash", "echo ready\nread word\n")]
    [InlineData("/bin/sh", "echo ready\nread word\n")]
    [InlineData("/usr/bin/node", """
        const s = new (require("net").Socket)({ fd: 0 });
        s.write("ready\n");
        s.once("data", () => process.exit(0));

        """)]
    public void A_script_is_the_same_from_outside(string interpreter, string script)
    {
        AsRoot.Needed();
        if (!File.Exists(interpreter))
        {
            Assert.Skip("there is no " + interpreter);
        }

        using WarmStage warm = new();
        Compare(warm, ["user = nobody"], [interpreter, warm.Script("server", script)], peer => Assert.Equal("ready", peer.ReadLine()));
    }

    [Fact]
    public void A_static_C_server_is_the_same_from_outside()
    {
        AsRoot.Needed();
        using WarmStage warm = new();
        Compare(warm, ["user = nobody"], [warm.Stage.Probe, "hold"], peer => Assert.StartsWith("held ", peer.ReadLine()));
    }

    [Fact]
    public void Rsync_is_the_same_from_outside()
    {
        AsRoot.Needed();
        string rsync = Originals.Program("rsync", "usr/bin/rsync");
        using WarmStage warm = new();
        string configuration = warm.Scratch.Write(
            "rsyncd.conf",
            $"use chroot = no\nreverse lookup = no\nlog file = {warm.Scratch.NewFolder("logs", writableByAll: true)}/rsyncd.log\n"
            + $"[tree]\npath = {Trees.Grow(warm.Scratch["source"], 3)}\n");
        Compare(warm, ["user = nobody"], [rsync, "--daemon", "--config=" + configuration], peer => Assert.StartsWith("@RSYNCD: ", peer.ReadLine()));
    }

    [Fact]
    public void A_git_daemon_and_the_program_that_it_runs_are_the_same_from_outside()
    {
        AsRoot.Needed();
        using WarmStage warm = new();
        string served = warm.Scratch["served/repository.git"];
        Command.Succeed(null, "git", "init", "-q", "--bare", served);
        Command.Succeed(null, "chown", "-R", "nobody", warm.Scratch["served"]);
        Compare(
            warm,
            ["user = nobody"],
            ["/usr/bin/git", "daemon", "--inetd", "--export-all", "--base-path=" + warm.Scratch["served"]],
            peer =>
            {
                // git-protocol(5): version 1 is greeted with its number, and an empty repository then has nothing to tell.
                const string Request = "git-upload-pack /repository.git\0host=localhost\0\0version=1\0";
                peer.Send($"{Request.Length + 4:x4}{Request}");
                Assert.Equal("000eversion 1", peer.ReadLine());
            });
    }

    [Fact]
    public void Vsftpd_and_its_child_are_the_same_from_outside()
    {
        AsRoot.Needed();
        string vsftpd = Originals.Program("vsftpd", "usr/sbin/vsftpd");
        using WarmStage warm = new();
        string configuration = warm.Scratch.Write(
            "vsftpd.conf",
            "listen=NO\nanonymous_enable=YES\nlocal_enable=NO\nxferlog_enable=YES\nftp_username=daemon\nnopriv_user=nobody\n"
            + $"anon_root={warm.Scratch.NewFolder("ftp")}\nsecure_chroot_dir={warm.Scratch.NewFolder("empty")}\n"
            + $"vsftpd_log_file={warm.Scratch["vsftpd.log"]}\ndual_log_enable=NO\nxferlog_std_format=NO\nseccomp_sandbox=NO\n");
        Compare(warm, [], [vsftpd, configuration], peer => Assert.StartsWith("220 ", peer.ReadLine()));
    }

    [Fact]
    public void Sshd_is_the_same_from_outside()
    {
        AsRoot.Needed();
        string sshd = Originals.Program("openssh-server", "usr/sbin/sshd");
        using WarmStage warm = new();
        Scratch scratch = warm.Scratch;
        Command.Succeed(null, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch["host"]);
        string configuration = scratch.Write("sshd_config", $"HostKey {scratch["host"]}\nStrictModes no\nUsePAM no\nUseDNS no\n");

        // sshd wants a user and a folder of its own. They exist in a mount namespace that only this daemon lives in.
        scratch.Write("passwd", File.ReadAllText("/etc/passwd") + "sshd:x:60999:65534::/run/sshd:/usr/sbin/nologin\n");
        string[] wrapper =
        [
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount --bind {scratch["passwd"]} /etc/passwd && mount -t tmpfs -o mode=755 none /run && mkdir -m 755 /run/sshd && exec \"$@\"", "sh",
        ];
        Compare(warm, [], [sshd, "-i", "-f", configuration], peer => Assert.StartsWith("SSH-2.0-", peer.ReadLine()), wrapper);
    }

    [Fact]
    public void What_differs_is_seen()
    {
        AsRoot.Needed();
        using WarmStage warm = new();
        int one = warm.Stage.NewPort();
        int other = warm.Stage.NewPort();
        string server = $"server = {warm.Stage.Probe}";
        warm.Start(
            Stanza.Stream("one", one, [server, "server_args = hold", "user = nobody", .. Usual, Path])
            + Stanza.Stream(
                "other", other, server, "server_args = hold more", "user = nobody", "group = nogroup", "umask = 022", "nice = 4", "flags = KEEPALIVE",
                "rlimit_cpu = 51", "rlimit_stack = 8388608", "rlimit_files = 200", "rlimit_core = 0", "env = GREETING=hullo"));
        string[] differing =
        [
            .. World(warm, "one", one, peer => peer.ReadLine()).Split('\n').Except(World(warm, "other", other, peer => peer.ReadLine()).Split('\n'))
                .Where(line => line.Contains(": ", StringComparison.Ordinal)).Select(line => line[..line.IndexOf(':')]).Distinct(),
        ];
        Assert.Equal(["Gid", "Groups", "TCP_NODELAY", "Umask", "cmdline", "env", "limits", "nice", "owner", "priority"], differing.Order(StringComparer.Ordinal));
    }

    private static void Compare(
        WarmStage warm, string[] lines, string[] command, Action<Peer> greet, string[]? wrapper = null)
    {
        string[] all = ["server = " + command[0], "server_args = " + string.Join(' ', command[1..]), .. lines, .. Usual, Path];
        int cold = warm.Stage.NewPort();
        int parked = warm.Stage.NewPort();
        warm.Start(Stanza.Stream("cold", cold, all) + Stanza.Stream("parked", parked, [.. all, "start = warm 1"]), wrapper);
        warm.WaitForParked("parked");
        string expected = World(warm, "cold", cold, greet);
        Assert.Contains("fd: ", expected, StringComparison.Ordinal);
        Assert.Contains("the connection", expected, StringComparison.Ordinal);

        // The second one has been told the address of the first one's connection, where it asks.
        for (int hits = 1; hits <= 2; hits++)
        {
            warm.WaitForParked("parked");
            Assert.Equal(expected, World(warm, "parked", parked, greet));
            Assert.Equal(hits, warm.Number("parked", "hits"));
        }
    }

    private static string World(WarmStage warm, string service, int port, Action<Peer> greet)
    {
        int before = Started(warm, service).Count;
        using Peer peer = Peer.Connect(port);
        greet(peer);
        Wait.Until(() => Started(warm, service).Count > before, () => "START of " + service);
        string world = ProcessWorld.Of(warm.Daemon.Pid, Started(warm, service)[^1], port, peer.LocalPort);
        peer.HalfClose();
        return world;
    }

    private static List<int> Started(WarmStage warm, string service) =>
        [.. warm.Stage.ServiceLog.Select(line => Start().Match(line)).Where(match => match.Groups[1].Value == service).Select(match => int.Parse(match.Groups[2].Value))];

    [GeneratedRegex(@"^START: (\S+) pid=(\d+) ")]
    private static partial Regex Start();
}
