using System;

namespace Rouse.Server.Loop;

/// <summary>Something to be done at a time. It is set again and again; a new time replaces the one before. The loop's thread alone touches it.</summary>
public sealed class LoopTimer(Action due)
{
    internal const long Never = long.MaxValue;

    /// <summary>Monotonic milliseconds, or <see cref="Never"/>.</summary>
    public long DueMs { get; internal set; } = Never;

    public bool IsSet => DueMs != Never;

    /// <summary>Where it stands while it is set.</summary>
    internal TimerQueue? Queue { get; set; }

    internal int Place { get; set; }

    public void Cancel()
    {
        Queue?.Remove(this);
        DueMs = Never;
    }

    internal void Fire() => due();
}
