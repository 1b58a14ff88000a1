using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>errno(3) values that this program tells apart, with the kernel's numbers (asm-generic, the same on x86-64 and arm64).</summary>
public enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    EIO = 5,
    ENOEXEC = 8,
    EBADF = 9,
    ECHILD = 10,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EEXIST = 17,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    EFBIG = 27,
    ENOSPC = 28,
    EROFS = 30,
    EPIPE = 32,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
    ELOOP = 40,
    EPROTO = 71,
    EPROTONOSUPPORT = 93,
    ESOCKTNOSUPPORT = 94,
    EOPNOTSUPP = 95,
    EAFNOSUPPORT = 97,
    EPROTOTYPE = 91,
    EADDRINUSE = 98,
    EADDRNOTAVAIL = 99,
    ENETDOWN = 100,
    ENETUNREACH = 101,
    ECONNABORTED = 103,
    ECONNRESET = 104,
    ENOBUFS = 105,
    ENOTCONN = 107,
    ETIMEDOUT = 110,
    ECONNREFUSED = 111,
    EHOSTUNREACH = 113,
    EINPROGRESS = 115,
    ESTALE = 116,
}

/// <summary>strerror(3), and what kind of failure it is.</summary>
// SAFETY: strerror returns a string that lives until the thread's next call; it is copied at once.
public static unsafe partial class ErrnoText
{
    /// <summary>The machine or the process has no descriptor or memory left: it may have some again in a moment.</summary>
    public static bool IsShortage(this Errno error) => error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS;

    /// <summary>The C library's words, as in the original's messages: <c>Address already in use</c>.</summary>
    public static string Describe(this Errno error) => Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(strerror((int)error)));

    [LibraryImport("libc")]
    private static partial byte* strerror(int error);
}
