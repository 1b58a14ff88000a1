using System;
using System.IO;

namespace Rouse.Harness;

/// <summary>Where the repository's own things lie: its root, the cache of fetched programs, the executables under test.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Cache { get; } = Path.Combine(Root, ".cache");

    public static string Tools { get; } = Path.Combine(Root, "tests", "tools");

    public static string Fixtures { get; } = Path.Combine(Root, "tests", "fixtures");

    /// <summary>The folder of the executables under test: ROUSE_BIN, or what `make build` leaves.</summary>
    public static string Bin { get; } = Environment.GetEnvironmentVariable("ROUSE_BIN") ?? Path.Combine(Root, "out", "bin");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Rouse.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run from inside the repository: no Rouse.slnx above " + AppContext.BaseDirectory);
    }
}
