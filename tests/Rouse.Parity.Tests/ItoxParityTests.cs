using System.IO;
using Rouse.Harness;

namespace Rouse.Parity.Tests;

/// <summary>itox: the same output, complaints and status, byte for byte.</summary>
public sealed class ItoxParityTests
{
    [Theory]
    [InlineData("")]
    [InlineData("echo\tstream\ttcp\tnowait\troot\tinternal\necho dgram udp wait root internal\n")]
    [InlineData("# c\n\n#x\ndaytime stream tcp6 nowait root internal\n")]
    [InlineData("echo stream tcp nowait root internal\n   \n")]
    [InlineData("ftp stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.ftpd -l -a\n")]
    [InlineData("ftp stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.ftpd -l -a\n", "-daemon_dir", "/opt")]
    [InlineData("tftp dgram udp wait nobody.daemon /usr/sbin/tcpd in.tftpd /srv\n", "-daemon_dir", "/opt/d")]
    [InlineData("tftp dgram udp wait nobody.daemon /usr/sbin/tcpd in.tftpd /srv\n", "-daemon_dir", "/opt/d/")]
    [InlineData("a stream tcp wait root tcpd foo bar\n", "-daemon_dir", "d//")]
    [InlineData("a stream tcp wait root tcpd foo bar\n", "-daemon_dir", "")]
    [InlineData("a stream tcp wait root tcpd foo bar\n", "-d", "e")]
    [InlineData("a stream tcp wait root /usr/sbin/in.tcpd foo\n")]
    [InlineData("smtp stream tcp nowait.400 mail:mail /usr/sbin/sendmail sendmail -bs\n")]
    [InlineData("a stream tcp nowait. root. /a/b b\nb stream tcp wait.x .g /a/b b\n")]
    [InlineData("a stream tcp wait:5 root.g.h /a/b b\n")]
    [InlineData("rstatd/2-4 dgram rpc/udp wait root /usr/sbin/rpc.rstatd rpc.rstatd\nmountd dgram rpc/udp wait root /bin/m m x y\n")]
    [InlineData("a/2/3 dgram rpc/udp/x wait root /a/b c\nx/ stream rpc/ wait root /bin/x foo\n")]
    [InlineData("a/1 dgram rpc/udp wait root internal\n")]
    [InlineData("a stream tcp nowait nobody /usr/sbin/in.fingerd\n")]
    [InlineData("a stream tcp nowait root\n")]
    [InlineData("a stream tcp nowait\n")]
    [InlineData("a stream tcp\n")]
    [InlineData("a stream\n")]
    [InlineData("a\n")]
    [InlineData("  indented stream tcp nowait root /bin/cat cat\r\n\t#x stream tcp wait root /a/b b  c\t d \n")]
    [InlineData("a stream tcp nowait root /bin/foo foo a")]
    [InlineData("a bogus bogus bogus root relative/x x # b\n")]
    [InlineData("a stream tcp wait root /b foo \u00ff\u00c4\n")]
    [InlineData("", "-x")]
    [InlineData("", "-daemon_dir")]
    [InlineData("", "-daemon_dir", "a", "-daemon_dir", "b")]
    [InlineData("", "foo")]
    public void The_output_is_the_originals(string input, params string[] arguments)
    {
        CommandResult original = Command.RunWithInput(input, Originals.Program("xinetd", "usr/bin/itox"), arguments);
        CommandResult ours = Command.RunWithInput(input, Path.Combine(Repository.Bin, "itox"), arguments);
        Assert.Equal((original.ExitCode, original.Text, original.Error), (ours.ExitCode, ours.Text, ours.Error));
    }
}
