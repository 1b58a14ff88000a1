using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>getrandom(2): bytes that nobody can guess.</summary>
// SAFETY: the buffer is pinned for the call and passed with its own length.
public static unsafe partial class RandomBytes
{
    /// <summary>So many bytes, at most 256, as lower-case hexadecimal digits. The kernel has them from shortly after its start.</summary>
    public static string Hex(int count)
    {
        Span<byte> bytes = stackalloc byte[count];
        fixed (byte* to = bytes)
        {
            while (getrandom(to, count, 0) != count)
            {
                // Only a signal in the first moments of the machine: the call is repeated.
            }
        }

        return Convert.ToHexStringLower(bytes);
    }

    [LibraryImport("libc")]
    private static partial nint getrandom(byte* buffer, nint length, uint flags);
}
