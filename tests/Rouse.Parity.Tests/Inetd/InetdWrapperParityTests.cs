using System.Linq;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Inetds;

/// <summary>openbsd-inetd with -l: it asks the rules of tcp_wrappers itself, and leaves tcpd out.</summary>
public sealed class InetdWrapperParityTests
{
    private const string Served = "argv: 0 probe\nargv: 1 world\nlog: <30> inetd: connection from 127.0.0.1, service 2001 (tcp4)";

    [Theory]
    [InlineData("{probe} probe world", "other: ALL", Served)]
    [InlineData("/usr/sbin/tcpd {probe} world", "other: ALL", Served)]
    [InlineData("/usr/sbin/tcpd {probe} world", "probe: ALL", "log: <28> inetd: refused connection from 127.0.0.1, service 2001 (tcp4)")]
    public void The_server_is_started_without_tcpd(string server, string deny, string record) => InetdComparison.Same(
        Inetd.Debian,
        scene =>
        {
            RuleFolder rules = new(scene.Scratch, deny: deny + "\n");
            scene.Start(2001, rules, $"2001 stream tcp4 nowait root {server.Replace("{probe}", scene.Probe)}\n", "-l");
            string answer = scene.Daemon.Ask(2001);
            foreach (string word in answer.Split('\n').Where(line => line.StartsWith("argv ")))
            {
                scene.Note("argv", word[5..]);
            }

            scene.Daemon.WaitForLog("connection from");
            scene.Note("log", scene.Daemon.LogOfAll.Single(line => line.Contains("connection from")));
        },
        record);
}
