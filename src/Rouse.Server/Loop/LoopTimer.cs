using System;

namespace Rouse.Server.Loop;

/// <summary>Something to be done at a time. It is set again and again; a new time replaces the one before.</summary>
public sealed class LoopTimer(Action due)
{
    internal const long Never = long.MaxValue;

    /// <summary>Monotonic milliseconds, or <see cref="Never"/>.</summary>
    public long DueMs { get; internal set; } = Never;

    public bool IsSet => DueMs != Never;

    public void Cancel() => DueMs = Never;

    internal void Fire()
    {
        DueMs = Never;
        due();
    }
}
