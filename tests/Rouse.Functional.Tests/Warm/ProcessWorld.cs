using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Functional.Tests.Warm;

/// <summary>
/// What Linux tells of a server and its children from outside (proc(5)), and of its connection through a descriptor taken from it
/// (pidfd_getfd(2)): one fact a line, without what is each process's own, so that the worlds of two servers can be compared as texts.
/// </summary>
internal sealed class ProcessWorld
{
    private const int O_APPEND = 0x400;
    private const int O_PATH = 0x200000;

    // The same numbers on every kind of machine.
    private const nint SYS_pidfd_open = 434;
    private const nint SYS_pidfd_getfd = 438;
    private const int F_GETOWN = 9;
    private const int F_GETSIG = 11;
    private const int KCMP_FILE = 0;
    private const int AT_FDCWD = -100;
    private const int STATX_UID = 0x8;
    private const int STATX_GID = 0x10;

    private static readonly nint SYS_kcmp = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 272 : 312;

    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(60);

    // SigQ, FDSize and the sizes of memory are left out: the first counts for all processes of a user, the others are no promise of anybody's.
    private static readonly string[] StatusNames =
    [
        "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
        "Seccomp", "Seccomp_filters", "Speculation_Store_Bypass", "Umask", "Threads", "Cpus_allowed_list", "Mems_allowed_list", "TracerPid",
        "CoreDumping", "THP_enabled",
    ];

    // stat(5)'s fields by their number there.
    private static readonly (string Name, int Number)[] StatFields =
        [("terminal", 7), ("foreground", 8), ("priority", 18), ("nice", 19), ("exit-signal", 38), ("rt-priority", 40), ("policy", 41)];

    private static readonly string[] Files =
        ["comm", "cmdline", "limits", "oom_score_adj", "coredump_filter", "personality", "timerslack_ns", "loginuid", "sessionid", "setgroups", "cgroup"];

    private static readonly string[] Links = ["cwd", "root", "exe"];

    private static readonly string[] Namespaces = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"];

    // TCP_QUICKACK, SO_RCVBUF, SO_SNDBUF, TCP_WINDOW_CLAMP, TCP_MAXSEG and SO_INCOMING_CPU are left out: the kernel itself changes them as bytes
    // come and go, on one and the same connection.
    private static readonly (string Name, int Level, int Number)[] SocketOptions =
    [
        ("SO_REUSEADDR", 1, 2), ("SO_TYPE", 1, 3), ("SO_ERROR", 1, 4), ("SO_DONTROUTE", 1, 5), ("SO_BROADCAST", 1, 6), ("SO_KEEPALIVE", 1, 9),
        ("SO_OOBINLINE", 1, 10), ("SO_PRIORITY", 1, 12), ("SO_LINGER", 1, 13), ("SO_REUSEPORT", 1, 15), ("SO_RCVLOWAT", 1, 18),
        ("SO_RCVTIMEO", 1, 20), ("SO_SNDTIMEO", 1, 21), ("SO_BINDTODEVICE", 1, 25), ("SO_TIMESTAMP", 1, 29), ("SO_ACCEPTCONN", 1, 30),
        ("SO_MARK", 1, 36), ("SO_PROTOCOL", 1, 38), ("SO_DOMAIN", 1, 39), ("SO_BUSY_POLL", 1, 46), ("TCP_NODELAY", 6, 1), ("TCP_CORK", 6, 3),
        ("TCP_KEEPIDLE", 6, 4), ("TCP_KEEPINTVL", 6, 5), ("TCP_KEEPCNT", 6, 6), ("TCP_SYNCNT", 6, 7), ("TCP_LINGER2", 6, 8),
        ("TCP_DEFER_ACCEPT", 6, 9), ("TCP_CONGESTION", 6, 13), ("TCP_USER_TIMEOUT", 6, 18), ("TCP_NOTSENT_LOWAT", 6, 25), ("IP_TOS", 0, 1),
        ("IP_TTL", 0, 2), ("IP_MTU_DISCOVER", 0, 10), ("IP_RECVERR", 0, 11), ("IP_FREEBIND", 0, 15), ("IP_TRANSPARENT", 0, 19),
    ];

    private readonly int _daemon;
    private readonly int _port;
    private readonly int _clientPort;
    private readonly string _connection;
    private readonly List<string> _objects = [];
    private readonly StringBuilder _text = new();
    private (int Pid, int Fd)? _first;
    private bool _isCalm = true;
    private long _switches;

    private ProcessWorld(int daemon, int port, int clientPort)
    {
        (_daemon, _port, _clientPort) = (daemon, port, clientPort);
        _connection = $"socket:[{InodeOf(port, clientPort)}]";
    }

