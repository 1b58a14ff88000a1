using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>execve(2): this process becomes another program. getauxval(3): the path that it was executed by.</summary>
// SAFETY: the words live in native memory that is freed when the call has failed; after a call that has not, nothing of this program is left.
public static unsafe partial class ProgramReplacement
{
    private const int AT_EXECFN = 31;
    private const int SigactionSize = 152;

    /// <summary>
    /// The path by which this program was executed, one char a byte, links not followed; empty where the kernel does not tell. Unlike the
    /// first word of the command line it is not the caller's to choose.
    /// </summary>
    public static string ExecutedPath()
    {
        byte* path = (byte*)getauxval(AT_EXECFN);
        return path == null ? "" : Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path));
    }

    /// <summary>Returns only where it cannot be done. SIGPIPE, which the runtime ignores, is at its default for the program.</summary>
    /// <param name="arguments">argv, the program's name first; one char a byte, as everything here.</param>
    /// <param name="environment">NAME=VALUE words.</param>
    public static Errno Execute(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        byte* defaultAction = stackalloc byte[SigactionSize];
        byte* before = stackalloc byte[SigactionSize];
        new System.Span<byte>(defaultAction, SigactionSize).Clear();
        _ = sigaction(Signal.PIPE, defaultAction, before);
        byte** argv = Words(arguments);
        byte** environ = Words(environment);
        Errno error;
        fixed (byte* program = Files.Zero(path))
        {
            _ = execve(program, argv, environ);
            error = LastCall.Error();
        }

        _ = sigaction(Signal.PIPE, before, null);
        Free(argv);
        Free(environ);
        return error;
    }

    /// <summary>Descriptors 1 and 2 become what descriptor 0 is.</summary>
    public static SysResult PutInputOnOutput()
    {
        SysResult output = LastCall.Result(dup2(0, 1));
        return output.Ok ? LastCall.Result(dup2(0, 2)) : output;
    }

    internal static byte** Words(IReadOnlyList<string> words)
    {
        byte** list = (byte**)NativeMemory.AllocZeroed((nuint)words.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < words.Count; i++)
        {
            list[i] = (byte*)NativeMemory.AllocZeroed((nuint)words[i].Length + 1);
            Encoding.Latin1.GetBytes(words[i], new System.Span<byte>(list[i], words[i].Length));
        }

        return list;
    }

    internal static void Free(byte** words)
    {
        for (byte** word = words; *word != null; word++)
        {
            NativeMemory.Free(*word);
        }

        NativeMemory.Free(words);
    }

    [LibraryImport("libc")]
    private static partial nuint getauxval(nuint type);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int sigaction(int signal, byte* action, byte* old);
}
