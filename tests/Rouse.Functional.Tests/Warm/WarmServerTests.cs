using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>Servers that people run, started before the clients that people use.</summary>
public sealed class WarmServerTests
{
    [Fact]
    public void Rsync_fetches_a_tree_from_a_parked_server()
    {
        AsRoot.Needed();
        string rsync = Originals.Program("rsync", "usr/bin/rsync");
        using WarmStage warm = new();
        string source = Trees.Grow(warm.Scratch["source"], 100);
        string configuration = warm.Scratch.Write(
            "rsyncd.conf",
            $"use chroot = no\nuid = nobody\ngid = nogroup\nreverse lookup = no\nlog file = {warm.Scratch["rsyncd.log"]}\n"
            + $"[tree]\npath = {source}\nhosts allow = 127.0.0.1\n");
        int port = Start(warm, "rsync", [], rsync, "--daemon", "--config=" + configuration);

        Command.Succeed(Originals.Environment(), rsync, "-rt", $"rsync://127.0.0.1:{port}/tree/", warm.Scratch["copy"]);
        Trees.AssertEqual(source, warm.Scratch["copy"]);
        Assert.Matches(@"connect from \S+ \(127\.0\.0\.1\)", File.ReadAllText(warm.Scratch["rsyncd.log"]));
        Assert.Equal(1, warm.Number("rsync", "hits"));

        // The server's own address check sees the true peer.
        warm.WaitForParked("rsync");
        CommandResult stranger = Command.Run(
            Originals.Environment(), Command.Bound, rsync, "-rt", "--address=127.0.0.9", $"rsync://127.0.0.1:{port}/tree/", warm.Scratch["none"]);
        Assert.NotEqual(0, stranger.ExitCode);
        Assert.Contains("access denied", stranger.Error + stranger.Text);
        Assert.Equal(2, warm.Number("rsync", "hits"));
    }

    [Fact]
    public void Git_clones_from_a_parked_daemon_that_runs_as_nobody()
    {
        AsRoot.Needed();
        using WarmStage warm = new();
        string work = Trees.Grow(warm.Scratch["work"], 30);
        Git.Run(work, "init", "-q", "-b", "main");
        Git.Run(work, "add", "-A");
        Git.Run(work, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "all");
        Git.Run("/", "clone", "-q", "--bare", work, warm.Scratch["served/repository.git"]);
        Command.Succeed(null, "chown", "-R", "nobody", warm.Scratch["served"]);
        int port = Start(
            warm, "git", ["user = nobody"], "/usr/bin/git", "daemon", "--inetd", "--export-all", "--base-path=" + warm.Scratch["served"]);

        string clone = warm.Scratch["clone"];
        Git.Run("/", "clone", "-q", $"git://127.0.0.1:{port}/repository.git", clone);
        Assert.Equal(Git.Run(work, "rev-parse", "HEAD"), Git.Run(clone, "rev-parse", "HEAD"));
        Assert.Equal(1, warm.Number("git", "hits"));
    }

    [Fact]
    public void Curl_lists_and_fetches_from_a_parked_vsftpd()
    {
        AsRoot.Needed();
        string vsftpd = Originals.Program("vsftpd", "usr/sbin/vsftpd");
        using WarmStage warm = new();
        string root = warm.Scratch.NewFolder("ftp");
        string text = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"line {i}\n"));
        warm.Scratch.Write("ftp/file.txt", text);
        string configuration = warm.Scratch.Write(
            "vsftpd.conf",
            "listen=NO\nanonymous_enable=YES\nlocal_enable=NO\nxferlog_enable=YES\nftp_username=daemon\nnopriv_user=nobody\n"
            + $"anon_root={root}\nsecure_chroot_dir={warm.Scratch.NewFolder("empty")}\nvsftpd_log_file={warm.Scratch["vsftpd.log"]}\n"
            + "dual_log_enable=NO\nxferlog_std_format=NO\nlog_ftp_protocol=YES\nseccomp_sandbox=NO\n");
        int port = Start(warm, "vsftpd", [], vsftpd, configuration);

        Assert.Contains("file.txt", Command.Succeed(null, "curl", "-sS", "--max-time", "50", $"ftp://127.0.0.1:{port}/"));
        warm.WaitForParked("vsftpd");
        Assert.Equal(text, Command.Succeed(null, "curl", "-sS", "--max-time", "50", $"ftp://127.0.0.1:{port}/file.txt"));
        Assert.Contains("127.0.0.1", File.ReadAllText(warm.Scratch["vsftpd.log"]));
        Assert.Equal(2, warm.Number("vsftpd", "hits"));
    }

    [Fact]
    public void Ssh_logs_in_through_a_parked_sshd()
    {
        AsRoot.Needed();
        string sshd = Originals.Program("openssh-server", "usr/sbin/sshd");
        using WarmStage warm = new();
        Scratch scratch = warm.Scratch;
        foreach (string key in new[] { "host", "user" })
        {
            Command.Succeed(null, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch[key]);
        }

        File.Copy(scratch["user.pub"], scratch["authorized"]);
        string configuration = scratch.Write(
            "sshd_config",
            $"HostKey {scratch["host"]}\nAuthorizedKeysFile {scratch["authorized"]}\nPermitRootLogin prohibit-password\nStrictModes no\n"
            + "UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUseDNS no\n");

        // sshd wants a user and a folder of its own. They exist in a mount namespace that only this daemon lives in.
        scratch.Write("passwd", File.ReadAllText("/etc/passwd") + "sshd:x:60999:65534::/run/sshd:/usr/sbin/nologin\n");
        string[] wrapper =
        [
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount --bind {scratch["passwd"]} /etc/passwd && mount -t tmpfs -o mode=755 none /run && mkdir -m 755 /run/sshd && exec \"$@\"", "sh",
        ];
        int port = Start(warm, "sshd", wrapper, [], sshd, "-i", "-f", configuration);

        string known = Command.Succeed(null, "ssh-keyscan", "-T", "30", "-p", port.ToString(), "-t", "ed25519", "127.0.0.1");
        scratch.Write("known_hosts", known);
        warm.WaitForParked("sshd");
        string said = Command.Succeed(
            null, "ssh", "-F", "/dev/null", "-i", scratch["user"], "-p", port.ToString(), "-o", "UserKnownHostsFile=" + scratch["known_hosts"],
            "-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "root@127.0.0.1", "echo $SSH_CONNECTION; id -u");
        Assert.Matches($"^127.0.0.1 [0-9]+ 127.0.0.1 {port}\n0\n$", said);
        Assert.InRange(warm.Number("sshd", "hits"), 2, long.MaxValue);
    }

    private static int Start(WarmStage warm, string name, string[] lines, params string[] command) => Start(warm, name, null, lines, command);

    private static int Start(WarmStage warm, string name, string[]? wrapper, string[] lines, params string[] command)
    {
        int port = warm.Stage.NewPort();
        warm.Start(
            Stanza.Stream(
                name,
                port,
                ["server = " + command[0], "server_args = " + string.Join(' ', command[1..]), "env = LD_LIBRARY_PATH=" + Originals.LibraryPath, "start = warm 2", .. lines]),
            wrapper);
        warm.WaitForParked(name);
        return port;
    }
}
