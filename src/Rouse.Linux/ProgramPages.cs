using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>
/// The pages of the program and of its libraries that are mapped from their files. Most of the code has run for the last time once the
/// daemon has started; letting go of it costs nothing, as what is needed again comes back from the page cache: madvise(2) MADV_DONTNEED.
/// </summary>
// SAFETY: only mappings that cannot be written and of which no page was ever changed (Anonymous: 0 kB in smaps) are let go, so that every
// page comes back from its file as it was.
public sealed unsafe partial class ProgramPages
{
    private const int MADV_DONTNEED = 4;

    private readonly (nuint Start, nuint Length)[] _mappings = [];

    /// <summary>Finds the mappings, which allocates; <see cref="Release"/> does not.</summary>
    public ProgramPages()
    {
        if (!Files.Read("/proc/self/smaps", out byte[] smaps).Ok)
        {
            return;
        }

        List<(nuint Start, nuint Length)> mappings = [];
        (nuint Start, nuint Length) candidate = default;
        foreach (string line in Encoding.Latin1.GetString(smaps).Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 5 && words[0].Contains('-', StringComparison.Ordinal))
            {
                candidate = Mapping(words);
            }
            else if (candidate.Length != 0 && words.Length == 3 && words[0] == "Anonymous:" && words[1] == "0")
            {
                mappings.Add(candidate);
            }
        }

        // From the top down: the program's own pages lie lowest and go last, or what lets go of the others would fetch them back.
        mappings.Reverse();
        _mappings = [.. mappings];
    }

    public void Release()
    {
        foreach ((nuint start, nuint length) in _mappings)
        {
            _ = madvise((void*)start, length, MADV_DONTNEED);
        }
    }

    // start-end perms offset device inode path, proc_pid_maps(5)
    private static (nuint Start, nuint Length) Mapping(string[] words)
    {
        if (words.Length != 6 || words[5][0] != '/' || words[1] is not ("r-xp" or "r--p"))
        {
            return default;
        }

        string[] range = words[0].Split('-');
        nuint start = (nuint)Convert.ToUInt64(range[0], 16);
        return (start, (nuint)Convert.ToUInt64(range[1], 16) - start);
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
