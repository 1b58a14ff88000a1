using System;
using System.IO;
using System.Linq;
using Rouse.Linux.Starting;

namespace Rouse.Linux.Tests;

/// <summary>What a server need not be made because the daemon is it already; and that nothing else is taken for that.</summary>
public sealed class OwnIdentityTests
{
    [Fact]
    public void A_process_is_who_the_kernel_says_and_nobody_else()
    {
        uint[] uids = Words("Uid:");
        uint[] gids = Words("Gid:");
        uint[] groups = Words("Groups:");
        Assert.SkipUnless(
            File.ReadAllText("/proc/self/uid_map").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is ["0", "0", "4294967295"],
            "this is a user namespace");
        Assert.Equal(uids.Distinct().Count() == 1, OwnIdentity.IsUser(uids[0]));
        Assert.Equal(gids.Distinct().Count() == 1, OwnIdentity.IsGroup(gids[0]));
        Assert.False(OwnIdentity.IsUser(uids[0] + 1));
        Assert.False(OwnIdentity.IsGroup(gids[0] + 1));
        Assert.True(OwnIdentity.HasGroups(groups));
        Assert.True(OwnIdentity.HasGroups([.. groups.Reverse()]));
        Assert.False(OwnIdentity.HasGroups([.. groups, 54321]));
        Assert.Equal(groups.Length == 0, OwnIdentity.HasGroups([]));
    }

    private static uint[] Words(string name) =>
        [.. File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse)];
}
