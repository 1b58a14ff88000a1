using Rouse.Linux;

namespace Rouse.Runlevels.Changes;

/// <summary>What became of a change.</summary>
/// <param name="Error">None where it was made.</param>
/// <param name="Step">The step that failed; null where it was none of them.</param>
public readonly record struct ChangeOutcome(Errno Error, Step? Step)
{
    public bool Ok => Error == Errno.None;

    /// <summary>Neither made nor taken back: the next command goes on with it. Otherwise a change that failed has left nothing.</summary>
    public bool IsLeftToNext { get; init; }
}
