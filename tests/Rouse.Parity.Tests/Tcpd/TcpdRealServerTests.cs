using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Tcpd;

/// <summary>Real servers behind tcpd, under Debian's openbsd-inetd, with the clients that people use.</summary>
public sealed class TcpdRealServerTests
{
    [Fact]
    public void Curl_fetches_from_vsftpd_where_the_rules_let_it() => TcpdComparison.Same(
        scene =>
        {
            string vsftpd = Originals.Program("vsftpd", "usr/sbin/vsftpd");
            string root = scene.Scratch.NewFolder("ftp");
            scene.Scratch.Write("ftp/file.txt", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n")));
            string configuration = scene.Scratch.Write(
                "vsftpd.conf",
                "listen=NO\nanonymous_enable=YES\nlocal_enable=NO\nftp_username=daemon\nnopriv_user=nobody\nseccomp_sandbox=NO\n"
                + $"anon_root={root}\nsecure_chroot_dir={scene.Scratch.NewFolder("empty")}\n");

            // Through env, which finds the server's libraries and leaves all else as it is.
            scene.Start(
                2001, "env: 127.0.0.1", "ALL: ALL",
                scene.Line(2001, $"/usr/bin/env LD_LIBRARY_PATH={Originals.LibraryPath} {vsftpd} {configuration}"));
            CommandResult got = Curl(scene, "127.0.0.1");
            scene.Note("length", got.Output.Length.ToString());
            scene.Note("status", got.ExitCode.ToString());
            CommandResult refused = Curl(scene, "127.0.0.2");
            scene.Note("refused", refused.ExitCode is 0 ? "no" : "yes");
            scene.NoteLog(2);
        },
        """
        length: 208890
        status: 0
        refused: yes
        log: <30> env: connect from 127.0.0.1 (127.0.0.1)
        log: <28> env: refused connect from 127.0.0.2 (127.0.0.2)
        """);

    [Fact]
    public void Ssh_logs_in_through_sshd_where_the_rules_let_it() => TcpdComparison.Same(
        scene =>
        {
            string sshd = Originals.Program("openssh-server", "usr/sbin/sshd");
            Scratch scratch = scene.Scratch;
            foreach (string key in new[] { "host", "user" })
            {
                Command.Succeed(null, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch[key]);
            }

            File.Copy(scratch["user.pub"], scratch["authorized"]);
            string configuration = scratch.Write(
                "sshd_config",
                $"HostKey {scratch["host"]}\nAuthorizedKeysFile {scratch["authorized"]}\nPermitRootLogin prohibit-password\nStrictModes no\n"
                + "UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUseDNS no\n");
            scene.Rules.Write("passwd", File.ReadAllText("/etc/passwd") + "sshd:x:60999:65534::/run/sshd:/usr/sbin/nologin\n");
            string script = scratch.Write(
                "sshd.sh", $"mkdir -p -m 755 /run/sshd; export LD_LIBRARY_PATH={Originals.LibraryPath}; exec {sshd} -i -f {configuration} -E {scratch["sshd.log"]}\n");
            // Debian's sshd asks the rules once more, under its own name.
            scene.Start(2001, "sh, sshd: 127.0.0.1", "ALL: ALL", scene.Line(2001, $"/bin/sh {script}"));
            scene.Note("said", Ssh(scene, "127.0.0.1").Text);
            scene.Note("refused", Ssh(scene, "127.0.0.2").ExitCode is 0 ? "no" : "yes");
        },
        "said: 0\\n\nrefused: yes");

    private static CommandResult Curl(TcpdScene scene, string from) => Within(
        scene, "curl", "-sS", "--max-time", "50", "--interface", from, "ftp://127.0.0.1:2001/file.txt");

    private static CommandResult Ssh(TcpdScene scene, string from) => Within(
        scene, "ssh", "-F", "/dev/null", "-b", from, "-i", scene.Scratch["user"], "-p", "2001", "-o", "StrictHostKeyChecking=no",
        "-o", "UserKnownHostsFile=" + scene.Scratch["known"], "-o", "BatchMode=yes", "-o", "ConnectTimeout=30", "root@127.0.0.1", "id -u");

    private static CommandResult Within(TcpdScene scene, params string[] command) => Command.Run(
        null, Command.Bound, "nsenter", ["-t", scene.Daemon.Pid.ToString(), "-n", "--", .. command]);
}
