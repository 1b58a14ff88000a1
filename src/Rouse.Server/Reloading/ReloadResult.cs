using System.Collections.Generic;
using Rouse.Config;

namespace Rouse.Server.Reloading;

/// <summary>What came of a reload.</summary>
/// <param name="Refusal">Why nothing was changed; empty when the new configuration runs.</param>
/// <param name="Next">What was read; null where not even that worked.</param>
internal sealed record ReloadResult(string Refusal, Configuration? Next)
{
    public int New { get; init; }

    public int Old { get; init; }

    public int Dropped { get; init; }

    public IReadOnlyList<ExposureChange> Exposure { get; init; } = [];

    public bool Applied => Refusal.Length == 0;
}