    /// <summary>The world of a server that has this connection, once it and its children wait for something.</summary>
    /// <param name="daemon">The process that has started it.</param>
    /// <param name="server">The server.</param>
    /// <param name="port">The service's port.</param>
    /// <param name="clientPort">That of the client.</param>
    public static string Of(int daemon, int server, int port, int clientPort)
    {
        ProcessWorld? last = null;
        Wait.Until(
            () =>
            {
                ProcessWorld now = new(daemon, port, clientPort);
                now.TryRead(server);
                bool isTheSame = last is { _isCalm: true } && now._isCalm && last._switches == now._switches && last._text.Equals(now._text);
                last = now;
                if (!isTheSame)
                {
                    Thread.Sleep(Calm);
                }

                return isTheSame;
            },
            () => $"a server (pid {server}) that waits:\n{last!._text}");
        return last!._text.ToString();
    }

    // A process may end or begin between two looks: then it is looked at again.
    private void TryRead(int server)
    {
        try
        {
            int[] processes = [server, .. ProcFs.Descendants(server).OrderBy(pid => (ProcFs.StartTime(pid), pid))];
            foreach (int pid in processes)
            {
                ReadProcess(pid, processes);
            }

            ReadConnection(server);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            _isCalm = false;
            Say("gone", e.Message);
        }
    }

    private void ReadProcess(int pid, int[] processes)
    {
        Say("process", Array.IndexOf(processes, pid).ToString(CultureInfo.InvariantCulture));
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        _isCalm &= fields[0] == "S";
        int parent = int.Parse(fields[1]);
        Say("parent", parent == _daemon ? "the daemon" : Array.IndexOf(processes, parent).ToString(CultureInfo.InvariantCulture));
        Say("process-group", Array.IndexOf(processes, int.Parse(fields[2])).ToString(CultureInfo.InvariantCulture));
        Say("session", Array.IndexOf(processes, int.Parse(fields[3])).ToString(CultureInfo.InvariantCulture));
        foreach ((string name, int number) in StatFields)
        {
            Say(name, fields[number - 3]);
        }

        ReadStatus(pid);
        foreach (string name in Files)
        {
            foreach (string line in FileOf(pid, name).Split('\n'))
            {
                Say(name, line);
            }
        }

        foreach (string name in Links)
        {
            Say(name, LinkOf(pid, name));
        }

        foreach (string name in Namespaces.Select(name => "ns/" + name))
        {
            Say(name, LinkOf(pid, name) == LinkOf(_daemon, name) ? "the daemon's" : "of its own");
        }

        // proc(5): the files of a process that is not dumpable are root's.
        Say("owner", OwnerOf($"/proc/{pid}/limits"));
        foreach (string variable in FileOf(pid, "environ").Split('\0').Order(StringComparer.Ordinal))
        {
            // Warm services never have that one (docs/warm.md). A server that shows what it does in the place of its arguments, as sshd does,
            // has written over these too: what is left is no variable.
            if (variable.Contains('=', StringComparison.Ordinal) && !variable.StartsWith("REMOTE_HOST=", StringComparison.Ordinal))
            {
                Say("env", variable);
            }
        }

        ReadDescriptors(pid);
    }

    private void ReadStatus(int pid)
    {
        foreach (string line in File.ReadLines($"/proc/{pid}/status"))
        {
            string name = line[..line.IndexOf(':')];
            if (StatusNames.Contains(name))
            {
                Say(name, line[(name.Length + 1)..].Trim());
            }
            else if (name.EndsWith("ctxt_switches", StringComparison.Ordinal))
            {
                _switches += long.Parse(line[(name.Length + 1)..]);
            }
        }
    }

    private void ReadDescriptors(int pid)
    {
        foreach ((int fd, string target) in ProcFs.Descriptors(pid))
        {
            string[] info = File.ReadAllLines($"/proc/{pid}/fdinfo/{fd}");
            int flags = Convert.ToInt32(Field(info, "flags"), 8);

            // Where it writes at the end of a file, how far that is depends on who has written before.
            string position = target.StartsWith('/') && (flags & (O_APPEND | O_PATH)) == 0 ? Field(info, "pos") : "-";
            Say("fd", $"{fd} {Kind(target)} flags {flags:x} position {position}{(target == _connection ? Sharing(pid, fd) : "")}");
        }
    }

