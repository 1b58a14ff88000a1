using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>
/// The SELinux context that a server is started with for a labelled peer (flag LABELED): what the kernel's policy makes of the daemon's own
/// context and the program's, with the level and categories of the peer in place of the daemon's. selinux(8), getpeercon(3),
/// security_compute_create(3); the kernel's own files are used, not libselinux.
/// </summary>
// SAFETY: every buffer is a span pinned for a call that gets its length; texts given to C are zero-terminated copies.
public static unsafe partial class SecurityLabel
{
    /// <summary>The kernel gives no context more than a page.</summary>
    public const int Room = 4096;

    private const int SOL_SOCKET = 1;
    private const int SO_PEERSEC = 31;
    private const string OwnLabel = "/proc/thread-self/attr/current";
    private const string CreateFile = "/sys/fs/selinux/create";
    private const string ProcessClassFile = "/sys/fs/selinux/class/process/index";

    /// <summary>
    /// The context for the program's next run on this connection: its length in <paramref name="label"/>, which has <see cref="Room"/>
    /// bytes. ENOPROTOOPT where the peer has no label, EINVAL where a label has no level.
    /// </summary>
    public static SysResult ForServer(Fd connection, string program, Span<byte> label)
    {
        Span<byte> own = stackalloc byte[Room];
        Span<byte> peer = stackalloc byte[Room];
        Span<byte> file = stackalloc byte[Room];
        SysResult ownLength = Files.ReadStart(OwnLabel, own);
        SysResult peerLength = ownLength.Ok ? OfPeer(connection, peer) : ownLength;
        SysResult fileLength = peerLength.Ok ? OfFile(program, file) : peerLength;
        if (!fileLength.Ok)
        {
            return fileLength;
        }

        Span<byte> source = stackalloc byte[Room];
        int length = WithLevelOf(Text(own[..ownLength.Value]), Text(peer[..peerLength.Value]), source);
        return length < 0 ? SysResult.Fail(Errno.EINVAL) : AskPolicy(source[..length], Text(file[..fileLength.Value]), label);
    }

    /// <summary><paramref name="own"/> with the level and categories of <paramref name="peer"/>; −1 where one of the two has none.</summary>
    public static int WithLevelOf(ReadOnlySpan<byte> own, ReadOnlySpan<byte> peer, Span<byte> result)
    {
        int ownLevel = LevelStart(own);
        int peerLevel = LevelStart(peer);
        if (ownLevel < 0 || peerLevel < 0 || ownLevel + peer.Length - peerLevel > result.Length)
        {
            return -1;
        }

        own[..ownLevel].CopyTo(result);
        peer[peerLevel..].CopyTo(result[ownLevel..]);
        return ownLevel + peer.Length - peerLevel;
    }

    // A context is user:role:type:level, and the level may hold more colons.
    private static int LevelStart(ReadOnlySpan<byte> label)
    {
        int at = 0;
        for (int colons = 0; colons < 3; colons++)
        {
            int next = label[at..].IndexOf((byte)':');
            if (next < 0)
            {
                return -1;
            }

            at += next + 1;
        }

        return at < label.Length ? at : -1;
    }

    private static SysResult OfPeer(Fd connection, Span<byte> label)
    {
        int length = label.Length;
        fixed (byte* to = label)
        {
            SysResult got = LastCall.Result(getsockopt(connection.Value, SOL_SOCKET, SO_PEERSEC, to, &length));
            return got.Ok ? SysResult.Success(length) : got;
        }
    }

    private static SysResult OfFile(string path, Span<byte> label)
    {
        fixed (byte* at = Encoding.Latin1.GetBytes(path + "\0"), name = "security.selinux\0"u8, to = label)
        {
            return LastCall.Result(getxattr(at, name, to, label.Length));
        }
    }

    // The policy is asked by a write and answers to the read that follows on the same descriptor.
    private static SysResult AskPolicy(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, Span<byte> label)
    {
        Span<byte> digits = stackalloc byte[16];
        SysResult processClass = Files.ReadStart(ProcessClassFile, digits);
        if (!processClass.Ok)
        {
            return processClass;
        }

        string question = string.Create(
            CultureInfo.InvariantCulture,
            $"{Encoding.Latin1.GetString(source)} {Encoding.Latin1.GetString(target)} {Encoding.ASCII.GetString(Text(digits[..processClass.Value]))}");
        SysResult opened = Files.OpenToAsk(CreateFile);
        if (!opened.Ok)
        {
            return opened;
        }

        SysResult answer = Files.Write(opened.Fd, Encoding.Latin1.GetBytes(question));
        answer = answer.Ok ? Files.Read(opened.Fd, label) : answer;
        Sockets.Close(opened.Fd);
        return answer.Ok ? SysResult.Success(Text(label[..answer.Value]).Length) : answer;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> read) => read.TrimEnd("\0\n"u8);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int option, void* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getxattr(byte* path, byte* name, void* value, nint size);
}
