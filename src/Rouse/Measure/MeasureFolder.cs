using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Tools.Measure;

/// <summary>The folder of a measurement's own files: what is in it is ours.</summary>
internal static class MeasureFolder
{
    public static void Remove(string folder)
    {
        Files.List(folder, out List<string> names);
        foreach (string name in names)
        {
            Files.Unlink($"{folder}/{name}");
        }

        Files.RemoveDirectory(folder);
    }
}