    // Sockets and pipes have numbers of their own; which descriptors lead to the same one is a fact, though.
    private string Kind(string target)
    {
        if (target == _connection)
        {
            return "the connection";
        }

        int bracket = target.IndexOf(":[", StringComparison.Ordinal);
        if (bracket < 0 || target.StartsWith('/') || target.StartsWith("anon_inode", StringComparison.Ordinal))
        {
            return target;
        }

        if (!_objects.Contains(target))
        {
            _objects.Add(target);
        }

        return $"{target[..bracket]} #{_objects.IndexOf(target)}";
    }

    // kcmp(2): descriptors of one open file have their flags in common, O_NONBLOCK before all.
    private string Sharing(int pid, int fd)
    {
        _first ??= (pid, fd);
        return (int)NativeKcmp(SYS_kcmp, pid, _first.Value.Pid, KCMP_FILE, fd, _first.Value.Fd) switch
        {
            0 => " as the first",
            > 0 => " opened anew",
            _ => " (it is not told whether as the first)",
        };
    }

    private void ReadConnection(int server)
    {
        int fd = ProcFs.Descriptors(server).First(pair => pair.Value == _connection).Key;
        int process = Checked((int)NativePidfdOpen(SYS_pidfd_open, server, 0), "pidfd_open");
        int socket = -1;
        try
        {
            socket = Checked((int)NativePidfdGetfd(SYS_pidfd_getfd, process, fd, 0), "pidfd_getfd");
            byte[] address = new byte[128];
            int size = address.Length;
            _ = Checked(NativeGetpeername(socket, address, ref size), "getpeername");
            Say("peer", Address(address.AsSpan(0, size)));
            size = address.Length;
            _ = Checked(NativeGetsockname(socket, address, ref size), "getsockname");
            Say("local", Address(address.AsSpan(0, size)));
            foreach ((string name, int level, int number) in SocketOptions)
            {
                byte[] value = new byte[64];
                size = value.Length;
                Say(
                    name,
                    NativeGetsockopt(socket, level, number, value, ref size) == 0
                        ? Convert.ToHexString(value.AsSpan(0, size))
                        : $"error {Marshal.GetLastPInvokeError()}");
            }

            Say("owner of its signals", NativeFcntl(socket, F_GETOWN).ToString(CultureInfo.InvariantCulture));
            Say("signal", NativeFcntl(socket, F_GETSIG).ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            _ = NativeClose(socket);
            _ = NativeClose(process);
        }
    }

    private string Address(ReadOnlySpan<byte> address)
    {
        int family = BitConverter.ToUInt16(address);
        int port = (address[2] << 8) | address[3];
        string whose = port == _port ? "the service's" : port == _clientPort ? "the client's" : port.ToString(CultureInfo.InvariantCulture);
        return $"family {family} size {address.Length} {new IPAddress(address.Slice(4, 4))} port {whose}";
    }

    private static string InodeOf(int port, int clientPort) =>
        File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && fields[2].EndsWith($":{clientPort:X4}", StringComparison.Ordinal))
            .Select(fields => fields[9])
            .FirstOrDefault() ?? throw new InvalidOperationException($"no connection from port {clientPort} to {port}");

    private static string LinkOf(int pid, string name) => new FileInfo($"/proc/{pid}/{name}").LinkTarget ?? "(none)";

    private static string FileOf(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{name}", Encoding.Latin1).TrimEnd('\n');
        }
        catch (IOException) when (ProcFs.Lives(pid))
        {
            // Not every kernel has every one.
            return "(none)";
        }
    }

    // statx(2): stx_uid and stx_gid.
    private static string OwnerOf(string path)
    {
        byte[] status = new byte[256];
        _ = Checked(NativeStatx(AT_FDCWD, path, 0, STATX_UID | STATX_GID, status), "statx");
        return $"{BitConverter.ToUInt32(status, 20)} {BitConverter.ToUInt32(status, 24)}";
    }

    private static string Field(string[] lines, string name) =>
        lines.First(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), call + ": " + Marshal.GetLastPInvokeErrorMessage());

    private void Say(string name, string fact) => _text.Append(name).Append(": ").Append(fact).Append('\n');

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern nint NativePidfdOpen(nint number, nint pid, nint flags);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern nint NativePidfdGetfd(nint number, nint process, nint fd, nint flags);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static extern nint NativeKcmp(nint number, nint pid1, nint pid2, nint type, nint fd1, nint fd2);

    [DllImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    private static extern int NativeGetpeername(int fd, byte[] address, ref int size);

    [DllImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static extern int NativeGetsockname(int fd, byte[] address, ref int size);

    [DllImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static extern int NativeGetsockopt(int fd, int level, int option, byte[] value, ref int size);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int NativeFcntl(int fd, int command);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true, CharSet = CharSet.Ansi)]
    private static extern int NativeStatx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mask, byte[] status);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int NativeClose(int fd);
}
