using System;
using Rouse.Linux;
using Rouse.Server.Notifying;

namespace Roused;

/// <summary>
/// Becoming a daemon (daemon(7)): the program starts itself once more, and the first process stays until the second listens on its ports
/// or has failed, then exits with that one's status. A script that has started the daemon can connect at once.
/// </summary>
internal static class Daemonizing
{
    private const string ReadyVariable = "ROUSE_READY_FD=3";
    private const int MostTold = 512;
    private const int PatienceSeconds = 5;

    /// <summary>This process is the second one.</summary>
    public static bool IsDaemonProcess(string[] environment) => Array.IndexOf(environment, ReadyVariable) >= 0;

    public static string[] WithoutMark(string[] environment) => Array.FindAll(environment, static word => word != ReadyVariable);

    /// <summary>What a service manager has asked of this process, or of the one that has started it.</summary>
    public static NotifyRequest Request(string[] environment, bool inForeground) =>
        NotifyRequest.Of(environment, ThisProcess.Id, inForeground ? 0 : ThisProcess.ParentId);

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

        // One write, and no more than a pipe takes at once.
        Span<byte> told = stackalloc byte[MostTold];
        while (true)
        {
            SysResult got = Files.Read(fromDaemon, told);
            if (got.Ok || got.Error != Errno.EINTR)
            {
                return got.Ok && got.Value > 0 ? PassOn(name, told[0], told[1..got.Value]) : 1;
            }
        }
    }

    private static int PassOn(string name, int status, ReadOnlySpan<byte> message)
    {
        string address = NotifyRequest.Of(ThisProcess.Environment(), ThisProcess.Id).Address;
        if (status == 0 && message.Length > 0)
        {
            SysResult sent = NotifySocket.SendPatiently(address, message, PatienceSeconds);
            if (!sent.Ok)
            {
                StandardStreams.Write(
                    StandardStreams.Error, $"{name}: the service manager at {address} (NOTIFY_SOCKET) cannot be told that the daemon runs: {sent.Error.Describe()}\n");
            }
        }

        return status;
    }

    /// <summary>In the second process: all is ready, or it has failed.</summary>
    /// <param name="message">What the service manager is to be told; empty for nothing.</param>
    public static void Report(int status, byte[] message)
    {
        Fd toStarter = new(3);
        Files.Write(toStarter, [(byte)status, .. message]);
        new LinuxSystem().Close(toStarter);
    }
}
