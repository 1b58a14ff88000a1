using System.Collections.Generic;
using System.Numerics;
using Rouse.Linux.Tracing;

namespace Rouse.Server.Warm;

/// <summary>
/// Which descriptors of a starting server lead to the placeholder of its connection: followed through every call that copies, closes or
/// marks one, because asking /proc is not always permitted. At first 0, 1 and 2. Descriptors from 64 up are not followed: a copy there
/// is a start-up that goes cold.
/// </summary>
internal sealed class PlaceholderTable
{
    private const int FD_CLOEXEC = 1;
    private const ulong O_CLOEXEC = 0x80000;
    private const ulong CLOSE_RANGE_CLOEXEC = 4;
    private const ulong CloseOnExecBit = 0x80000000;
    private const int SOCK_DGRAM = 2;
    private const int F_DUPFD = 0;
    private const int F_SETFD = 2;
    private const int F_DUPFD_CLOEXEC = 1030;

    /// <summary>The number of descriptors that are followed.</summary>
    public const int Room = 64;

    private ulong _held = 7;
    private ulong _closedOnExec;
    private ulong _datagrams;

    /// <summary>None is left: there is nothing that a connection could be put on.</summary>
    public bool IsEmpty => _held == 0;

    /// <summary>This argument of a call names a descriptor that leads to the placeholder.</summary>
    public bool Holds(ulong descriptor) => Contains(_held, descriptor);

    /// <summary>Any of the descriptors of a select(2) set, of which <paramref name="set"/> are the first 64.</summary>
    public bool HoldsAnyOf(ulong set) => (_held & set) != 0;

    /// <summary>It is a datagram socket of the server's own: connecting one reaches nobody.</summary>
    public bool IsDatagramSocket(ulong descriptor) => Contains(_datagrams, descriptor);

    /// <summary>The calls whose end must be told to <see cref="Track"/>.</summary>
    public static bool Concerns(Syscall number) => number is Syscall.close or Syscall.dup or Syscall.dup2 or Syscall.dup3 or Syscall.fcntl
        or Syscall.close_range or Syscall.socket;

    /// <summary>A call has ended; false if a copy is out of reach now.</summary>
    public bool Track(in SyscallStop call, long result)
    {
        if (result < 0)
        {
            return true;
        }

        switch (call.Number)
        {
            case Syscall.close:
                Close(call.A0);
                return true;
            case Syscall.dup:
                return Copy(call.A0, (ulong)result, closesOnExec: false);
            case Syscall.dup2 or Syscall.dup3:
                return (uint)call.A0 == (uint)call.A1 || Copy(call.A0, call.A1, call.Number == Syscall.dup3 && (call.A2 & O_CLOEXEC) != 0);
            case Syscall.fcntl when (int)call.A1 is F_DUPFD or F_DUPFD_CLOEXEC:
                return Copy(call.A0, (ulong)result, (int)call.A1 == F_DUPFD_CLOEXEC);
            case Syscall.fcntl when (int)call.A1 == F_SETFD && Holds(call.A0):
                Mark(call.A0, (call.A2 & FD_CLOEXEC) != 0);
                return true;
            case Syscall.close_range:
                CloseRange((uint)call.A0, (uint)call.A1, (call.A2 & CLOSE_RANGE_CLOEXEC) != 0);
                return true;
            case Syscall.socket when ((int)call.A1 & 0xf) == SOCK_DGRAM && result < Room:
                _datagrams |= 1UL << (int)result;
                return true;
            default:
                return true;
        }
    }

    /// <summary>Another program: what closes on exec is closed.</summary>
    public void Exec()
    {
        _held &= ~_closedOnExec;
        _closedOnExec = 0;
        _datagrams = 0;
    }

    /// <summary>What the connection is to be put on, for <see cref="StubPages.Park"/>.</summary>
    public IReadOnlyList<uint> Descriptors()
    {
        List<uint> all = new(BitOperations.PopCount(_held));
        for (int fd = 0; fd < Room; fd++)
        {
            if (Contains(_held, (ulong)fd))
            {
                all.Add((uint)fd | (Contains(_closedOnExec, (ulong)fd) ? (uint)CloseOnExecBit : 0));
            }
        }

        return all;
    }

    private static bool Contains(ulong set, ulong descriptor) => (uint)descriptor < Room && ((set >> (int)(uint)descriptor) & 1) != 0;

    private bool Copy(ulong from, ulong to, bool closesOnExec)
    {
        bool isCopy = Holds(from);
        bool isDatagram = IsDatagramSocket(from);
        if ((uint)to >= Room)
        {
            return !isCopy;
        }

        Close(to);
        if (isCopy)
        {
            _held |= 1UL << (int)(uint)to;
            Mark(to, closesOnExec);
        }

        _datagrams |= isDatagram ? 1UL << (int)(uint)to : 0;
        return true;
    }

    private void Mark(ulong descriptor, bool closesOnExec)
    {
        ulong bit = 1UL << (int)(uint)descriptor;
        _closedOnExec = closesOnExec ? _closedOnExec | bit : _closedOnExec & ~bit;
    }

    private void Close(ulong descriptor)
    {
        if ((uint)descriptor < Room)
        {
            ulong bit = 1UL << (int)(uint)descriptor;
            _held &= ~bit;
            _closedOnExec &= ~bit;
            _datagrams &= ~bit;
        }
    }

    private void CloseRange(uint first, uint last, bool onlyMarks)
    {
        for (uint fd = first; fd < Room && fd <= last; fd++)
        {
            if (!onlyMarks)
            {
                Close(fd);
            }
            else if (Holds(fd))
            {
                Mark(fd, closesOnExec: true);
            }
        }
    }
}
