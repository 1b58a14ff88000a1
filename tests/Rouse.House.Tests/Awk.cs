using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Rouse.House.Tests;

/// <summary>The scripts of bench/parts, on figures that a test makes up.</summary>
internal static class Awk
{
    /// <summary>What the scripts print of <paramref name="table"/> (a file of bench) and of the figures, lines of results.tsv.</summary>
    public static string Print(string[] scripts, string table, string figures, params string[] variables)
    {
        string folder = Directory.CreateTempSubdirectory("rouse-figures").FullName;
        try
        {
            string results = Path.Combine(folder, "results.tsv");
            File.WriteAllText(results, figures);
            string bench = Path.Combine(Repository.Root, "bench");
            string[] arguments =
            [
                "-F", "\t", .. scripts.SelectMany(script => new[] { "-f", Path.Combine(bench, "parts", script + ".awk") }),
                .. variables.SelectMany(variable => new[] { "-v", variable }), Path.Combine(bench, table), results,
            ];
            ProcessStartInfo start = new("awk", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            using Process awk = Process.Start(start) ?? throw new InvalidOperationException("no awk");
            string printed = awk.StandardOutput.ReadToEnd();
            string complaints = awk.StandardError.ReadToEnd();
            awk.WaitForExit();
            Assert.Equal("", complaints);
            return printed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
