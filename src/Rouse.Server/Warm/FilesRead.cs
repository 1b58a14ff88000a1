using System;
using Rouse.Linux;
using Rouse.Linux.Tracing;

namespace Rouse.Server.Warm;

/// <summary>Tells <see cref="Dependencies"/> what a starting server opens, looks at and becomes, call by call.</summary>
internal sealed class FilesRead(int pid, Dependencies dependencies, ITraceeMemory memory)
{
    private const int AT_FDCWD = -100;
    private const int ENOENT = -(int)Errno.ENOENT;
    private const int ENOTDIR = -(int)Errno.ENOTDIR;
    private const int EACCES = -(int)Errno.EACCES;
    private const int ELOOP = -(int)Errno.ELOOP;

    // Here the kernel answers; nothing tells when it would answer otherwise.
    private static readonly string[] NotFiles = ["/proc/", "/sys/", "/dev/"];

    /// <summary>The calls whose end must be told to <see cref="Ended"/>.</summary>
    public static bool Concerns(Syscall number) => PathOf(number) >= 0 || number is Syscall.getdents64 or Syscall.getdents;

    /// <summary>Another program begins: <paramref name="path"/> is how it was called, null where that is not known.</summary>
    public bool Becomes(string? path) => (path is null || Add(AT_FDCWD, path)) && dependencies.AddFile("", $"/proc/{pid}/exe");

    /// <summary>The path that an execve(2) is about to run.</summary>
    public string? ProgramOf(in SyscallStop call) => memory.ReadPath(call.Number == Syscall.execveat ? call.A1 : call.A0);

    /// <summary>A call has ended; false if what it has read cannot be watched.</summary>
    public bool Ended(in SyscallStop call, long result)
    {
        if (call.Number is Syscall.getdents64 or Syscall.getdents)
        {
            return result < 0 || dependencies.AddListing($"/proc/{pid}/fd/{(int)call.A0}");
        }

        if (result < 0 && result is not (ENOENT or ENOTDIR or EACCES or ELOOP))
        {
            return true;
        }

        int argument = PathOf(call.Number);
        string? path = memory.ReadPath(argument == 0 ? call.A0 : call.A1);

        // A descriptor alone (AT_EMPTY_PATH) was opened before.
        return string.IsNullOrEmpty(path) || Add(argument == 0 ? AT_FDCWD : (int)call.A0, path);
    }

    // Of an execve only one that fails ends here: another program further on in PATH is tried then. Which argument is the path: 0 alone, 1 after a directory; -1 where there is none.
    private static int PathOf(Syscall number) => number switch
    {
        Syscall.open or Syscall.stat or Syscall.lstat or Syscall.access or Syscall.readlink or Syscall.chdir
            or Syscall.execve => 0,
        Syscall.openat or Syscall.openat2 or Syscall.newfstatat or Syscall.statx or Syscall.faccessat or Syscall.faccessat2
            or Syscall.readlinkat or Syscall.execveat => 1,
        _ => -1,
    };

    private bool Add(int directory, string path)
    {
        if (path.StartsWith('/'))
        {
            foreach (string not in NotFiles)
            {
                if (path.StartsWith(not, StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return dependencies.AddFile($"/proc/{pid}/root", path);
        }

        return dependencies.AddFile(directory == AT_FDCWD ? $"/proc/{pid}/cwd" : $"/proc/{pid}/fd/{directory}", "/" + path);
    }
}
