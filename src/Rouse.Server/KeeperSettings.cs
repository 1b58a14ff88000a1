using Rouse.Server.Launch;
using Rouse.Server.Logging;

namespace Rouse.Server;

/// <summary>What the command line decides for the whole run.</summary>
public sealed record KeeperSettings
{
    public required ServerWorld World { get; init; }

    /// <summary>-limit: servers of all services together.</summary>
    public int ProcessLimit { get; init; } = int.MaxValue;

    /// <summary>-stayalive: run on without any service.</summary>
    public bool StayAlive { get; init; }

    /// <summary>Takes every service's lines in place of what log_type names; null for none.</summary>
    public LogSink? ServiceLines { get; init; }

    /// <summary>What is given back while nothing happens; null for nothing.</summary>
    public QuietMemory? Memory { get; init; }

    /// <summary>How long an address that could not be bound is left alone.</summary>
    public long BindRetryMs { get; init; } = 3000;
}
