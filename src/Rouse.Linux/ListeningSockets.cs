using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>A bound socket of this machine: proc_net_tcp(5). <paramref name="Inode"/> leads to the processes that hold it.</summary>
public readonly record struct ListeningSocket(bool IsDatagram, AddressFamily Family, UInt128 Address, ushort Port, long Inode);

/// <summary>Which ports are taken, and by whom: /proc/net/{tcp,tcp6,udp,udp6} and /proc/PID/fd. For checks; the daemon asks <see cref="SocketTables"/>.</summary>
// SAFETY: readlink writes at most the size passed along into a local buffer.
public static unsafe partial class ListeningSockets
{
    private const int TcpListen = 0x0a;
    private static readonly UInt128 MappedPrefix = (UInt128)0xffff << 32;

    public static List<ListeningSocket> All()
    {
        Read(out List<ListeningSocket> found);
        return found;
    }

    /// <summary>The same, and the first error where not all could be read.</summary>
    public static SysResult Read(out List<ListeningSocket> found)
    {
        found = [];
        Errno error = Read("/proc/net/tcp", false, AddressFamily.IPv4, found);
        Errno second = Read("/proc/net/udp", true, AddressFamily.IPv4, found);
        error = error == Errno.None ? second : error;
        foreach (bool isDatagram in (ReadOnlySpan<bool>)[false, true])
        {
            // A kernel without IPv6 has no such files.
            second = Read(isDatagram ? "/proc/net/udp6" : "/proc/net/tcp6", isDatagram, AddressFamily.IPv6, found);
            error = error == Errno.None && second != Errno.ENOENT ? second : error;
        }

        return error == Errno.None ? SysResult.Success(found.Count) : SysResult.Fail(error);
    }

    /// <summary>The processes that hold a socket, by id and name; empty where we may not look.</summary>
    public static List<(int Pid, string Name)> HoldersOf(long inode)
    {
        List<(int, string)> holders = [];
        string wanted = $"socket:[{inode}]";
        Files.List("/proc", out List<string> names);
        foreach (string name in names)
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Holds(pid, wanted))
            {
                Files.Read($"/proc/{pid}/comm", out byte[] comm);
                holders.Add((pid, Encoding.Latin1.GetString(comm).TrimEnd('\n')));
            }
        }

        return holders;
    }

    /// <param name="wanted">As proc_pid_fd(5) shows it: <c>socket:[INODE]</c>.</param>
    internal static bool Holds(int pid, string wanted)
    {
        Files.List($"/proc/{pid}/fd", out List<string> descriptors);
        foreach (string descriptor in descriptors)
        {
            if (Target($"/proc/{pid}/fd/{descriptor}") == wanted)
            {
                return true;
            }
        }

        return false;
    }

    private static string Target(string link)
    {
        byte* buffer = stackalloc byte[128];
        fixed (byte* path = Files.Zero(link))
        {
            nint n = readlink(path, buffer, 128);
            return n <= 0 ? "" : Encoding.Latin1.GetString(buffer, (int)n);
        }
    }

    private static Errno Read(string path, bool isDatagram, AddressFamily family, List<ListeningSocket> found)
    {
        SysResult read = Files.Read(path, out byte[] bytes);
        foreach (string line in Encoding.Latin1.GetString(bytes).Split('\n'))
        {
            // sl local_address rem_address st tx_queue:rx_queue tr:when retrnsmt uid timeout inode …
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 10 || !words[0].EndsWith(':'))
            {
                continue;
            }

            int state = int.Parse(words[3], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (!isDatagram && state != TcpListen)
            {
                continue;
            }

            string[] local = words[1].Split(':');
            found.Add(new ListeningSocket(
                isDatagram,
                family,
                Address(local[0]),
                ushort.Parse(local[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                long.Parse(words[9], CultureInfo.InvariantCulture)));
        }

        return read.Error;
    }

    // Each 32-bit word stands there in the machine's byte order, which is little-endian on all that this program runs on.
    private static UInt128 Address(string hex)
    {
        UInt128 address = 0;
        for (int i = 0; i < hex.Length; i += 8)
        {
            uint word = uint.Parse(hex.AsSpan(i, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            address = (address << 32) | System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
        }

        return hex.Length == 8 ? MappedPrefix | address : address;
    }

    [LibraryImport("libc")]
    private static partial nint readlink(byte* path, byte* buffer, nint size);
}
