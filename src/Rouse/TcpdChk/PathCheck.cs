using System.Collections.Generic;
using Rouse.Linux;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdChk;

/// <summary>Tells of files that everybody may change, and of the directories above them. Each is told once.</summary>
internal sealed class PathCheck(Warnings warnings)
{
    private const int WritableByAll = 0b010;
    private const int Sticky = 0x200;

    private readonly HashSet<string> _checked = [];

    /// <summary>The path's permission bits; null where there is nothing.</summary>
    public int? Check(string path)
    {
        int? mode = Files.TryStatus(path, out FileStatus status) ? (int)status.Mode : null;
        if (mode is { } bits && _checked.Add(path))
        {
            if ((bits & WritableByAll) != 0)
            {
                warnings.Add((bits & Sticky) != 0 ? $"{path}: world writable (and sticky)" : $"{path}: world writable");
            }

            int slash = path.LastIndexOf('/');
            if (slash >= 0 && path.Length > 1)
            {
                Check(slash == 0 ? "/" : path[..slash]);
            }
        }

        return mode;
    }
}
