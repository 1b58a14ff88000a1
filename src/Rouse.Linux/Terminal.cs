using System;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>What <see cref="Terminal.Await"/> has waited for.</summary>
public enum TerminalEvent
{
    /// <summary>Nothing came in the time given.</summary>
    Timeout,

    /// <summary>Bytes were typed.</summary>
    Input,

    /// <summary>A signal came.</summary>
    Signal,

    /// <summary>The terminal is gone.</summary>
    End,
}

/// <summary>
/// The terminal on standard input and output, for a program that draws a screen: termios(3), ioctl_tty(2), poll(2). Signals come as events;
/// <see cref="Signals.BlockInProcess"/> has to have blocked them.
/// </summary>
// SAFETY: struct termios is a buffer larger than any C library's; every other pointer is to a local or a pinned span passed with its length.
public sealed unsafe partial class Terminal : IDisposable
{
    private const int TermiosRoom = 128;
    private const int TCSADRAIN = 1;
    private const int VMIN = 6;
    private const nuint TIOCGWINSZ = 0x5413;
    private const short POLLIN = 1;

    // Where c_cc begins in struct termios: behind four flag words and the line discipline.
    private const int ControlCharacters = 17;

    private readonly byte[] _before = new byte[TermiosRoom];
    private readonly Fd _signals;

    private Terminal(Fd signals) => _signals = signals;

    /// <summary>Columns and rows; 0 and 0 where the terminal does not know.</summary>
    public static (int Columns, int Rows) Size
    {
        get
        {
            ushort* size = stackalloc ushort[4];
            return ioctl(StandardStreams.Output, TIOCGWINSZ, size) < 0 ? (0, 0) : (size[1], size[0]);
        }
    }

    /// <summary>Remembers how the terminal is set, and opens the signals' descriptor.</summary>
    public static SysResult Open(out Terminal? terminal)
    {
        terminal = null;
        SysResult signals = Signals.OpenDescriptor();
        if (!signals.Ok)
        {
            return signals;
        }

        Terminal opened = new(signals.Fd);
        fixed (byte* settings = opened._before)
        {
            SysResult got = LastCall.Result(tcgetattr(StandardStreams.Input, settings));
            if (!got.Ok)
            {
                opened.Dispose();
                return got;
            }
        }

        terminal = opened;
        return SysResult.Success();
    }

    /// <summary>Bytes as they are typed, one by one, without echo, and no signal of a key.</summary>
    public SysResult SetRaw()
    {
        byte* settings = stackalloc byte[TermiosRoom];
        _before.CopyTo(new Span<byte>(settings, TermiosRoom));
        cfmakeraw(settings);
        settings[ControlCharacters + VMIN] = 1;
        return LastCall.Result(tcsetattr(StandardStreams.Input, TCSADRAIN, settings));
    }

    /// <summary>As it was when it was opened.</summary>
    public void Restore()
    {
        fixed (byte* settings = _before)
        {
            _ = tcsetattr(StandardStreams.Input, TCSADRAIN, settings);
        }
    }

    /// <summary>Waits for input or a signal. A signal comes first: the last one told to a program may be that its terminal is gone.</summary>
    /// <param name="timeoutMs">−1: as long as it takes.</param>
    /// <param name="value">How many bytes were read, or which signal came.</param>
    public TerminalEvent Await(Span<byte> buffer, int timeoutMs, out int value)
    {
        PollFd* waiting = stackalloc PollFd[2];
        waiting[0] = new PollFd { Fd = _signals.Value, Events = POLLIN };
        waiting[1] = new PollFd { Fd = StandardStreams.Input, Events = POLLIN };
        value = 0;
        while (poll(waiting, 2, timeoutMs) is int ready and not 0)
        {
            if (ready > 0 && waiting[0].Returned != 0 && (value = Signals.Next(_signals)) != 0)
            {
                return TerminalEvent.Signal;
            }

            if (ready > 0 && waiting[1].Returned != 0)
            {
                SysResult got = Files.Read(new Fd(StandardStreams.Input), buffer);
                if (got.Error is not (Errno.EINTR or Errno.EAGAIN))
                {
                    value = Math.Max(got.Value, 0);
                    return value > 0 ? TerminalEvent.Input : TerminalEvent.End;
                }
            }
            else if (ready < 0 && LastCall.Error() != Errno.EINTR)
            {
                return TerminalEvent.End;
            }
        }

        return TerminalEvent.Timeout;
    }

    public void Dispose() => Sockets.Close(_signals);

    // struct pollfd.
    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(int fd, byte* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(int fd, int when, byte* settings);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollFd* waiting, nuint count, int timeoutMs);
}
