using System.Collections.Immutable;

namespace Rouse.Linux;

/// <summary>A resource limit with setrlimit(2)'s number.</summary>
public readonly record struct ResourceLimitSpec(int Resource, ulong Soft, ulong Hard);

/// <summary>The world that a server is to find: execve(2)'s arguments and what is set before it. Strings are one char a byte.</summary>
public sealed record ServerSpec
{
    public required string Path { get; init; }

    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>NAME=VALUE words; REMOTE_HOST comes on top for each connection.</summary>
    public required ImmutableArray<string> Environment { get; init; }

    /// <summary>Null: unchanged.</summary>
    public uint? Uid { get; init; }

    /// <summary>Null: unchanged.</summary>
    public uint? Gid { get; init; }

    /// <summary>Default: unchanged (a daemon that is not root cannot set them).</summary>
    public ImmutableArray<uint> Groups { get; init; }

    /// <summary>Null: unchanged.</summary>
    public int? Umask { get; init; }

    public int Nice { get; init; }

    public ImmutableArray<ResourceLimitSpec> ResourceLimits { get; init; } = [];

    /// <summary>Each server is told the ends of its connection: <see cref="ServerImage.SetConnection"/>.</summary>
    public bool TellsConnection { get; init; }

    /// <summary>Each server is started with a security context of its own: <see cref="ServerImage.SetLabel"/>.</summary>
    public bool IsLabeled { get; init; }

    /// <summary>
    /// How many sockets each server is given as descriptors from 3 up, with LISTEN_PID (sd_listen_fds(3)): <see cref="ServerImage.SetListeners"/>.
    /// </summary>
    public int ListenerCount { get; init; }

    /// <summary>Each server stops at its exec, traced by whoever started it (ptrace(2), PTRACE_TRACEME).</summary>
    public bool LetsTrace { get; init; }

    /// <summary>Signals to be put back to their default: see <see cref="Signals.InheritedAsIgnored"/>.</summary>
    public ImmutableArray<int> DefaultSignals { get; init; } = [];
}
