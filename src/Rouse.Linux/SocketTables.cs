using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// sock_diag(7): which sockets of this machine take what is sent to an address. The kernel is asked for one port at a time, so that the answer
/// is short however many sockets there are; where it has no such interface, proc_net_tcp(5) is read.
/// </summary>
// SAFETY: requests and answers are in local buffers, read and written within the lengths that the calls give.
internal static unsafe partial class SocketTables
{
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int NETLINK_SOCK_DIAG = 4;
    private const ushort SOCK_DIAG_BY_FAMILY = 20;
    private const ushort RequestDump = 0x301; // NLM_F_REQUEST | NLM_F_DUMP.
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const int HeaderSize = 16; // struct nlmsghdr.
    private const int RequestSize = HeaderSize + 56; // struct inet_diag_req_v2.
    private const int AnswerSize = 72; // struct inet_diag_msg.
    private const ushort INET_DIAG_SKV6ONLY = 11;
    private const byte IPPROTO_TCP = 6;
    private const byte IPPROTO_UDP = 17;
    private const int TCP_CLOSE = 7; // What an unconnected socket of udp(7) is in.
    private const int TCP_LISTEN = 10;
    private const int BufferSize = 16 * 1024;

    /// <summary>
    /// The inodes of the sockets that listen there, or of datagrams are bound there without a peer, those of every address included: how many
    /// there are, of which <paramref name="inodes"/> holds the first. Where the kernel can be asked in neither way the error says why, and
    /// nothing is known.
    /// </summary>
    public static SysResult FindListeners(in SocketAddress address, bool datagrams, Span<long> inodes)
    {
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
        if (fd < 0)
        {
            return ReadFiles(address, datagrams, inodes);
        }

        int count = 0;
        Errno error = Errno.None;
        if (address.Family == AddressFamily.IPv4)
        {
            error = Ask(fd, AddressFamily.IPv4, address, datagrams, inodes, ref count);
        }

        // A socket of IPv6 takes IPv4 peers too. A kernel without IPv6 has none of them.
        Errno second = error == Errno.None ? Ask(fd, AddressFamily.IPv6, address, datagrams, inodes, ref count) : Errno.None;
        error = error == Errno.None && !(address.Family == AddressFamily.IPv4 && second == Errno.ENOENT) ? second : error;
        _ = close(fd);
        return error == Errno.None ? SysResult.Success(count) : ReadFiles(address, datagrams, inodes);
    }

    private static Errno Ask(int fd, AddressFamily family, in SocketAddress address, bool datagrams, Span<long> inodes, ref int count)
    {
        byte* room = stackalloc byte[RequestSize];
        Span<byte> request = new(room, RequestSize);
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, RequestSize);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], SOCK_DIAG_BY_FAMILY);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], RequestDump);
        request[HeaderSize] = (byte)family;
        request[HeaderSize + 1] = datagrams ? IPPROTO_UDP : IPPROTO_TCP;
        BinaryPrimitives.WriteInt32LittleEndian(request[(HeaderSize + 4)..], 1 << (datagrams ? TCP_CLOSE : TCP_LISTEN));
        BinaryPrimitives.WriteUInt16BigEndian(request[(HeaderSize + 8)..], address.Port);
        if (send(fd, room, RequestSize, 0) < 0)
        {
            return LastCall.Error();
        }

        byte* buffer = stackalloc byte[BufferSize];
        while (true)
        {
            nint length = recv(fd, buffer, BufferSize, 0);
            if (length < 0)
            {
                Errno error = LastCall.Error();
                if (error == Errno.EINTR)
                {
                    continue;
                }

                return error;
            }

            if (Read(new ReadOnlySpan<byte>(buffer, (int)length), address, inodes, ref count) is { } end)
            {
                return end;
            }
        }
    }

    // Null where more messages follow.
    private static Errno? Read(ReadOnlySpan<byte> messages, in SocketAddress address, Span<long> inodes, ref int count)
    {
        while (messages.Length >= HeaderSize)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(messages);
            if (length < HeaderSize || length > messages.Length)
            {
                return Errno.EPROTO;
            }

            ReadOnlySpan<byte> body = messages[HeaderSize..length];
            switch (BinaryPrimitives.ReadUInt16LittleEndian(messages[4..]))
            {
                case NLMSG_DONE:
                    return Errno.None;
                case NLMSG_ERROR:
                    return body.Length < 4 ? Errno.EPROTO : (Errno)(-BinaryPrimitives.ReadInt32LittleEndian(body));
                case SOCK_DIAG_BY_FAMILY when body.Length >= AnswerSize:
                    Note(body, address, inodes, ref count);
                    break;
                default:
                    break;
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return messages.IsEmpty ? null : Errno.EPROTO;
    }

    private static void Note(ReadOnlySpan<byte> answer, in SocketAddress wanted, Span<long> inodes, ref int count)
    {
        AddressFamily family = (AddressFamily)answer[0];
        ReadOnlySpan<byte> source = answer[8..24];
        SocketAddress bound = new(
            family,
            family == AddressFamily.IPv4 ? Mapped(BinaryPrimitives.ReadUInt32BigEndian(source)) : BinaryPrimitives.ReadUInt128BigEndian(source),
            BinaryPrimitives.ReadUInt16BigEndian(answer[4..]));
        if (Takes(bound, IsV6Only(answer[AnswerSize..]), wanted))
        {
            Add(BinaryPrimitives.ReadUInt32LittleEndian(answer[68..]), inodes, ref count);
        }
    }

    private static bool IsV6Only(ReadOnlySpan<byte> attributes)
    {
        while (attributes.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            if (length < 4 || length > attributes.Length)
            {
                return false;
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) == INET_DIAG_SKV6ONLY && length > 4)
            {
                return attributes[4] != 0;
            }

            attributes = attributes[Math.Min((length + 3) & ~3, attributes.Length)..];
        }

        return false;
    }

    /// <summary>A socket bound to <paramref name="bound"/> gets what is sent to <paramref name="wanted"/>.</summary>
    internal static bool Takes(in SocketAddress bound, bool isV6Only, in SocketAddress wanted)
    {
        if (bound.Port != wanted.Port || (bound.Family == AddressFamily.IPv4 && wanted.Family != AddressFamily.IPv4))
        {
            return false;
        }

        bool isEverywhere = bound.Family == AddressFamily.IPv4 ? bound.Address == Mapped(0)
            : bound.Address == UInt128.Zero && !(isV6Only && wanted.Family == AddressFamily.IPv4);
        return isEverywhere || bound.Address == wanted.Address;
    }

    private static SysResult ReadFiles(in SocketAddress address, bool datagrams, Span<long> inodes)
    {
        int count = 0;
        SysResult read = ListeningSockets.Read(out List<ListeningSocket> all);
        if (!read.Ok)
        {
            return read;
        }

        foreach (ListeningSocket socket in all)
        {
            if (socket.IsDatagram == datagrams && Takes(new SocketAddress(socket.Family, socket.Address, socket.Port), false, address))
            {
                Add(socket.Inode, inodes, ref count);
            }
        }

        return SysResult.Success(count);
    }

    private static void Add(long inode, Span<long> inodes, ref int count)
    {
        if (count < inodes.Length)
        {
            inodes[count] = inode;
        }

        count++;
    }

    private static UInt128 Mapped(uint address) => ((UInt128)0xffff << 32) | address;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int fd, byte* bytes, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int fd, byte* buffer, nint size, int flags);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
