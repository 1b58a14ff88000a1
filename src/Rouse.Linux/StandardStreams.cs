using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>Standard output and error without System.Console, which would start a signal thread. Strings are one char a byte.</summary>
public static partial class StandardStreams
{
    public const int Input = 0;
    public const int Output = 1;
    public const int Error = 2;

    /// <summary>Writes all of it, or as much as the reader takes; false when it was not all.</summary>
    public static bool Write(int stream, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            SysResult written = Files.Write(new Fd(stream), bytes);
            if (written.Ok)
            {
                bytes = bytes[written.Value..];
            }
            else if (written.Error != Errno.EINTR)
            {
                return false;
            }
        }

        return true;
    }

    public static bool Write(int stream, string text) => Write(stream, Encoding.Latin1.GetBytes(text));

    /// <summary>isatty(3).</summary>
    public static bool IsTerminal(int stream) => isatty(stream) == 1;

    [LibraryImport("libc")]
    private static partial int isatty(int fd);
}
