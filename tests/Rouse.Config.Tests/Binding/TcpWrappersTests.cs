using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Binding;

/// <summary>Rules of tcp_wrappers, which are not read yet, are never passed over.</summary>
public sealed class TcpWrappersTests
{
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
}
