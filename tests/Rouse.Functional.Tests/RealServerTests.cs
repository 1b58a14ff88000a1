using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>
/// Servers that people run from a super-server, woken by the clients that people use. Each server is started through the
/// probe as a witness, which notes what it was woken with and then becomes the server.
/// </summary>
public sealed class RealServerTests
{
    [Fact]
    public void Rsync_fetches_a_tree_of_500_files()
    {
        AsRoot.Needed();
        string rsync = Originals.Program("rsync", "usr/bin/rsync");
        using var stage = new Stage();
        string source = Trees.Grow(stage.Scratch["source"], 500);
        string configuration = stage.Scratch.Write(
            "rsyncd.conf",
            $"use chroot = no\nuid = nobody\ngid = nogroup\nreverse lookup = no\nlog file = {stage.Scratch["rsyncd.log"]}\n"
            + $"[tree]\npath = {source}\nhosts allow = 127.0.0.1\n");
        int port = stage.NewPort();
        stage.Start(Witnessed(stage, "rsync", port, [], rsync, "--daemon", "--config=" + configuration));

        string copy = stage.Scratch["copy"];
        Command.Succeed(Originals.Environment(), rsync, "-rt", $"rsync://127.0.0.1:{port}/tree/", copy);

        Trees.AssertEqual(source, copy);
        AssertWoken(stage, "rsync", uid: "0 0 0");
        Assert.Matches(@"connect from \S+ \(127\.0\.0\.1\)", File.ReadAllText(stage.Scratch["rsyncd.log"]));

        // Its own address check sees the true peer: another address is turned away by the server itself.
        CommandResult stranger = Command.Run(
            Originals.Environment(), Command.Bound, rsync, "-rt", "--address=127.0.0.9", $"rsync://127.0.0.1:{port}/tree/", stage.Scratch["none"]);
        Assert.NotEqual(0, stranger.ExitCode);
        Assert.Contains("access denied", stranger.Error + stranger.Text);
    }

    [Fact]
    public void Git_clones_a_repository_from_a_daemon_that_runs_as_nobody()
    {
        AsRoot.Needed();
        using var stage = new Stage();
        string work = Trees.Grow(stage.Scratch["work"], 60);
        Git.Run(work, "init", "-q", "-b", "main");
        Git.Run(work, "add", "-A");
        Git.Run(work, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "all");
        string bare = stage.Scratch["served/repository.git"];
        Git.Run("/", "clone", "-q", "--bare", work, bare);
        Command.Succeed(null, "chown", "-R", "nobody", stage.Scratch["served"]);
        int port = stage.NewPort();
        stage.Start(Witnessed(
            stage, "git", port, ["user = nobody"], "/usr/bin/git", "daemon", "--inetd", "--export-all", "--base-path=" + stage.Scratch["served"]));

        string clone = stage.Scratch["clone"];
        Git.Run("/", "clone", "-q", $"git://127.0.0.1:{port}/repository.git", clone);

        Assert.Equal(Git.Run(work, "rev-parse", "HEAD"), Git.Run(clone, "rev-parse", "HEAD"));
        Directory.Delete(Path.Combine(work, ".git"), recursive: true);
        Directory.Delete(Path.Combine(clone, ".git"), recursive: true);
        Trees.AssertEqual(work, clone);
        AssertWoken(stage, "git", uid: "65534 65534 65534");
    }

    [Fact]
    public void Curl_lists_and_fetches_from_vsftpd()
    {
        AsRoot.Needed();
        string vsftpd = Originals.Program("vsftpd", "usr/sbin/vsftpd");
        using var stage = new Stage();
        string root = stage.Scratch.NewFolder("ftp");
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n"));
        stage.Scratch.Write("ftp/file.txt", text);
        string configuration = stage.Scratch.Write(
            "vsftpd.conf",
            "listen=NO\nanonymous_enable=YES\nlocal_enable=NO\nxferlog_enable=YES\nftp_username=daemon\nnopriv_user=nobody\n"
            + $"anon_root={root}\nsecure_chroot_dir={stage.Scratch.NewFolder("empty")}\nvsftpd_log_file={stage.Scratch["vsftpd.log"]}\n"
            + "dual_log_enable=NO\nxferlog_std_format=NO\nlog_ftp_protocol=YES\nseccomp_sandbox=NO\n");
        int port = stage.NewPort();
        stage.Start(Witnessed(stage, "vsftpd", port, [], vsftpd, configuration));

        Assert.Contains("file.txt", Command.Succeed(null, "curl", "-sS", "--max-time", "50", $"ftp://127.0.0.1:{port}/"));
        Assert.Equal(text, Command.Succeed(null, "curl", "-sS", "--max-time", "50", $"ftp://127.0.0.1:{port}/file.txt"));
        AssertWoken(stage, "vsftpd", uid: "0 0 0");
        Assert.Contains("127.0.0.1", File.ReadAllText(stage.Scratch["vsftpd.log"]));
    }

