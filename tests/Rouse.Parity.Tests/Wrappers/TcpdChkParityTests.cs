using System;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Wrappers;

/// <summary>tcpdchk: what it prints is the original's, and what the original tells syslog is told too.</summary>
public sealed class TcpdChkParityTests
{
    private static string Ours => Path.Combine(Repository.Bin, "tcpdchk");

    [Fact]
    public void Random_rules_are_shown_as_the_original_shows_them()
    {
        AsRoot.Needed();
        string original = Originals.Program("tcpd", "usr/sbin/tcpdchk");
        using WrapperWorld world = new();
        world.Write("mnt/inetd.conf", "");
        int rules = 0;
        for (int number = 0; number < 150; number++)
        {
            WrapperCase pair = WrapperCase.Make(number);

            // An unread rest of a file, and accounts that the original takes, are told of elsewhere (D-075).
            if (pair.Allow.Contains("xxxx") || pair.Deny.Contains("xxxx") || pair.Allow.Contains("/mnt/loop") || pair.Deny.Contains("/mnt/loop"))
            {
                continue;
            }

            CommandResult wanted = world.RunOnce(pair.Allow, pair.Deny, original, "-d", "-v", "-i", "/mnt/inetd.conf");
            CommandResult got = world.RunOnce(pair.Allow, pair.Deny, Ours, "-d", "-v", "-i", "/mnt/inetd.conf");
            rules += wanted.Text.Split(">>> Rule").Length - 1;
            Assert.True(wanted.ExitCode == got.ExitCode && Shown(wanted.Text) == Shown(got.Text), $"{pair}\noriginal: {wanted.ExitCode}\n{wanted.Text}\nours: {got.ExitCode}\n{got.Text}\n{got.Error}");
        }

        Assert.True(rules > 300, $"{rules} rules");
    }

    // The original shows a carriage return as a word or a part of one, though its rules do not have it; ours does not show it.
    private static string Shown(string text) =>
        string.Join('\n', text.Replace("\r", "", StringComparison.Ordinal).Split('\n').Select(static line => line.TrimEnd(' ')));

    [Theory]
    [InlineData("missing colon\n", "missing \":\" separator", "RS0112")]
    [InlineData("ALL: ALL", "missing newline or line too long", "RS0110")]
    [InlineData("ALL:\n", "client list is empty or ends in EXCEPT", "RS0113")]
    [InlineData("ALL EXCEPT: ALL\n", "daemon list is empty or ends in EXCEPT", "RS0128")]
    [InlineData("in.other: ALL\n", "no such process name in", "no such process name in")]
    [InlineData("in.plain: ALL\n", "possibly not wrapped", "possibly not wrapped")]
    [InlineData("in.ok: nohost.example\n", "host not found", "host not found")]
    [InlineData("in.ok: alias.example\n", "hostname alias", "hostname alias")]
    [InlineData("in.ok: x.example\n", "mismatch", "is an alias of canon.example")]
    [InlineData("in.ok: 10.77.1.1\n", "name lookup failed", "name lookup failed")]
    [InlineData("in.ok@two.example: ALL\n", "more than one address", "more than one address")]
    [InlineData("in.ok: 10.0.0.0/99\n", "bad net/mask pattern", "RS0118")]
    [InlineData("in.ok: @nobody\n", "unknown or empty netgroup", "unknown or empty netgroup")]
    [InlineData("in.ok: FAIL\n", "FAIL is no longer recognized", "FAIL is no longer recognized")]
    [InlineData("in.ok: host.\n", "ends in dot", "ends in dot")]
    [InlineData("in.ok: .7\n", "begins with dot", "begins with dot")]
    [InlineData(".ok: ALL\n", "daemon name begins with dot", "daemon name begins with dot")]
    [InlineData("LOCAL: ALL\n", "may be reserved word", "may be reserved word")]
    [InlineData("in.ok: ALL: nonsense\n", "bad option name", "RS0115")]
    [InlineData("in.ok: ALL: user nosuchuser\n", "unknown user", "there is no user 'nosuchuser'")]
    [InlineData("in.ok: ALL: spawn\n", "requires value", "RS0116")]
    [InlineData("in.ok: ALL: deny: spawn x\n", "must be at end", "RS0117")]
    [InlineData("in.ok: ALL: linger x\n", "bad linger value", "RS0116")]
    [InlineData("in.ok: ALL: banners /mnt/nowhere\n", "/mnt/nowhere", "there is no directory /mnt/nowhere")]
    [InlineData("in.ok: 1.1.1.1\n", "implicit \"allow\" at end of rule", "implicit \"allow\" at end of rule")]
    [InlineData("in.gone: ALL: allow\n", "not found", "not found")]
    [InlineData("in.plain: ALL: allow\n", "not executable", "not executable")]
    [InlineData("tcpd: ALL: allow\n", "recursively calling itself", "start itself")]
    [InlineData("in.before: ALL: allow\n", "inserted before", "inserted before")]
    [InlineData("rpc.rexd: ALL: allow\n", "insecure service", "insecure service")]
    [InlineData("ALL: ALL: allow\n", "incomplete line", "incomplete line")]
    [InlineData("ALL: ALL: deny\n", "cannot wrap rpc/tcp services", "cannot wrap rpc/tcp services")]
    [InlineData("ALL: /mnt/writable\n", "world writable", "world writable")]
    public void What_the_original_finds_is_found(string rules, string theirs, string ours)
    {
        AsRoot.Needed();
        string original = Originals.Program("tcpd", "usr/sbin/tcpdchk");
        using WrapperWorld world = new();
        string server = world.Write("mnt/in.ok", "#!/bin/sh\n");
        File.SetUnixFileMode(server, File.GetUnixFileMode(server) | UnixFileMode.UserExecute);
        world.Write("mnt/in.plain", "no program");
        string tcpd = world.Write("mnt/tcpd", "#!/bin/sh\n");
        File.SetUnixFileMode(tcpd, File.GetUnixFileMode(tcpd) | UnixFileMode.UserExecute);
        world.Write(
            "mnt/inetd.conf",
            """
            ok stream tcp nowait root /mnt/tcpd /mnt/in.ok
            gone stream tcp nowait root /mnt/in.gone in.gone
            plain stream tcp nowait root /mnt/in.plain in.plain
            self stream tcp nowait root /mnt/tcpd tcpd
            before stream tcp nowait root /mnt/tcpd /mnt/in.ok in.ok
            rexd/1 stream rpc/tcp wait root /mnt/tcpd rpc.rexd
            short stream tcp nowait root /mnt/in.ok

            """);
        File.SetUnixFileMode(server, File.GetUnixFileMode(server) | UnixFileMode.OtherWrite);
        using SyslogCatcher syslog = new(world);
        CommandResult wanted = world.RunOnce(rules, "", original, "-d", "-a", "-i", "/mnt/inetd.conf");
        Assert.Equal(0, wanted.ExitCode);
        string log = syslog.Take();
        Assert.True(log.Contains(theirs, StringComparison.Ordinal), log);
        CommandResult got = world.RunOnce(rules, "", Ours, "-d", "-a", "-i", "/mnt/inetd.conf");
        Assert.Equal((0, ""), (got.ExitCode, got.Text));
        Assert.True(got.Error.Contains(ours, StringComparison.Ordinal), got.Error);
    }

