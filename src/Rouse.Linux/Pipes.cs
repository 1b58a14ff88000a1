using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>pipe(7) and splice(2): bytes go from one socket to another without passing through this process's memory.</summary>
// SAFETY: the two descriptors that pipe2 writes are a local; splice gets no pointer but null.
internal static unsafe partial class Pipes
{
    private const int O_CLOEXEC = 0x80000;
    private const int O_NONBLOCK = 0x800;
    private const int F_SETPIPE_SZ = 1031;
    private const uint SPLICE_F_MOVE = 1;
    private const uint SPLICE_F_NONBLOCK = 2;

    public static SysResult Open(int capacity, out Pipe pipe)
    {
        int* ends = stackalloc int[2];
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        {
            pipe = Pipe.None;
            return SysResult.Fail(LastCall.Error());
        }

        // Refused to a user who has many large pipes already (pipe-user-pages-soft): the size that every pipe has will do.
        _ = fcntl(ends[1], F_SETPIPE_SZ, capacity);
        pipe = new Pipe(new Fd(ends[0]), new Fd(ends[1]));
        return SysResult.Success();
    }

    public static SysResult Splice(Fd from, Fd to, int most) =>
        LastCall.Result(splice(from.Value, null, to.Value, null, most, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);
}
