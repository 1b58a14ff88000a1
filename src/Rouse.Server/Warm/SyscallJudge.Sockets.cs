using System;
using System.Buffers.Binary;
using Rouse.Linux;
using Rouse.Linux.Tracing;

namespace Rouse.Server.Warm;

/// <summary>The calls that ask a socket something, or something of it: socket(7), ip(7), fcntl(2), ioctl(2), poll(2), select(2).</summary>
internal sealed partial class SyscallJudge
{
    private const int F_DUPFD = 0;
    private const int F_GETFD = 1;
    private const int F_SETFD = 2;
    private const int F_GETFL = 3;
    private const int F_SETFL = 4;
    private const int F_SETLK = 6;
    private const int F_SETLKW = 7;
    private const int F_OFD_SETLK = 37;
    private const int F_OFD_SETLKW = 38;
    private const int F_SETLEASE = 1024;
    private const int F_DUPFD_CLOEXEC = 1030;
    private const ulong SettableFlags = 0xc00; // O_APPEND, O_NONBLOCK
    private const ulong IgnoredFlags = 0x8003; // O_LARGEFILE and the access mode, which fcntl does not change
    private const uint TCGETS = 0x5401;
    private const uint TIOCGPGRP = 0x540f;
    private const uint TIOCGWINSZ = 0x5413;
    private const uint FIONBIO = 0x5421;
    private const uint TCGETS2 = 0x802c542a;
    private const int SOL_SOCKET = 1;
    private const int SO_TYPE = 3;
    private const int SO_ERROR = 4;
    private const int SO_ACCEPTCONN = 30;
    private const int SO_PROTOCOL = 38;
    private const int SO_DOMAIN = 39;
    private const int SOCK_STREAM = 1;
    private const int IPPROTO_TCP = 6;
    private const int AF_UNIX = 1;
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int MostPolled = 1024;
    private const int LongestOption = 64;

    private Verdict JudgeFcntl(in SyscallStop call)
    {
        int command = (int)call.A1;
        if (command is F_SETLK or F_SETLKW or F_OFD_SETLK or F_OFD_SETLKW or F_SETLEASE)
        {
            return Verdict.Park("lock");
        }

        if (!placeholder.Holds(call.A0))
        {
            return Verdict.Pass;
        }

        switch (command)
        {
            case F_GETFD or F_SETFD:
                return Verdict.Pass;
            case F_DUPFD or F_DUPFD_CLOEXEC:
                return ParkIf(call.A2 >= PlaceholderTable.Room - 4, "fcntl");
            case F_GETFL:
                return Verdict.Answer(foresight.FlagsNow);
            case F_SETFL when (call.A2 & ~(SettableFlags | IgnoredFlags)) == 0:
                foresight.SetStatusFlags((int)(call.A2 & SettableFlags));
                return Verdict.Answer(0);
            default:
                return Verdict.Park("fcntl");
        }
    }

    private Verdict JudgeIoctl(in SyscallStop call)
    {
        // What asks whether it is a terminal gets the same no from the placeholder as from a connection.
        if (!placeholder.Holds(call.A0) || (uint)call.A1 is TCGETS or TCGETS2 or TIOCGPGRP or TIOCGWINSZ)
        {
            return Verdict.Pass;
        }

        Span<byte> value = stackalloc byte[sizeof(int)];
        if ((uint)call.A1 != FIONBIO || !memory.Read(call.A2, value))
        {
            return Verdict.Park("ioctl");
        }

        foresight.SetNonBlocking(BinaryPrimitives.ReadInt32LittleEndian(value) != 0);
        return Verdict.Answer(0);
    }

    private Verdict JudgeLocalAddress(in SyscallStop call)
    {
        if (!placeholder.Holds(call.A0))
        {
            return Verdict.Pass;
        }

        Span<byte> length = stackalloc byte[sizeof(int)];
        if (!foresight.Guess.HasIp || !memory.Read(call.A2, length) || BinaryPrimitives.ReadInt32LittleEndian(length) < 0)
        {
            return Verdict.Park("getsockname");
        }

        byte[] address = foresight.Guess.ToBytes();
        byte[] given = address[..Math.Min(address.Length, BinaryPrimitives.ReadInt32LittleEndian(length))];
        foresight.HasToldAddress = true;
        return Verdict.Answer(0, new Written(call.A1, given), new Written(call.A2, BitConverter.GetBytes(address.Length)));
    }

