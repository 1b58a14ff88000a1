using System.Collections.Immutable;
using Rouse.Linux;

namespace Rouse.Server.Launch;

/// <summary>What every server inherits from the daemon unless its service says otherwise.</summary>
/// <param name="Environment">The daemon's own environment, NAME=VALUE words.</param>
/// <param name="DescriptorLimit">The daemon's hard limit of open descriptors: each server's soft and hard one.</param>
/// <param name="IsRoot">Only root can set groups and other users.</param>
/// <param name="DefaultSignals">Signals that the daemon has ignored from its start and that servers get back at their default.</param>
public sealed record ServerWorld(
    ImmutableArray<string> Environment, ulong DescriptorLimit, bool IsRoot, uint Uid, uint Gid, ImmutableArray<int> DefaultSignals)
{
    // What follows is made of them, so that they do not change.
    public ImmutableArray<string> Environment { get; } = Environment;

    public ulong DescriptorLimit { get; } = DescriptorLimit;

    /// <summary>What a service that says nothing about the environment passes on; one list for all of them.</summary>
    internal ImmutableArray<string> ServerEnvironment { get; } = Environment.RemoveAll(static word => ServerImages.NameOf(word) == "REMOTE_HOST");

    /// <summary>The limits of a service that sets none; one list for all of them.</summary>
    internal ImmutableArray<ResourceLimitSpec> Limits { get; } = [new(ServerImages.RLIMIT_NOFILE, DescriptorLimit, DescriptorLimit)];

    /// <summary>This process's.</summary>
    public static ServerWorld OfThisProcess(ImmutableArray<string> environment, ulong descriptorLimit) => new(
        environment, descriptorLimit, ThisProcess.IsRoot, ThisProcess.Uid, ThisProcess.Gid, [.. Signals.InheritedAsIgnored()]);
}
