using System;
using Rouse.Linux;

namespace Roused;

/// <summary>
/// Becoming a daemon (daemon(7)): the program starts itself once more, and the first process stays until the second listens on its ports
/// or has failed, then exits with that one's status. A script that has started the daemon can connect at once.
/// </summary>
internal static class Daemonizing
{
    private const string ReadyVariable = "ROUSE_READY_FD=3";

    /// <summary>This process is the second one.</summary>
    public static bool IsDaemonProcess(string[] environment) => Array.IndexOf(environment, ReadyVariable) >= 0;

    public static string[] WithoutMark(string[] environment) => Array.FindAll(environment, static word => word != ReadyVariable);

    /// <summary>In the first process: starts the second and waits for its word; the exit status.</summary>
    public static int StartAndWait(string name)
    {
        if (!ThisProcess.OpenPipe(out Fd fromDaemon, out Fd toStarter))
        {
            StandardStreams.Write(StandardStreams.Error, $"{name}: no pipe could be made\n");
            return 1;
        }

        SysResult started = ThisProcess.StartAgain(ReadyVariable, toStarter);
        new LinuxSystem().Close(toStarter);
        if (!started.Ok)
        {
            StandardStreams.Write(StandardStreams.Error, $"{name}: the daemon could not be started: {started.Error.Describe()}\n");
            return 1;
        }

        Span<byte> status = stackalloc byte[1];
        while (true)
        {
            SysResult got = Files.Read(fromDaemon, status);
            if (got.Ok || got.Error != Errno.EINTR)
            {
                return got.Ok && got.Value == 1 ? status[0] : 1;
            }
        }
    }

    /// <summary>In the second process: all is ready, or it has failed.</summary>
    public static void Report(int status)
    {
        Fd toStarter = new(3);
        Files.Write(toStarter, [(byte)status]);
        new LinuxSystem().Close(toStarter);
    }
}
