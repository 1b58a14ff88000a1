using System.Collections.Generic;
using Rouse.Config;

namespace Rouse.Server.Reloading;

/// <summary>What came of a reload.</summary>
/// <param name="refusal">Why nothing was changed; empty when the new configuration runs.</param>
/// <param name="next">What was read; null where not even that worked.</param>
internal sealed class ReloadResult(string refusal, Configuration? next)
{
    public string Refusal { get; } = refusal;

    public Configuration? Next { get; } = next;

    public int New { get; init; }

    public int Old { get; init; }

    public int Dropped { get; init; }

    public IReadOnlyList<ExposureChange> Exposure { get; init; } = [];

    public bool Applied => Refusal.Length == 0;
}
