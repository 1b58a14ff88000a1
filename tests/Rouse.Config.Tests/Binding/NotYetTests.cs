using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Binding;

/// <summary>What this version does not do is never pretended.</summary>
public sealed class NotYetTests
{
    private const string Server = "wait = no\nuser = root\nserver = /usr/sbin/in.server\n";

    [Theory]
    [InlineData(
        "test", "type = UNLISTED\nport = 1\nsocket_type = stream\nprotocol = tcp\nwait = no\nuser = root\nredirect = 127.0.0.1 echo")]
    [InlineData("test", "type = TCPMUX UNLISTED\nsocket_type = stream\nprotocol = tcp\n" + Server)]
    [InlineData("test", "type = TCPMUXPLUS UNLISTED\nsocket_type = stream\nprotocol = tcp\n" + Server)]
    [InlineData("tcpmux", "type = INTERNAL\nsocket_type = stream\nwait = no")]
    [InlineData("services", "type = INTERNAL UNLISTED\nport = 1\nsocket_type = stream\nprotocol = tcp\nwait = no")]
    [InlineData("servers", "type = INTERNAL UNLISTED\nport = 1\nsocket_type = stream\nprotocol = tcp\nwait = no")]
    [InlineData("ftp", "flags = SENSOR\nsocket_type = stream\nwait = no\ndeny_time = 5")]
    [InlineData(
        "test",
        "type = UNLISTED\nport = 1\nflags = INTERCEPT\nsocket_type = dgram\nprotocol = udp\nwait = yes\nuser = root\nserver = "
            + "/usr/sbin/in.server")]
    [InlineData("test", "type = UNLISTED\nport = 1\nflags = LABELED\nsocket_type = stream\nprotocol = tcp\n" + Server)]
    [InlineData(
        "test", "type = UNLISTED\nport = 1\nflags = IDONLY\nlog_on_success = USERID\nsocket_type = stream\nprotocol = tcp\n" + Server)]
    [InlineData("test", "type = UNLISTED\nport = 1\nsocket_type = raw\nprotocol = ip\n" + Server)]
    [InlineData("test", "type = UNLISTED\nport = 1\nsocket_type = seqpacket\nprotocol = sctp\n" + Server)]
    public void A_service_that_would_not_be_what_it_says_is_left_out(string name, string lines)
    {
        Configuration configuration = Loaded.From($"service {name}\n{{\n{lines}\n}}\n");
        string message = configuration.LeavesOut(Codes.NotServedYet);
        Assert.Contains("is not served by this version yet", message, StringComparison.Ordinal);
        Assert.Equal(1, CountErrors(configuration));
    }

    [Theory]
    [InlineData("log_on_success = USERID", Severity.Notice)]
    [InlineData("log_on_failure = USERID", Severity.Notice)]
    [InlineData("log_on_failure = RECORD", Severity.Notice)]
    [InlineData("mdns = no", Severity.Notice)]
    [InlineData("flags = NORETRY", Severity.Notice)]
    public void What_only_adds_something_is_told(string line, Severity severity) =>
        Loaded.WithLines(line).Runs(Codes.NoEffectYet, severity);

    [Theory]
    [InlineData("/etc/hosts.allow", "ALL: 10.0.0.1")]
    [InlineData("/etc/hosts.deny", "# no\n\n\t\nALL: ALL\n")]
    [InlineData("/etc/hosts.deny", "\\\n")]
    public void A_tcp_wrappers_rule_leaves_out_every_service_that_is_not_spared(string path, string rules)
    {
        MemoryHost host = new();
        host.Files[path] = SourceFile.Encode(rules);
        Assert.Contains($"{path}:", Loaded.WithLines("", host).LeavesOut(Codes.TcpWrappersRules), StringComparison.Ordinal);
        Assert.Empty(Loaded.WithLines("flags = NOLIBWRAP", host).Diagnostics);
    }

    [Fact]
    public void Tcp_wrappers_files_without_a_rule_change_nothing()
    {
        MemoryHost host = new();
        host.Files["/etc/hosts.allow"] = SourceFile.Encode("# /etc/hosts.allow\n\n   # ALL: ALL\n");
        host.Files["/etc/hosts.deny"] = [];
        Assert.Empty(Loaded.WithLines("", host).Diagnostics);
    }

    [Fact]
    public void Tcp_wrappers_rules_that_cannot_be_read_may_be_anything()
    {
        MemoryHost host = new();
        host.Unreadable["/etc/hosts.deny"] = "Permission denied";
        Loaded.WithLines("", host).LeavesOut(Codes.TcpWrappersRules);
    }

    private static int CountErrors(Configuration configuration)
    {
        int errors = 0;
        foreach (Diagnostic diagnostic in configuration.Diagnostics)
        {
            errors += diagnostic.Severity == Severity.Error ? 1 : 0;
        }

        return errors;
    }
}
