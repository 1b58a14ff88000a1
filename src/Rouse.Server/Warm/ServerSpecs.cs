using System;
using Rouse.Linux;

namespace Rouse.Server.Warm;

/// <summary>Whether two definitions start the same server.</summary>
internal static class ServerSpecs
{
    public static bool AreAlike(ServerSpec a, ServerSpec b) => a.Path == b.Path && a.Uid == b.Uid && a.Gid == b.Gid && a.Umask == b.Umask
        && a.Nice == b.Nice && a.TellsConnection == b.TellsConnection && a.IsLabeled == b.IsLabeled
        && a.Arguments.AsSpan().SequenceEqual(b.Arguments.AsSpan()) && a.Environment.AsSpan().SequenceEqual(b.Environment.AsSpan())
        && a.Groups.IsDefault == b.Groups.IsDefault && a.Groups.AsSpan().SequenceEqual(b.Groups.AsSpan())
        && a.ResourceLimits.AsSpan().SequenceEqual(b.ResourceLimits.AsSpan()) && a.DefaultSignals.AsSpan().SequenceEqual(b.DefaultSignals.AsSpan());
}
