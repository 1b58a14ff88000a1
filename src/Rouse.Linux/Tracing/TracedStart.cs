namespace Rouse.Linux.Tracing;

/// <summary>A server from its birth to the moment in which it is traced and has not run a single instruction of its program.</summary>
public static class TracedStart
{
    /// <summary>Tracing is known on this kind of machine; where it is not, nothing of this room may be called.</summary>
    public static bool IsKnownHere { get; } =
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    /// <summary>
    /// Starts it with one end of a pair for its connection; the image is one that <see cref="ServerSpec.LetsTrace"/>. The child that failed on the way is told by
    /// <see cref="ServerImage.Failure"/>; it is reaped here.
    /// </summary>
    /// <returns>Its process id, or what was not permitted or failed.</returns>
    public static SysResult Begin(ServerImage image, Fd placeholder)
    {
        SysResult started = ServerSpawn.Start(image, placeholder, default);
        if (!started.Ok)
        {
            return started;
        }

        int pid = started.Value;
        if (!TraceWait.Of(pid, out TraceEvent report) || report.Kind == TraceEventKind.Ended)
        {
            return SysResult.Fail(image.Failure.Error == Errno.None ? Errno.ECHILD : image.Failure.Error);
        }

        SysResult seized = SeizeInPlace(pid);
        if (!seized.Ok)
        {
            Children.Kill(pid, Signal.KILL);
            Reap(pid);
            return seized;
        }

        return started;
    }

    /// <summary>Ends a process of ours that may be stopped, and takes its end.</summary>
    public static void End(int pid)
    {
        Children.Kill(pid, Signal.KILL);
        Reap(pid);
    }

    // PTRACE_TRACEME knows no PTRACE_INTERRUPT and no PTRACE_O_EXITKILL from the start: let go of it, stopped, and seize it. Should the daemon
    // end between the two, the child's own PR_SET_PDEATHSIG ends it.
    private static SysResult SeizeInPlace(int pid)
    {
        const int Stop = 19;
        SysResult result = Ptrace.Detach(pid, Stop);
        result = result.Ok ? Ptrace.Seize(pid) : result;

        // The stop first, then the signal to go on: the other way round it would run unseen.
        result = result.Ok ? Ptrace.Interrupt(pid) : result;
        if (result.Ok && (!TraceWait.Of(pid, out TraceEvent report) || report.Kind == TraceEventKind.Ended))
        {
            result = SysResult.Fail(Errno.ECHILD);
        }

        Children.Kill(pid, Signal.CONT);
        return result;
    }

    private static void Reap(int pid)
    {
        while (TraceWait.Of(pid, out TraceEvent report) && report.Kind != TraceEventKind.Ended)
        {
            // Killed while it was stopped: what else it tells on the way is of no interest.
        }
    }
}
