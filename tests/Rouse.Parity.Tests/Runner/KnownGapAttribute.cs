using System;

namespace Rouse.Parity.Tests.Runner;

/// <summary>
/// Marks a case in which ours is known to behave otherwise than the original, and should not. The run fails when the gap
/// closes unnoticed: then the mark must go. A difference that is wanted is no gap; it is written with
/// <see cref="Comparison.Differs"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KnownGapAttribute : Attribute
{
    public KnownGapAttribute(string gap) => Gap = gap;

    /// <summary>The gap's id and why it exists: `D-0NN: why`.</summary>
    public string Gap { get; }
}
