using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Rouse.Harness;

/// <summary>What /proc tells of a process, for the checks that nothing is left over.</summary>
internal static class ProcFs
{
    /// <summary>The open descriptors and what they are.</summary>
    public static IReadOnlyDictionary<int, string> Descriptors(int pid)
    {
        var found = new SortedDictionary<int, string>();
        foreach (string path in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
        {
            if (new FileInfo(path).LinkTarget is string target)
            {
                found[int.Parse(Path.GetFileName(path))] = target;
            }
        }

        return found;
    }

    public static int DescriptorCount(int pid) => Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count();

    public static IReadOnlyList<int> Children(int pid)
    {
        var found = new List<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int candidate) && Stat(candidate) is { } stat && stat.Parent == pid)
            {
                found.Add(candidate);
            }
        }

        return found;
    }

    public static IReadOnlyList<int> Descendants(int pid)
    {
        var parents = new Dictionary<int, int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int candidate) && Stat(candidate) is { } stat)
            {
                parents[candidate] = stat.Parent;
            }
        }

        var found = new List<int>();
        var front = new Queue<int>([pid]);
        while (front.TryDequeue(out int parent))
        {
            foreach (int child in parents.Where(pair => pair.Value == parent).Select(pair => pair.Key))
            {
                found.Add(child);
                front.Enqueue(child);
            }
        }

        return found;
    }

    public static int Zombies(int pid) => Children(pid).Count(child => Stat(child)?.State == 'Z');

    public static bool Lives(int pid) => Stat(pid) is { State: not 'Z' };

    /// <summary>Resident memory in KiB.</summary>
    public static int ResidentKiB(int pid) =>
        int.Parse(Status(pid, "VmRSS").Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);

    public static string Status(int pid, string name) =>
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(name + ":"))[(name.Length + 1)..].Trim();

    /// <summary>A resource limit by its name in /proc/PID/limits, as `soft hard`.</summary>
    public static string Limit(int pid, string name)
    {
        string line = File.ReadLines($"/proc/{pid}/limits").First(candidate => candidate.StartsWith(name + "  "));
        string[] values = line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return $"{values[0]} {values[1]}";
    }

    /// <summary>When the process was started, in clock ticks since boot: with the pid it names one process for ever.</summary>
    public static long? StartTime(int pid) => Stat(pid)?.StartTime;

    /// <summary>The processor time that it has used, in clock ticks (a hundredth of a second each).</summary>
    public static long ProcessorTicks(int pid) => Stat(pid)?.ProcessorTicks ?? throw new InvalidOperationException($"process {pid} is gone");

    public static bool IsListening(int port) => TableHas("tcp", port, "0A") || TableHas("udp", port, "07");

    /// <summary>The ports that are open in a process's network namespace, as `tcp/79`, in order.</summary>
    public static IReadOnlyList<string> OpenPorts(int pid) =>
    [
        .. new[] { ("tcp", "0A"), ("udp", "07") }
            .SelectMany(kind => new[] { "", "6" }
                .SelectMany(family => File.ReadLines($"/proc/{pid}/net/{kind.Item1}{family}").Skip(1))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields[3] == kind.Item2)
                .Select(fields => $"{kind.Item1}/{int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber)}"))
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private static bool TableHas(string protocol, int port, string state)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return new[] { protocol, protocol + "6" }
            .Select(table => "/proc/net/" + table)
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => fields.Length > 3 && fields[1].EndsWith(suffix) && fields[3] == state);
    }

    private static ProcessStat? Stat(int pid)
    {
        try
        {
            // The name in brackets may hold blanks and brackets itself: the fields start after the last one.
            string text = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessStat(fields[0][0], int.Parse(fields[1]), long.Parse(fields[19]), long.Parse(fields[11]) + long.Parse(fields[12]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record ProcessStat(char State, int Parent, long StartTime, long ProcessorTicks);
}
