using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Rouse.House.Tests;

/// <summary>A file of the repository: its path from the root with forward slashes, and its text.</summary>
internal sealed record HouseFile(string Path, string Text)
{
    public string Name => System.IO.Path.GetFileName(Path);

    public string[] Lines => Text.Split('\n');

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public bool HasExtension(string extension) => Path.EndsWith(extension, StringComparison.Ordinal);
}

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] BuildFolders = [".git", "artifacts", "out", "bin", "obj", ".cache", ".vs", ".idea"];

    private static readonly Lazy<IReadOnlyList<HouseFile>> All = new(ReadAll);

    /// <summary>Every text file, build output left out.</summary>
    public static IReadOnlyList<HouseFile> Files => All.Value;

    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Rouse.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("no Rouse.slnx above " + AppContext.BaseDirectory);
    }

    private static List<HouseFile> ReadAll()
    {
        List<HouseFile> files = [];
        Read(new DirectoryInfo(Root), "", files);
        return files;
    }

    private static void Read(DirectoryInfo folder, string path, List<HouseFile> files)
    {
        // In a linked worktree .git is a file.
        IEnumerable<FileInfo> inside = folder.GetFiles().Where(f => f.LinkTarget is null && f.Name != ".git" && f.Length < 1 << 20);
        foreach (FileInfo file in inside.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            byte[] bytes = File.ReadAllBytes(file.FullName);
            if (!bytes.Contains((byte)0))
            {
                files.Add(new HouseFile(path + file.Name, System.Text.Encoding.UTF8.GetString(bytes)));
            }
        }

        foreach (DirectoryInfo inner in folder.GetDirectories().Where(d => d.LinkTarget is null && !BuildFolders.Contains(d.Name)))
        {
            Read(inner, path + inner.Name + "/", files);
        }
    }
}

/// <summary>How the tests of this project say what they found.</summary>
internal static class Expect
{
    public static void NoFaults(IEnumerable<string> faults)
    {
        string[] found = [.. faults];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    /// <summary>A rule that cannot find a planted fault is no rule.</summary>
    public static void OneFault(string words, IEnumerable<string> faults) =>
        Assert.Contains(words, Assert.Single(faults), StringComparison.Ordinal);
}
