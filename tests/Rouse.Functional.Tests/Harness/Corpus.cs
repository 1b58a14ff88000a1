using System;
using System.IO;
using System.Linq;

namespace Rouse.Harness;

/// <summary>
/// Real configurations and headers of init scripts that were gathered from public repositories. They are no part of this one: beside it, or
/// where ROUSE_CORPUS names the folder of the configurations.
/// </summary>
internal static class Corpus
{
    public static string Xinetd { get; } =
        Environment.GetEnvironmentVariable("ROUSE_CORPUS") ?? Path.Combine(Repository.Root, "..", "shared", "corpus", "xinetd");

    public static string InitScripts { get; } = Path.Combine(Xinetd, "..", "initscripts");

    /// <summary>Its files by name; the test is skipped where there is none.</summary>
    public static string[] Files(string folder)
    {
        if (!Directory.Exists(folder))
        {
            Assert.Skip($"no corpus at {folder}");
        }

        return [.. Directory.GetFiles(folder).Where(path => !path.EndsWith(".tsv")).Order(StringComparer.Ordinal)];
    }
}
