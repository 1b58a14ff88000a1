using System;

namespace Rouse.Server.Warm;

/// <summary>The calls with paths: nothing is written ahead of a connection, and nobody looks at the placeholder through /proc.</summary>
internal sealed partial class SyscallJudge
{
    private const ulong O_ACCMODE = 3;
    private const ulong O_CREAT = 0x40;
    private const ulong O_TRUNC = 0x200;

    // Devices that forget what is written to them, or whose terminal no server has.
    private static readonly string[] Harmless = ["/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/random", "/dev/urandom"];

    private Verdict JudgeOpen(ulong path, ulong flags)
    {
        bool changes = (flags & O_ACCMODE) != 0 || (flags & (O_CREAT | O_TRUNC)) != 0;
        if (memory.ReadPath(path) is not { } name)
        {
            return ParkIf(changes, "open for writing");
        }

        return LeadsToDescriptor(name) ? Verdict.Park("open " + name)
            : ParkIf(changes && Array.IndexOf(Harmless, name) < 0, "open for writing " + name);
    }

    private bool LeadsToDescriptor(ulong path) => memory.ReadPath(path) is { } name && LeadsToDescriptor(name);

    // /proc/self/fd/0, /dev/fd/1, /dev/stdin: the number of the placeholder's socket would be told.
    private static bool LeadsToDescriptor(string path) =>
        (path.StartsWith("/proc/", StringComparison.Ordinal) && path.Contains("/fd/", StringComparison.Ordinal))
        || path.StartsWith("/dev/fd/", StringComparison.Ordinal) || path.StartsWith("/dev/std", StringComparison.Ordinal);
}
