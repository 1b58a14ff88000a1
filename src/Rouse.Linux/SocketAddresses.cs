using System;
using System.Buffers.Binary;

namespace Rouse.Linux;

/// <summary>Between <see cref="SocketAddress"/> and the kernel's sockaddr_in (16 bytes) and sockaddr_in6 (28 bytes).</summary>
internal static class SocketAddresses
{
    public const int MaxSize = 28;
    private static readonly UInt128 MappedPrefix = (UInt128)0xffff << 32;

    public static SocketAddress Read(ReadOnlySpan<byte> raw)
    {
        if (raw.Length < 8)
        {
            return SocketAddress.None;
        }

        ushort family = BitConverter.ToUInt16(raw);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(raw[2..]);
        return (AddressFamily)family switch
        {
            AddressFamily.IPv4 => new(AddressFamily.IPv4, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(raw[4..]), port),
            AddressFamily.IPv6 when raw.Length >= MaxSize => new(
                AddressFamily.IPv6, BinaryPrimitives.ReadUInt128BigEndian(raw[8..]), port, BitConverter.ToUInt32(raw[24..])),
            AddressFamily.Unix => new(AddressFamily.Unix, 0, 0),
            _ => SocketAddress.None,
        };
    }

    /// <summary>Writes the kernel's form; the number of bytes that count.</summary>
    public static int Write(in SocketAddress address, Span<byte> raw)
    {
        raw[..MaxSize].Clear();
        BitConverter.TryWriteBytes(raw, (ushort)address.Family);
        BinaryPrimitives.WriteUInt16BigEndian(raw[2..], address.Port);
        if (address.Family == AddressFamily.IPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(raw[4..], (uint)address.Address);
            return 16;
        }

        BinaryPrimitives.WriteUInt128BigEndian(raw[8..], address.Address);
        BitConverter.TryWriteBytes(raw[24..], address.ScopeId);
        return MaxSize;
    }
}
