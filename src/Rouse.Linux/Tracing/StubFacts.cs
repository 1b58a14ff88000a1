using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Rouse.Linux.Tracing;

/// <summary>
/// What <see cref="ParkingStub"/> is told when a thread is sent into it, and only ever reads: the thread's registers, the connection's
/// descriptors, how a copy is made. It stands at the end of the code's own page. So a copy needs one page of ours and writes to none: the
/// kernel need not copy it either.
/// </summary>
internal static class StubFacts
{
    /// <summary>The places count from the page of <see cref="StubData"/>, which follows the code's.</summary>
    public const int Begin = -512;

    public const int SavedRax = Begin;
    public const int ResumeAt = Begin + 8;
    public const int SavedRdi = Begin + 16;
    public const int SavedRsi = Begin + 24;
    public const int SavedRdx = Begin + 32;
    public const int SavedR10 = Begin + 40;
    public const int SavedR8 = Begin + 48;
    public const int SavedR9 = Begin + 56;

    /// <summary>Where the C library keeps the thread's own number, or 0; and what clone is to be told.</summary>
    public const int TidAddress = Begin + 64;
    public const int CloneFlags = Begin + 72;
    public const int RobustList = Begin + 80;
    public const int RobustLength = Begin + 88;

    /// <summary>1: other processes of the user must not look into the parked one, and may into the running one.</summary>
    public const int Hides = Begin + 96;

    public const int DescriptorCount = Begin + 104;

    /// <summary>Four bytes each: a descriptor, with bit 31 for close-on-exec.</summary>
    public const int Descriptors = Begin + 256;

    public const int MostDescriptors = 64;
    public const uint CloseOnExec = 0x80000000;

    /// <param name="now">The thread's registers where it stands still, at the beginning of its call.</param>
    /// <param name="descriptors">Every descriptor that the connection is to be put on.</param>
    public static byte[] Write(in Registers now, IReadOnlyList<uint> descriptors, in CloneDetails clone, bool hides)
    {
        byte[] facts = new byte[-Begin];
        Set(facts, SavedRax, now.OriginalRax);
        Set(facts, ResumeAt, now.Rip - Registers.SyscallInstruction);
        Set(facts, SavedRdi, now.Rdi);
        Set(facts, SavedRsi, now.Rsi);
        Set(facts, SavedRdx, now.Rdx);
        Set(facts, SavedR10, now.R10);
        Set(facts, SavedR8, now.R8);
        Set(facts, SavedR9, now.R9);
        Set(facts, TidAddress, clone.TidAddress);
        Set(facts, CloneFlags, clone.Flags);
        Set(facts, RobustList, clone.RobustList);
        Set(facts, RobustLength, clone.RobustLength);
        Set(facts, Hides, hides ? 1UL : 0);
        Set(facts, DescriptorCount, (ulong)descriptors.Count);
        for (int i = 0; i < descriptors.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(facts.AsSpan(Descriptors - Begin + (i * sizeof(uint))), descriptors[i]);
        }

        return facts;
    }

    private static void Set(byte[] facts, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(facts.AsSpan(at - Begin), value);
}

/// <summary>How a copy of a parked process is made so that the C library in it knows its own thread.</summary>
public readonly record struct CloneDetails(ulong Flags, ulong TidAddress, ulong RobustList, ulong RobustLength);
