using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Rouse.Linux;

namespace Rouse.Tools.Processes;

/// <summary>
/// What processes and all that come from them hold and use: proc_pid_smaps(5), proc_pid_status(5), proc_pid_stat(5). The list of processes is
/// read once.
/// </summary>
internal sealed class ProcessTree
{
    // sysconf(_SC_CLK_TCK) is 100 on every Linux that there is.
    private const int TicksPerSecond = 100;

    private readonly Dictionary<int, List<int>> _children = [];
    private readonly Dictionary<int, long> _ticks = [];
    private bool _isRead;

    /// <summary>What these processes and all that come from them hold.</summary>
    public HeldMemory Memory(IReadOnlyList<int> pids)
    {
        long? all = pids.Count == 0 ? 0 : null;
        bool isShare = true;
        foreach (int pid in With(pids))
        {
            long? share = Field($"/proc/{pid}/smaps_rollup", "Pss:");
            long? held = share ?? Field($"/proc/{pid}/status", "VmRSS:");
            isShare &= share is not null || held is null;
            all = held is { } kib ? kib + (all ?? 0) : all;
        }

        return new HeldMemory(all, isShare);
    }

    /// <summary>Processor time in milliseconds that these processes, and all that came from them and were waited for, have used.</summary>
    public double CpuMs(IReadOnlyList<int> pids)
    {
        long ticks = 0;
        foreach (int pid in With(pids))
        {
            ticks += _ticks.GetValueOrDefault(pid);
        }

        return ticks * 1000.0 / TicksPerSecond;
    }

    /// <summary>The processes that come from one, without itself.</summary>
    public IReadOnlyList<int> DescendantsOf(int pid)
    {
        List<int> all = With([pid]);
        all.Remove(pid);
        return all;
    }

    private List<int> With(IReadOnlyList<int> pids)
    {
        Read();
        List<int> all = [];
        HashSet<int> seen = [];
        Stack<int> left = new(pids);
        while (left.TryPop(out int pid))
        {
            if (seen.Add(pid))
            {
                all.Add(pid);
                _children.GetValueOrDefault(pid)?.ForEach(left.Push);
            }
        }

        return all;
    }

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

    private void Read()
    {
        if (_isRead)
        {
            return;
        }

        _isRead = true;
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
                    _ticks[pid] = TicksOf(words);
                }
            }
        }
    }

    // utime, stime, cutime and cstime: fields 14 to 17, the state being the third.
    private static long TicksOf(string[] words)
    {
        long ticks = 0;
        for (int i = 11; i < 15 && i < words.Length; i++)
        {
            ticks += long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out long some) ? some : 0;
        }

        return ticks;
    }
}
