using Rouse.Access;
using Rouse.Config.Text;

namespace Rouse.Server.Gate;

/// <summary>One question of the gate, its answer for one client, and the line of the configuration behind it.</summary>
/// <param name="Question">A word for the question.</param>
/// <param name="Refusal">What the peer would be turned away for; <see cref="RefusalReason.None"/> where it passes.</param>
/// <param name="Text">What was found.</param>
/// <param name="Change">What would change the answer; empty where it passes.</param>
/// <param name="Rule">The rule that gave the answer; <see cref="SourceSpan.None"/> where none did.</param>
internal readonly record struct Step(string Question, RefusalReason Refusal, string Text, string Change, SourceSpan Rule)
{
    /// <summary>Nobody comes so far: the kernel turns the peer away.</summary>
    public bool IsClosed { get; init; }

    public bool Passes => Refusal == RefusalReason.None && !IsClosed;
}
