using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Rouse.Bench.Operations;

/// <summary>Bytes that one operation may allocate: optimised, as the benchmarks are built, and not, as the tests are.</summary>
internal readonly record struct Allocation(long Optimised, long InTests);

/// <summary>
/// The bytes that each operation may allocate, from <c>allocations.tsv</c>: a name and two numbers with tabs between; lines that begin with
/// # are remarks. Nothing means nothing. Of what is not zero, the compiler's version moves a little: it may be off by
/// <see cref="Tolerance"/>.
/// </summary>
internal static class Allocations
{
    public const double Tolerance = 0.02;

    public static Dictionary<string, Allocation> Read(string path)
    {
        Dictionary<string, Allocation> all = [];
        foreach (string line in File.ReadAllLines(path))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                string[] parts = line.Split('\t');
                all.Add(parts[0], new Allocation(
                    long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture)));
            }
        }

        return all;
    }

    public static bool IsMore(double measured, long expected) => measured > expected * (1 + Tolerance);

    public static bool IsLess(double measured, long expected) => measured < expected * (1 - Tolerance);

    /// <summary>Replaces the optimised numbers and leaves the rest; a new operation's other number is made the same.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, long> optimised)
    {
        Dictionary<string, Allocation> old = Read(path);
        List<string> lines = [.. Array.FindAll(File.ReadAllLines(path), line => line.StartsWith('#'))];
        foreach ((string name, long bytes) in optimised)
        {
            long inTests = old.TryGetValue(name, out Allocation known) ? known.InTests : bytes;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{name}\t{bytes}\t{inTests}"));
        }

        File.WriteAllText(path, string.Join('\n', lines) + "\n");
    }
}
