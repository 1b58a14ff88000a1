using System;
using System.Collections.Generic;

namespace Rouse.Bench.Operations;

/// <summary>
/// A piece of the daemon's work, small enough to be timed alone. It may be repeated without end and leaves everything as it found it.
/// </summary>
/// <param name="Name">As in <c>allocations.tsv</c> and in the tables.</param>
/// <param name="Prepare">
/// Makes what the work stands on, and gives the work: each call does it once, and its answer keeps the compiler from leaving it out.
/// </param>
internal sealed record Operation(string Name, Func<Func<int>> Prepare)
{
    public static IReadOnlyList<Operation> All { get; } =
    [
        new("parse-1", () => Parsing.Parse(1)),
        new("parse-1000", () => Parsing.Parse(1000)),
        new("load-1", () => Parsing.Load(1)),
        new("load-1000", () => Parsing.Load(1000)),
        new("verdict-10", () => Verdicts.Decide(10)),
        new("verdict-100000", () => Verdicts.Decide(100_000)),
        new("session-table", Sessions.AddAndRemove),
        new("log-lines", LogLines.StartAndExit),
    ];
}
