using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>
/// The part of the process's first stack that deeper calls have left behind, such as those that read a configuration. A thread that waits
/// in its loop needs none of it: madvise(2) MADV_DONTNEED gives it back, and what is needed again comes as zeroes.
/// </summary>
// SAFETY: below the stack pointer lies nothing that anybody may count on but the 128 bytes of the ABI's red zone; a page is left untouched
// for the calls that lead from here into the kernel. Another thread, whose stack this is not, lets go of nothing.
public sealed unsafe partial class SpentStack
{
    private const int MADV_DONTNEED = 4;
    private const nuint PageSize = 4096;

    private readonly nuint _lowest;
    private readonly nuint _end;

    /// <summary>Finds the stack, which allocates; <see cref="Release"/> does not.</summary>
    public SpentStack()
    {
        if (!Files.Read("/proc/self/maps", out byte[] maps).Ok)
        {
            return;
        }

        // start-end perms offset device inode path, proc_pid_maps(5)
        ReadOnlySpan<byte> rest = maps;
        int name = rest.IndexOf(" [stack]\n"u8);
        if (name >= 0)
        {
            string[] range = Encoding.Latin1.GetString(rest[(rest[..name].LastIndexOf((byte)'\n') + 1)..name]).Split(' ')[0].Split('-');
            _lowest = (nuint)Convert.ToUInt64(range[0], 16);
            _end = (nuint)Convert.ToUInt64(range[1], 16);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Release()
    {
        byte local;
        nuint here = (nuint)(&local);
        nuint spentEnd = (here - PageSize) & ~(PageSize - 1);
        if (here < _end && spentEnd > _lowest)
        {
            _ = madvise((void*)_lowest, spentEnd - _lowest, MADV_DONTNEED);
        }
    }

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);
}
