using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// A stream socket with a name in the file system, for talking with this machine's administrator: unix(7). Only its owner and root may
/// connect (mode 0600), and who connected is known from the kernel (SO_PEERCRED). Paths are one char a byte.
/// </summary>
// SAFETY: addresses and credentials are locals of the size passed along with them.
public static unsafe partial class ControlSocket
{
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;

    /// <summary>Connects and waits for it; that and reading give up after so many seconds (0: never).</summary>
    public static SysResult Connect(string path, int patienceSeconds) =>
        LocalSockets.Connect(path, LocalSockets.Stream, nonBlocking: false, patienceSeconds);

    /// <summary>
    /// Listens at a path. A socket there that nobody answers any more is replaced; one that is answered is left alone (EADDRINUSE), and so
    /// is anything that is no socket (EEXIST). <paramref name="inode"/> tells the new one from a later one of the same name.
    /// </summary>
    internal static SysResult Listen(string path, out long inode)
    {
        const uint OwnerOnly = 0x180; // 0600
        const int Backlog = 16;
        LocalListenRequest request = new(path, LocalSockets.Stream, null, null, OwnerOnly, NonBlocking: true, Backlog);
        return LocalListeners.Open(request, out inode);
    }

    /// <summary>Takes the name away, unless it has become another socket's.</summary>
    internal static void Remove(string path, long inode)
    {
        if (Files.IsSocket(path, out long now) && now == inode)
        {
            Files.Unlink(path);
        }
    }

    /// <summary>The user at the other end, as the kernel noted it when they connected.</summary>
    internal static SysResult PeerUser(Fd connection, out uint uid)
    {
        // struct ucred: pid, uid, gid.
        uint* credentials = stackalloc uint[3];
        int length = 3 * sizeof(uint);
        SysResult result = LastCall.Result(getsockopt(connection.Value, SOL_SOCKET, SO_PEERCRED, credentials, &length));
        uid = result.Ok ? credentials[1] : uint.MaxValue;
        return result;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int option, void* value, int* length);
}
