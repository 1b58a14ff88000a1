using System;
using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Rouse.Harness;

/// <summary>
/// A network of its own for one daemon, with nothing but loopback: there the tests may use ports that belong to the machine elsewhere, such
/// as those of name servers and identification servers. Clients and servers of the tests make their sockets within it.
/// </summary>
internal static class NetworkNamespace
{
    private const int CLONE_NEWNET = 0x40000000;
    private const int O_CLOEXEC = 0x80000;

    /// <summary>Runs the rest of its line in a new namespace.</summary>
    public static string[] Wrapper { get; } = ["unshare", "-n", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"];

    /// <summary>The same, with other files in the place of /etc/hosts and /etc/resolv.conf, seen by this daemon only.</summary>
    public static string[] WrapperWithNames(string hosts, string resolver) =>
    [
        "unshare", "-mn", "--propagation", "private", "sh", "-c",
        $"ip link set lo up && mount --bind {hosts} /etc/hosts && mount --bind {resolver} /etc/resolv.conf && exec \"$@\"", "sh",
    ];

    /// <summary>Skips a test where no namespace can be made.</summary>
    public static void Needed()
    {
        AsRoot.Needed();
        if (Command.Run("unshare", "-mn", "ip", "link", "set", "lo", "up").ExitCode != 0)
        {
            Assert.Skip("no network namespace can be made here (unshare -mn ip link set lo up)");
        }
    }

    /// <summary>
    /// Does something within the namespace of a process, on a thread of its own. A socket that is made there belongs to that network for ever.
    /// </summary>
    public static T Within<T>(int pid, Func<T> make)
    {
        T result = default!;
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(pid);
                result = make();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        if (fault is not null)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        return result;
    }

    private static void Enter(int pid)
    {
        int fd = NativeOpen($"/proc/{pid}/ns/net", O_CLOEXEC);
        if (fd < 0 || NativeSetns(fd, CLONE_NEWNET) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "cannot enter the daemon's network");
        }

        _ = NativeClose(fd);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi)]
    private static extern int NativeOpen([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int NativeSetns(int fd, int kind);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int NativeClose(int fd);
}
