using System;
using System.Collections.Immutable;
using Rouse.Config.Model;
using Rouse.Linux;
using Rouse.Server.Launch;

namespace Rouse.Server.Resident;

/// <summary>Whether two definitions ask for the same process: only a server that would be another one is ended by a reload.</summary>
internal static class SameServer
{
    public static bool Holds(ServiceDefinition a, ServiceDefinition b, ServerWorld world)
    {
        ServerSpec before = ServerImages.Describe(a, world);
        ServerSpec after = ServerImages.Describe(b, world);
        return a.Id == b.Id && before.Path == after.Path && Same(before.Arguments, after.Arguments) && Same(before.Environment, after.Environment)
            && before.Uid == after.Uid && before.Gid == after.Gid && Same(before.Groups, after.Groups) && before.Umask == after.Umask
            && before.Nice == after.Nice && Same(before.ResourceLimits, after.ResourceLimits);
    }

    private static bool Same<T>(ImmutableArray<T> a, ImmutableArray<T> b)
        where T : IEquatable<T> => a.IsDefault == b.IsDefault && a.AsSpan().SequenceEqual(b.AsSpan());
}