    [Fact]
    public void Services_of_xinetd_are_known_by_the_name_they_ask_under()
    {
        AsRoot.Needed();
        using WrapperWorld world = new();
        world.Write(
            "etc/xinetd.conf",
            """
            service one
            {
                type = UNLISTED
                port = 24001
                socket_type = stream
                protocol = tcp
                wait = no
                user = root
                server = /bin/true
                libwrap = first
            }
            service two
            {
                type = UNLISTED
                port = 24002
                socket_type = stream
                protocol = tcp
                wait = no
                user = root
                server = /bin/false
                flags = NOLIBWRAP
            }

            """);
        CommandResult got = world.RunOnce("first true false third: ALL\n", "", Ours, "-d", "-v");
        Assert.StartsWith("Using network configuration file: /etc/xinetd.conf\n", got.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("first:", got.Error, StringComparison.Ordinal);
        Assert.Contains("true: the service asks under the name first", got.Error, StringComparison.Ordinal);
        Assert.Contains("false: service possibly not wrapped", got.Error, StringComparison.Ordinal);
        Assert.Contains("third: no such process name in /etc/xinetd.conf", got.Error, StringComparison.Ordinal);
        Assert.True(got.Error.Split("warning: hosts.allow").Length - 1 == 3, got.Error);
    }

    [Fact]
    public void Wrong_use_ends_as_with_the_original()
    {
        string original = Originals.Program("tcpd", "usr/sbin/tcpdchk");
        foreach (string[] arguments in new[] { new[] { "x" }, ["-x"], ["-i"], ["-i", "/nowhere/inetd.conf"] })
        {
            CommandResult wanted = Command.Run(Originals.Environment(), Command.Bound, original, arguments);
            CommandResult got = Command.Run(Ours, arguments);
            Assert.Equal((1, wanted.Text), (got.ExitCode, got.Text));
            Assert.Equal(wanted.ExitCode, got.ExitCode);
            Assert.Equal(wanted.Error.Split('\n').Last(static line => line.Length > 0), got.Error.Split('\n').Last(static line => line.Length > 0));
        }
    }
}
