using System.Runtime.InteropServices;

namespace Rouse.Harness;

/// <summary>The signals that the tests send, by number (signal(7)).</summary>
internal enum Signal
{
    Hangup = 1,
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    User1 = 10,
    User2 = 12,
    Pipe = 13,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
    TerminalStop = 20,
}

internal static class Signals
{
    /// <summary>Sends to one process that the caller started; false when it is gone.</summary>
    public static bool Send(int pid, Signal signal) => pid > 1 && NativeKill(pid, (int)signal) == 0;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int NativeKill(int pid, int signal);
}
