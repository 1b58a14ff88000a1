using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Server.Listening;

namespace Rouse.Server.Reloading;

/// <summary>What became of one service that was to be switched.</summary>
internal enum SwitchChange
{
    Enabled,
    Disabled,
    Restarted,

    /// <summary>It was on, or off, already.</summary>
    Unchanged,
}

/// <summary>What came of switching services on or off.</summary>
/// <param name="refusal">Why nothing was changed; empty where it was done.</param>
internal sealed class SwitchResult(string refusal)
{
    public string Refusal { get; } = refusal;

    /// <summary>No service is called so: neither among those that run nor, where it was read, in the configuration.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The errors that stand against it.</summary>
    public IReadOnlyList<Diagnostic> Findings { get; init; } = [];

    public IReadOnlyList<(Service Service, SwitchChange Change)> Services { get; init; } = [];
}
