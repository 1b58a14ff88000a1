using System.Collections.Generic;
using Rouse.Runlevels.Changes;

namespace Rouse.Tools.Services.Adopt;

/// <summary>How an init script would be taken over: what is shown, what is done, and what the administrator does after it.</summary>
internal sealed record Adoption
{
    /// <summary>Why it cannot be done, with the place and what to do; empty where it can.</summary>
    public string Fault { get; init; } = "";

    /// <summary>What follows for the order, and what was guessed; a line each.</summary>
    public IReadOnlyList<string> About { get; init; } = [];

    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>Commands and advice, a line each.</summary>
    public IReadOnlyList<string> Next { get; init; } = [];

    public static Adoption Refused(string fault) => new() { Fault = fault };
}
