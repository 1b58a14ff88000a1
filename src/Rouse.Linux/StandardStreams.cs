using System;
using System.Buffers;
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

    /// <summary>Reads standard input up to its end.</summary>
    public static SysResult ReadInput(out byte[] bytes)
    {
        ArrayBufferWriter<byte> all = new();
        while (true)
        {
            SysResult got = Files.Read(new Fd(Input), all.GetSpan(4096));
            if (got is { Ok: true, Value: > 0 })
            {
                all.Advance(got.Value);
            }
            else if (got.Error != Errno.EINTR)
            {
                bytes = all.WrittenSpan.ToArray();
                return got;
            }
        }
    }

    /// <summary>isatty(3).</summary>
    public static bool IsTerminal(int stream) => isatty(stream) == 1;

    [LibraryImport("libc")]
    private static partial int isatty(int fd);
}
