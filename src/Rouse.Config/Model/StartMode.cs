using System.Globalization;

namespace Rouse.Config.Model;

/// <summary>When the server of a service is started, and how it comes to its connections.</summary>
public enum StartKind
{
    /// <summary>For each connection, or for the first one of a wait service: the original's way.</summary>
    OnDemand,

    /// <summary>Beforehand, and parked until a connection comes.</summary>
    Warm,

    /// <summary>Beforehand, once; each connection gets a copy of the parked process.</summary>
    WarmShared,

    /// <summary>At once, with the listening socket; again whenever it has ended.</summary>
    Resident,

    /// <summary>With the first connection; it listens at a place of its own, to which the daemon passes connections on.</summary>
    OnDemandResident,
}

/// <summary>The <c>start</c> attribute and those that belong to it. They are Rouse's own.</summary>
public sealed record StartMode
{
    /// <summary>What a service has that says nothing.</summary>
    public static StartMode OnDemand { get; } = new();

    public StartKind Kind { get; init; }

    /// <summary>How many servers are parked; null: as many as the rate of connections asks for (<c>auto</c>).</summary>
    public int? Count { get; init; }

    /// <summary>Where the server of an on-demand-resident service listens; null for all other kinds.</summary>
    public RedirectTarget? Backend { get; init; }

    /// <summary>Seconds until a server that was started beforehand or on the first connection must be ready.</summary>
    public int StartTimeoutSeconds { get; init; } = 30;

    /// <summary>Seconds without a connection after which what was started is ended; null: never.</summary>
    public int? IdleTimeoutSeconds { get; init; } = 600;

    /// <summary>As <c>start</c> has it: <c>warm auto</c>.</summary>
    public string Text => Kind switch
    {
        StartKind.Warm => Count is { } count ? string.Create(CultureInfo.InvariantCulture, $"warm {count}") : "warm auto",
        StartKind.WarmShared => "warm shared",
        StartKind.Resident => "resident",
        StartKind.OnDemandResident => "on-demand-resident",
        _ => "on-demand",
    };

    /// <summary>A connection that sends nothing starts no server.</summary>
    public bool WakesOnData { get; init; }
}