    [Fact]
    public void Two_tftp_clients_fetch_through_one_waiting_server()
    {
        AsRoot.Needed();
        string server = Originals.Program("tftpd-hpa", "usr/sbin/in.tftpd");
        string client = Originals.Program("tftp-hpa", "usr/bin/tftp");
        using var stage = new Stage();
        string root = stage.Scratch.NewFolder("tftp");
        string text = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"block {i}\n"));
        stage.Scratch.Write("tftp/image", text);
        int port = stage.NewPort();
        stage.Start(
            Stanza.Defaults(stage.LogToFile, "log_on_success = PID HOST EXIT")
            + Stanza.Datagram(
                "tftp",
                port,
                "server = " + stage.Probe,
                $"server_args = witness {Report(stage, "tftp")} {server} -s {root} -u nobody -t 1",
                "env = LD_LIBRARY_PATH=" + Originals.LibraryPath));

        Command.Succeed(Originals.Environment(), client, "-m", "binary", "127.0.0.1", port.ToString(), "-c", "get", "image", stage.Scratch["by-tftp"]);
        Assert.Equal(text, File.ReadAllText(stage.Scratch["by-tftp"]));
        Assert.Equal(text, Command.Succeed(null, "curl", "-sS", "--max-time", "50", $"tftp://127.0.0.1:{port}/image"));

        World world = AssertWoken(stage, "tftp", uid: "0 0 0", peer: false);
        Assert.Equal("127.0.0.1 " + port, world["local"]);

        // The server leaves when it has been idle; a later client wakes another.
        stage.WaitForServiceLog("EXIT: tftp");
        Assert.Equal(text, Command.Succeed(null, "curl", "-sS", "--max-time", "50", $"tftp://127.0.0.1:{port}/image"));
        stage.WaitForServiceLog("START: tftp", 2);
    }

    [Fact]
    public void Ssh_logs_in_through_sshd_in_inetd_mode()
    {
        AsRoot.Needed();
        string sshd = Originals.Program("openssh-server", "usr/sbin/sshd");
        using var stage = new Stage();
        Scratch scratch = stage.Scratch;
        foreach (string key in new[] { "host", "user" })
        {
            Command.Succeed(null, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch[key]);
        }

        File.Copy(scratch["user.pub"], scratch["authorized"]);
        string configuration = scratch.Write(
            "sshd_config",
            $"HostKey {scratch["host"]}\nAuthorizedKeysFile {scratch["authorized"]}\nPermitRootLogin prohibit-password\nStrictModes no\n"
            + "UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUseDNS no\n");
        int port = stage.NewPort();

        // sshd wants a user and a folder of its own. They exist in a mount namespace that only this daemon lives in.
        scratch.Write("passwd", File.ReadAllText("/etc/passwd") + "sshd:x:60999:65534::/run/sshd:/usr/sbin/nologin\n");
        string[] wrapper =
        [
            "unshare", "-m", "--propagation", "private", "sh", "-c",
            $"mount --bind {scratch["passwd"]} /etc/passwd && mount -t tmpfs -o mode=755 none /run && mkdir -m 755 /run/sshd && exec \"$@\"", "sh",
        ];
        stage.Start(Witnessed(stage, "sshd", port, [], sshd, "-i", "-f", configuration, "-E", scratch["sshd.log"]), wrapper: wrapper);

        string known = Command.Succeed(null, "ssh-keyscan", "-T", "30", "-p", port.ToString(), "-t", "ed25519", "127.0.0.1");
        Assert.Contains(File.ReadAllText(scratch["host.pub"]).Split(' ')[1], known);
        scratch.Write("known_hosts", known);
        string said = Command.Succeed(
            null, "ssh", "-F", "/dev/null", "-i", scratch["user"], "-p", port.ToString(), "-o", "UserKnownHostsFile=" + scratch["known_hosts"],
            "-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "root@127.0.0.1", "echo $SSH_CONNECTION; id -u");

        Assert.Matches($"^127.0.0.1 [0-9]+ 127.0.0.1 {port}\n0\n$", said);
        AssertWoken(stage, "sshd", uid: "0 0 0");
    }

    private static string Witnessed(Stage stage, string name, int port, string[] lines, params string[] command) => Stanza.Stream(
        name,
        port,
        [
            "server = " + stage.Probe,
            $"server_args = witness {Report(stage, name)} {string.Join(' ', command)}",
            "env = LD_LIBRARY_PATH=" + Originals.LibraryPath,
            .. lines,
        ]);

    private static string Report(Stage stage, string name) => Path.Combine(stage.Scratch.NewFolder("reports", writableByAll: true), name);

    private static World AssertWoken(Stage stage, string name, string uid, bool peer = true)
    {
        World world = World.Parse(File.ReadAllText(Report(stage, name)));
        Assert.Equal("0 1 2", world.Descriptors);
        Assert.StartsWith("socket:", Assert.Single(world.DescriptorTargets));
        Assert.Equal(uid, world["uid"]);
        Assert.Equal("127.0.0.1", world.Env("REMOTE_HOST"));
        Assert.Equal("own", world["session"]);
        if (peer)
        {
            Assert.StartsWith("127.0.0.1 ", world["peer"]);
        }

        return world;
    }
}
