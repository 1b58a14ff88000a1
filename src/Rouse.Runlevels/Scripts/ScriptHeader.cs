using System;
using System.Collections.Generic;

namespace Rouse.Runlevels.Scripts;

/// <summary>
/// What an init script says of itself in its comments: chkconfig(8), and the LSB's "Comment Conventions for Init Scripts".
/// </summary>
public sealed record ScriptHeader
{
    /// <summary>Levels in which it runs unless the administrator says otherwise; null where neither kind of header tells.</summary>
    public Levels? Levels { get; init; }

    /// <summary>0 to 99; null where it is not given.</summary>
    public int? Start { get; init; }

    public int? Stop { get; init; }

    public string Description { get; init; } = "";

    /// <summary>By language, as in <c>description(de):</c>.</summary>
    public IReadOnlyDictionary<string, string> Descriptions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>ntsysv does not show it.</summary>
    public bool IsHidden { get; init; }

    /// <summary>There is an LSB block: priorities follow from what it needs.</summary>
    public LsbBlock? Lsb { get; init; }

    /// <summary>chkconfig can handle it: it says in which levels it runs and, without an LSB block, when it is started and stopped.</summary>
    public bool IsSupported => Levels is not null && (Lsb is not null || (Start is not null && Stop is not null));
}

/// <summary>The names of an LSB block. Those that begin with a dollar are facilities of the system.</summary>
public sealed record LsbBlock
{
    public IReadOnlyList<string> Provides { get; init; } = [];

    public IReadOnlyList<string> RequiredStart { get; init; } = [];

    public IReadOnlyList<string> RequiredStop { get; init; } = [];

    public IReadOnlyList<string> ShouldStart { get; init; } = [];

    public IReadOnlyList<string> ShouldStop { get; init; } = [];

    public string ShortDescription { get; init; } = "";
}

/// <summary>What is wrong with a header. <paramref name="Line"/> and <paramref name="Column"/> count from 1.</summary>
public readonly record struct HeaderFault(string File, int Line, int Column, string Text)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Text}";
}
