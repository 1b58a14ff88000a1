using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>posix_spawn(3): another program beside this one, with its terminal, descriptors, working directory and umask.</summary>
// SAFETY: the words live in native memory until the call has returned; the attributes are a local larger than the C library's.
public static unsafe partial class ProgramStart
{
    private const int AttributesSize = 512; // glibc: 336.
    private const int SetSize = 128;
    private const short POSIX_SPAWN_SETSIGDEF = 4;

    /// <summary>The child's process id, or why it could not be executed. SIGPIPE, which the runtime ignores, is at its default for it.</summary>
    /// <param name="arguments">argv, the program's name first; one char a byte, as everything here.</param>
    /// <param name="environment">NAME=VALUE words.</param>
    public static SysResult Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        byte* attributes = stackalloc byte[AttributesSize];
        byte* signals = stackalloc byte[SetSize];
        _ = posix_spawnattr_init(attributes);
        _ = sigemptyset(signals);
        _ = sigaddset(signals, Signal.PIPE);
        _ = posix_spawnattr_setsigdefault(attributes, signals);
        _ = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
        byte** argv = ProgramReplacement.Words(arguments);
        byte** environ = ProgramReplacement.Words(environment);
        int pid;
        int error;
        fixed (byte* program = Files.Zero(path))
        {
            error = posix_spawn(&pid, program, null, attributes, argv, environ);
        }

        ProgramReplacement.Free(argv);
        ProgramReplacement.Free(environ);
        _ = posix_spawnattr_destroy(attributes);
        return error == 0 ? SysResult.Success(pid) : SysResult.Fail((Errno)error);
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, byte* path, void* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigaddset(byte* signals, int signal);
}
