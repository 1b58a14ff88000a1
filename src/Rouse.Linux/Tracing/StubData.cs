using System;
using System.Buffers.Binary;

namespace Rouse.Linux.Tracing;

/// <summary>
/// The page of data beside the code of <see cref="ParkingStub"/>: where what stands in it. The tracer writes it before it lets the thread
/// go into the code; the code keeps the thread's registers in it.
/// </summary>
internal static class StubData
{
    public const int PageSize = 4096;

    public const int SavedRax = 0;
    public const int ResumeAt = 8;
    public const int DescriptorCount = 16;
    public const int SavedRdi = 24;
    public const int SavedRsi = 32;
    public const int SavedRdx = 40;
    public const int SavedR10 = 48;
    public const int SavedR8 = 56;
    public const int SavedR9 = 64;

    /// <summary>One byte that comes with the connection: <see cref="HandOverCommand"/>.</summary>
    public const int Command = 80;

    /// <summary>What clone returned, four bytes.</summary>
    public const int ClonePid = 88;

    public const int Vector = 96; // struct iovec
    public const int Message = 112; // struct msghdr
    public const int ControlLength = Message + 40;
    public const int Control = 168; // struct cmsghdr with one descriptor
    public const int ReceivedDescriptor = Control + 16;

    /// <summary>Where the C library keeps the thread's own number, or 0; and what clone is to be told.</summary>
    public const int TidAddress = 192;
    public const int CloneFlags = 200;
    public const int RobustList = 208;
    public const int RobustLength = 216;

    /// <summary>1: other processes of the user must not look into the parked one, and may into the running one.</summary>
    public const int Hides = 224;

    /// <summary>Four bytes each: a descriptor, with bit 31 for close-on-exec.</summary>
    public const int Descriptors = 256;

    public const int MostDescriptors = 64;
    public const uint CloseOnExec = 0x80000000;

    private const int Used = Descriptors + (MostDescriptors * sizeof(uint));
    private const int ControlRoom = 24;

    /// <param name="page">The page's address there.</param>
    /// <param name="descriptors">Every descriptor that the connection is to be put on.</param>
    public static byte[] Write(ulong page, ReadOnlySpan<uint> descriptors, in CloneDetails clone, bool hides)
    {
        byte[] data = new byte[Used];
        Set(data, DescriptorCount, (ulong)descriptors.Length);
        Set(data, Vector, page + Command);
        Set(data, Vector + 8, 1);
        Set(data, Message + 16, page + Vector);
        Set(data, Message + 24, 1);
        Set(data, Message + 32, page + Control);
        Set(data, ControlLength, ControlRoom);
        Set(data, TidAddress, clone.TidAddress);
        Set(data, CloneFlags, clone.Flags);
        Set(data, RobustList, clone.RobustList);
        Set(data, RobustLength, clone.RobustLength);
        Set(data, Hides, hides ? 1UL : 0);
        for (int i = 0; i < descriptors.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(Descriptors + (i * sizeof(uint))), descriptors[i]);
        }

        return data;
    }

    private static void Set(byte[] data, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(offset), value);
}

/// <summary>How a copy of a parked process is made so that the C library in it knows its own thread.</summary>
public readonly record struct CloneDetails(ulong Flags, ulong TidAddress, ulong RobustList, ulong RobustLength);
