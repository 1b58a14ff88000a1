using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// Up to <see cref="Capacity"/> datagrams taken and answered with one system call each way (recvmmsg(2), sendmmsg(2)). The buffers are
/// native memory that is only touched where a datagram lands; one batch serves every datagram service of the loop.
/// </summary>
// SAFETY: all blocks have fixed sizes, are allocated once and live as long as the object; indexes are below Capacity.
public sealed unsafe partial class DatagramBatch : IDisposable
{
    public const int Capacity = 32;

    /// <summary>The largest UDP datagram over IPv4 or IPv6 without jumbograms.</summary>
    public const int MaxPayload = 65535;

    private const int BufferSize = 65536;
    private const int AddressSize = 32;
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_NOSIGNAL = 0x4000;

    private readonly byte* _buffers;
    private readonly byte* _addresses;
    private readonly IoVector* _vectors;
    private readonly Message* _received;
    private readonly Message* _replies;
    private int _replyCount;

    public DatagramBatch()
    {
        // calloc of this size is a fresh mapping: no page exists before a datagram fills it.
        _buffers = (byte*)NativeMemory.AllocZeroed(Capacity, BufferSize);
        _addresses = (byte*)NativeMemory.AllocZeroed(Capacity, AddressSize);
        _vectors = (IoVector*)NativeMemory.AllocZeroed(Capacity * 2, (nuint)sizeof(IoVector));
        _received = (Message*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Message));
        _replies = (Message*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(Message));
    }

    /// <summary>Datagrams held.</summary>
    public int Count { get; private set; }

    /// <summary>Replies set so far.</summary>
    public int ReplyCount => _replyCount;

    public ReadOnlySpan<byte> Payload(int index) => new(_buffers + ((nint)index * BufferSize), (int)_received[index].Length);

    public SocketAddress Peer(int index) => SocketAddresses.Read(new ReadOnlySpan<byte>(_addresses + (index * AddressSize), SocketAddresses.MaxSize));

    /// <summary>Answers a datagram with its own first <paramref name="length"/> bytes.</summary>
    public void ReplyWithPayload(int index, int length) => AddReply(index, length);

    /// <summary>Answers a datagram with other bytes.</summary>
    public void Reply(int index, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(_buffers + ((nint)index * BufferSize), BufferSize));
        AddReply(index, bytes.Length);
    }

    /// <summary>Puts a datagram into the batch, as a system in memory does.</summary>
    public void Add(in SocketAddress peer, ReadOnlySpan<byte> payload)
    {
        int index = Count++;
        payload.CopyTo(new Span<byte>(_buffers + ((nint)index * BufferSize), BufferSize));
        _received[index].Length = (ulong)payload.Length;
        SocketAddresses.Write(peer, new Span<byte>(_addresses + (index * AddressSize), AddressSize));
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        _replyCount = 0;
    }

    /// <summary>The bytes and the peer of a reply that was set, for a system in memory.</summary>
    public ReadOnlySpan<byte> ReplyBytes(int reply, out SocketAddress peer)
    {
        peer = SocketAddresses.Read(new ReadOnlySpan<byte>(_replies[reply].Name, SocketAddresses.MaxSize));
        return new ReadOnlySpan<byte>(_replies[reply].Vector->Base, (int)_replies[reply].Vector->Length);
    }

    public void Dispose()
    {
        NativeMemory.Free(_buffers);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_received);
        NativeMemory.Free(_replies);
        GC.SuppressFinalize(this);
    }

    internal SysResult Receive(Fd socket)
    {
        Clear();
        for (int i = 0; i < Capacity; i++)
        {
            _vectors[i] = new IoVector { Base = _buffers + ((nint)i * BufferSize), Length = MaxPayload };
            _received[i] = new Message { Name = _addresses + (i * AddressSize), NameLength = AddressSize, Vector = _vectors + i, VectorCount = 1 };
        }

        int n = recvmmsg(socket.Value, _received, Capacity, MSG_DONTWAIT, null);
        if (n < 0)
        {
            return SysResult.Fail(LastCall.Error());
        }

        Count = n;
        return SysResult.Success(n);
    }

    internal void SendReplies(Fd socket)
    {
        int sent = 0;
        while (sent < _replyCount)
        {
            int n = sendmmsg(socket.Value, _replies + sent, (uint)(_replyCount - sent), MSG_DONTWAIT | MSG_NOSIGNAL);

            // An error belongs to the first datagram that was not sent (an unreachable peer, a full queue): drop it, go on with the next.
            sent += Math.Max(n, 1);
        }

        _replyCount = 0;
    }

    private void AddReply(int index, int length)
    {
        int reply = _replyCount++;
        IoVector* vector = _vectors + Capacity + reply;
        *vector = new IoVector { Base = _buffers + ((nint)index * BufferSize), Length = length };
        byte* address = _addresses + (index * AddressSize);
        uint addressLength = *(ushort*)address == (ushort)AddressFamily.IPv4 ? 16u : SocketAddresses.MaxSize;
        _replies[reply] = new Message { Name = address, NameLength = addressLength, Vector = vector, VectorCount = 1 };
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Base;
        public nint Length;
    }

    // struct mmsghdr: a struct msghdr and the length received or sent. Both 32-bit fields stand before padding (little-endian only).
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vector;
        public nint VectorCount;
        public byte* Control;
        public nint ControlLength;
        public long Flags;
        public ulong Length;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int recvmmsg(int fd, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sendmmsg(int fd, Message* messages, uint count, int flags);
}
