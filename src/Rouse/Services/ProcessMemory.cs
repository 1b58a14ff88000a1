using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Rouse.Linux;

namespace Rouse.Tools.Services;

/// <summary>What processes hold: proc_pid_smaps(5), proc_pid_status(5), proc_pid_stat(5). The list of processes is read once.</summary>
internal sealed class ProcessMemory
{
    private readonly Dictionary<int, List<int>> _children = [];
    private bool _isRead;

    /// <summary>
    /// In KiB, of these processes and all that come from them: each one's fair share of what is in use (PSS), or all that it has in memory
    /// (RSS) where the share may not be read. Null where there are processes and none of them can be looked at.
    /// </summary>
    public long? Of(IReadOnlyList<int> pids)
    {
        if (pids.Count == 0)
        {
            return 0;
        }

        long? all = null;
        HashSet<int> seen = [];
        Stack<int> left = new(pids);
        while (left.TryPop(out int pid))
        {
            if (seen.Add(pid))
            {
                all = Held(pid) is { } held ? held + (all ?? 0) : all;
                ChildrenOf(pid).ForEach(left.Push);
            }
        }

        return all;
    }

    private static long? Held(int pid) => Field($"/proc/{pid}/smaps_rollup", "Pss:") ?? Field($"/proc/{pid}/status", "VmRSS:");

    // Name:    123 kB
    private static long? Field(string path, string name)
    {
        if (!Files.Read(path, out byte[] bytes).Ok)
        {
            return null;
        }

        foreach (string line in Encoding.Latin1.GetString(bytes).Split('\n'))
        {
            string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 3 && words[0] == name && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            {
                return value;
            }
        }

        return null;
    }

    private List<int> ChildrenOf(int pid)
    {
        if (!_isRead)
        {
            _isRead = true;
            Read();
        }

        return _children.GetValueOrDefault(pid) ?? [];
    }

    private void Read()
    {
        Files.List("/proc", out List<string> names);
        foreach (string name in names)
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Files.Read($"/proc/{pid}/stat", out byte[] bytes).Ok)
            {
                // The name in parentheses may hold anything; the state and the parent follow the last one.
                string text = Encoding.Latin1.GetString(bytes);
                string[] words = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent))
                {
                    (_children.TryGetValue(parent, out List<int>? known) ? known : _children[parent] = []).Add(pid);
                }
            }
        }
    }
}
