using System;
using System.Text;
using Rouse.Linux;
using Rouse.Server;
using Rouse.Server.Control;
using Rouse.Server.Logging;

namespace Roused;

/// <summary>What every personality of the daemon does around the keeper's loop.</summary>
internal static class Serving
{
    /// <summary>Makes the process one that may serve: what it inherited is out of the way, signals are events. The limit of descriptors.</summary>
    public static ulong Prepare()
    {
        ThisProcess.FillStandardDescriptors();
        ThisProcess.ShieldInheritedDescriptors();
        Signals.BlockInProcess();
        return ThisProcess.LiftDescriptorLimit();
    }

    /// <summary>A broken invariant ends the daemon, but not without a word in its log.</summary>
    public static void RunToTheEnd(Keeper keeper, DaemonLog log)
    {
        try
        {
            keeper.Run();
        }
        catch (Exception e)
        {
            log.Critical($"an error of the program itself ends the daemon. Please report it: {e}");
            throw;
        }
    }

    /// <param name="control">The path that was asked for, <see cref="ControlPath.None"/>, or null for the daemon's own choice.</param>
    public static void OpenControl(Keeper keeper, DaemonLog log, string? control)
    {
        string? path = control ?? ControlPath.Default(ThisProcess.IsRoot, Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"));
        if (path is null)
        {
            log.Notice("no control socket: XDG_RUNTIME_DIR names no directory for it. Give -control PATH, or -control none if none is wanted");
            return;
        }

        if (path == ControlPath.None)
        {
            return;
        }

        if (control is null)
        {
            // Its parent is the system's, or the user's own directory. A missing one shows when the socket cannot be made.
            Files.MakeDirectory(path[..path.LastIndexOf('/')], ThisProcess.IsRoot ? 0x1edu : 0x1c0u);
        }

        keeper.OpenControl(path);
    }

    public static SysResult WritePidFile(string path) => Files.CreateAnew(path, Encoding.ASCII.GetBytes($"{ThisProcess.Id}\n"));

    /// <summary>The daemon listens: lets go of who has started it, and tells the service manager if there is one.</summary>
    public static void BecomeReady(Keeper keeper, DaemonLog log, bool inForeground)
    {
        if (inForeground)
        {
            keeper.TellReady();
            return;
        }

        ThisProcess.LeaveTerminal();
        ThisProcess.NullStandardDescriptors();
        log.NotToStandardError();
        Daemonizing.Report(0, keeper.ReadyMessage(ThisProcess.Id));
    }

    /// <summary>Tells the process that waits for the daemon how it went.</summary>
    public static int Finish(int status, bool inForeground)
    {
        if (!inForeground)
        {
            Daemonizing.Report(status, []);
        }

        return status;
    }
}
