using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Rouse.Harness;

/// <summary>Folders full of files, made always alike and compared byte for byte.</summary>
internal static class Trees
{
    public static string Grow(string root, int files)
    {
        var random = new Random(files);
        for (int i = 0; i < files; i++)
        {
            string path = Path.Combine(root, $"d{i % 7}", $"e{i % 3}", $"file {i}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            byte[] bytes = new byte[i % 50 == 0 ? 200_000 : random.Next(4000)];
            random.NextBytes(bytes);
            File.WriteAllBytes(path, bytes);
        }

        return root;
    }

    public static void AssertEqual(string expected, string seen)
    {
        Assert.Equal(Names(expected), Names(seen));
        foreach (string name in Names(expected))
        {
            byte[] wanted = File.ReadAllBytes(Path.Combine(expected, name));
            Assert.True(wanted.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(seen, name))), $"{name} came over changed");
        }
    }

    private static List<string> Names(string root) =>
        [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal)];
}
