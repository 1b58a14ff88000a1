using System;
using System.Collections.Generic;

namespace Rouse.Tools.Measure;

/// <summary>What is measured, how, and for how long.</summary>
internal sealed record MeasureRequest
{
    public MeasuredServer Server { get; init; } = null!;

    /// <summary>Sent as soon as the connection stands; empty for nothing.</summary>
    public byte[] Request { get; init; } = [];

    /// <summary>The client does not say that it has sent all, and closes when the first bytes have come.</summary>
    public bool KeepsOpen { get; init; }

    /// <summary>A client for sh -c in place of our own; it finds the port in PORT, and in place of <c>{port}</c>.</summary>
    public string ClientCommand { get; init; } = "";

    /// <summary>The server's own standalone mode for sh -c, with <c>{port}</c> and PORT; empty for none.</summary>
    public string StandaloneCommand { get; init; } = "";

    public int Clients { get; init; } = 8;

    public TimeSpan Phase { get; init; } = TimeSpan.FromSeconds(2);

    public IReadOnlyList<Way> Ways { get; init; } = Measure.Ways.All;

    /// <summary>The daemon's program.</summary>
    public required string Daemon { get; init; }
}