    // What every connection answers alike; of an address family, the one that was guessed.
    private Verdict JudgeGetOption(in SyscallStop call)
    {
        if (!placeholder.Holds(call.A0))
        {
            return Verdict.Pass;
        }

        int? value = (int)call.A1 != SOL_SOCKET ? null : (int)call.A2 switch
        {
            SO_TYPE => SOCK_STREAM,
            SO_ERROR or SO_ACCEPTCONN => 0,
            SO_PROTOCOL => IPPROTO_TCP,
            SO_DOMAIN when foresight.Guess.HasIp => (int)foresight.Guess.Family,
            _ => null,
        };
        Span<byte> length = stackalloc byte[sizeof(int)];
        if (value is not { } known || !memory.Read(call.A4, length) || BinaryPrimitives.ReadInt32LittleEndian(length) < sizeof(int))
        {
            return Verdict.Park("getsockopt");
        }

        foresight.HasToldAddress |= (int)call.A2 == SO_DOMAIN;
        return Verdict.Answer(0, new Written(call.A3, BitConverter.GetBytes(known)), new Written(call.A4, BitConverter.GetBytes(sizeof(int))));
    }

    private Verdict JudgeSetOption(in SyscallStop call)
    {
        if (!placeholder.Holds(call.A0))
        {
            return Verdict.Pass;
        }

        byte[] value = new byte[(uint)call.A4 <= LongestOption ? (int)call.A4 : 0];
        if (!UsualOptions.Has((int)call.A1, (int)call.A2) || (uint)call.A4 > LongestOption || !memory.Read(call.A3, value) || trial.Try((int)call.A1, (int)call.A2, value) is not { } error)
        {
            return Verdict.Park("setsockopt");
        }

        return error != Errno.None ? Verdict.Answer(-(long)error)
            : foresight.Wish((int)call.A1, (int)call.A2, value) ? Verdict.Answer(0) : Verdict.Park("setsockopt");
    }

    // Others are reached: not yet. A datagram socket only learns where to send to, and asking a local daemon is part of starting.
    private Verdict JudgeConnect(in SyscallStop call) => ParkIf(
        placeholder.Holds(call.A0) || (FamilyAt(call.A1) is AF_INET or AF_INET6 && !placeholder.IsDatagramSocket(call.A0)), "connect");

    private Verdict JudgeBind(in SyscallStop call)
    {
        Span<byte> port = stackalloc byte[sizeof(ushort)];
        bool takesName = FamilyAt(call.A1) switch
        {
            AF_INET or AF_INET6 => !memory.Read(call.A1 + 2, port) || port.ContainsAnyExcept((byte)0),
            AF_UNIX => true,
            _ => false,
        };
        return ParkIf(placeholder.Holds(call.A0) || takesName, "bind");
    }

    private int FamilyAt(ulong address)
    {
        Span<byte> family = stackalloc byte[sizeof(ushort)];
        return memory.Read(address, family) ? BinaryPrimitives.ReadUInt16LittleEndian(family) : 0;
    }

    // A descriptor could leave the process in it.
    private bool CarriesControlData(ulong message) => !TryNumber(message + 40, out ulong length) || length != 0;

    // Asking without waiting for nothing (as Rust's and node's start do) finds of the placeholder what it finds of a connection.
    private Verdict JudgePoll(in SyscallStop call)
    {
        bool onlyAsks = call.Number == Syscall.poll ? (int)call.A2 == 0 : IsZeroTime(call.A2);
        if (call.A1 > MostPolled)
        {
            return Verdict.Park("poll");
        }

        Span<byte> entry = stackalloc byte[8]; // struct pollfd: descriptor, events, returned events.
        for (ulong i = 0; i < call.A1; i++)
        {
            if (!memory.Read(call.A0 + (i * 8), entry))
            {
                return Verdict.Pass;
            }

            int descriptor = BinaryPrimitives.ReadInt32LittleEndian(entry);
            if (placeholder.Holds((uint)descriptor) && !(onlyAsks && BinaryPrimitives.ReadInt16LittleEndian(entry[4..]) == 0))
            {
                return Verdict.Park("poll");
            }
        }

        return Verdict.Pass;
    }

    private bool IsZeroTime(ulong address)
    {
        Span<byte> time = stackalloc byte[16];
        return address != 0 && memory.Read(address, time) && !time.ContainsAnyExcept((byte)0);
    }

    private Verdict JudgeSelect(in SyscallStop call)
    {
        ulong counted = call.A0 >= PlaceholderTable.Room ? ulong.MaxValue : (1UL << (int)call.A0) - 1;
        return ParkIf(
            placeholder.HoldsAnyOf(counted & (SetAt(call.A1, call.A0) | SetAt(call.A2, call.A0) | SetAt(call.A3, call.A0))), "select");
    }

    // As much of it as the number of descriptors says is there: the rest need not be readable.
    private ulong SetAt(ulong address, ulong count)
    {
        Span<byte> set = stackalloc byte[sizeof(ulong)];
        set.Clear();
        int length = (int)Math.Min(sizeof(ulong), (Math.Min(count, PlaceholderTable.Room) + 7) / 8);
        return address != 0 && memory.Read(address, set[..length]) ? BinaryPrimitives.ReadUInt64LittleEndian(set) : 0;
    }
}
