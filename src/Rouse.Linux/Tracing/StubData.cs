using System;
using System.Buffers.Binary;

namespace Rouse.Linux.Tracing;

/// <summary>
/// The page behind the code of <see cref="ParkingStub"/>: what comes in messages and goes in them. Only the parked process has it, no copy:
/// what has come for one connection is in no other one's server, and the kernel has a page less to copy and to protect at each fork.
/// </summary>
internal static class StubData
{
    public const int PageSize = 4096;

    /// <summary>One byte that comes with the connection: <see cref="HandOverCommand"/>.</summary>
    public const int Command = 0;

    /// <summary>What clone returned, four bytes.</summary>
    public const int ClonePid = 8;

    public const int Vector = 16; // struct iovec
    public const int Message = 32; // struct msghdr
    public const int ControlLength = Message + 40;
    public const int Control = 88; // struct cmsghdr with one descriptor
    public const int ReceivedDescriptor = Control + 16;

    private const int ControlRoom = 24;
    private const int Used = Control + ControlRoom;

    /// <param name="page">The page's address there.</param>
    public static byte[] Write(ulong page)
    {
        byte[] data = new byte[Used];
        Set(data, Vector, page + Command);
        Set(data, Vector + 8, 1);
        Set(data, Message + 16, page + Vector);
        Set(data, Message + 24, 1);
        Set(data, Message + 32, page + Control);
        Set(data, ControlLength, ControlRoom);
        return data;
    }

    private static void Set(byte[] data, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(offset), value);
}
