using System;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>if_nametoindex(3), if_indextoname(3): the network interfaces that link-local addresses belong to (RFC 4007 section 11).</summary>
// SAFETY: pointers are to buffers of their documented size on the stack, or pinned for the call.
public static unsafe partial class Interfaces
{
    /// <summary>The longest name, without its end.</summary>
    public const int LongestName = 15;

    /// <summary>An interface's number by its name; 0 where there is none of that name in the daemon's network.</summary>
    public static uint IndexOf(string name)
    {
        fixed (byte* text = Files.Zero(name))
        {
            return if_nametoindex(text);
        }
    }

    /// <summary>
    /// Writes an interface's name, or its number where it has gone, as getnameinfo(3) does. At most <see cref="LongestName"/> bytes; asks
    /// only the kernel.
    /// </summary>
    public static int FormatName(uint index, Span<byte> destination)
    {
        byte* name = stackalloc byte[LongestName + 1];
        if (if_indextoname(index, name) == null)
        {
            index.TryFormat(destination, out int length, default, CultureInfo.InvariantCulture);
            return length;
        }

        ReadOnlySpan<byte> found = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        found.CopyTo(destination);
        return found.Length;
    }

    [LibraryImport("libc")]
    private static partial uint if_nametoindex(byte* name);

    [LibraryImport("libc")]
    private static partial byte* if_indextoname(uint index, byte* name);
}
