namespace Rouse.Tools.Measure;

/// <summary>What was measured of one way. Times in milliseconds, memory in KiB of proportional set size (proc_pid_smaps(5)).</summary>
internal sealed record WayFigures
{
    public required Way Way { get; init; }

    /// <summary>From before the connect to the first byte, or to the end where the server sends none.</summary>
    public required double FirstByteP50 { get; init; }

    public required double FirstByteP99 { get; init; }

    /// <summary>From before the connect to the end of the connection.</summary>
    public required double WholeP50 { get; init; }

    public required double ConnectionsPerSecond { get; init; }

    /// <summary>The servers' memory while nobody is connected.</summary>
    public required double IdleKib { get; init; }

    /// <summary>The same under the load that <see cref="ConnectionsPerSecond"/> was measured with.</summary>
    public required double LoadKib { get; init; }

    /// <summary>What one open connection adds.</summary>
    public required double ConnectionKib { get; init; }

    /// <summary>Processor time of everything but the clients.</summary>
    public required double CpuMs { get; init; }

    /// <summary>How many servers are parked while it is idle; 0 for ways that park none.</summary>
    public int Parked { get; init; }

    /// <summary>Connections that failed.</summary>
    public int Errors { get; init; }

    /// <summary>It is there before anybody connects, and stays.</summary>
    public bool IsAlwaysThere => Way is Way.Resident or Way.Standalone;
}
