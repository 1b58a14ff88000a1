using System;
using System.Collections.Generic;
using System.IO;

namespace Rouse.Config.Tests;

/// <summary>Where the repository and the real configurations beside it are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Real configurations of other projects; not part of this repository.</summary>
    public static string Corpus { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared", "corpus", "xinetd"));

    public static List<string> CorpusFiles()
    {
        List<string> files = [];
        if (Directory.Exists(Corpus))
        {
            foreach (string file in Directory.GetFiles(Corpus))
            {
                if (!file.EndsWith("INDEX.tsv", StringComparison.Ordinal))
                {
                    files.Add(file);
                }
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Rouse.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests do not run from within the repository");
    }
}
