using System;
using System.Collections.Generic;
using System.Threading;
using Rouse.Linux;
using Rouse.Linux.Tracing;

namespace Rouse.Server.Warm;

/// <summary>
/// The other threads of a server whose one thread is about to be parked. They are let go when all of them have slept for a while: then
/// what is left of the start-up waits for the connection too.
/// </summary>
internal sealed class ThreadRest(int pid)
{
    private const long RestMs = 30;
    private const long PatienceMs = 3000;
    private const int LookEveryMs = 2;
    private const long Interrupted = -(long)Errno.EINTR;

    private readonly long _began = Environment.TickCount64;
    private long _restingSince = Environment.TickCount64;

    /// <summary>Whether they rest now; waits a moment if not.</summary>
    public bool IsReached(IReadOnlyCollection<int> threads, int parked, Action tooRestless)
    {
        long now = Environment.TickCount64;
        foreach (int tid in threads)
        {
            if (tid != parked && !Sleeps(tid))
            {
                _restingSince = now;
            }
        }

        if (threads.Count == 1 || now - _restingSince > RestMs)
        {
            return true;
        }

        if (now - _began > PatienceMs)
        {
            tooRestless();
        }

        Thread.Sleep(LookEveryMs);
        return false;
    }

    /// <summary>
    /// Stops a thread and lets it go untraced. A wait that the stop has interrupted is begun again: epoll_wait(2) and its like never are by
    /// themselves (signal(7)).
    /// </summary>
    /// <returns>False for one that is about to make a call after all: nobody would judge it.</returns>
    public static bool LetGo(int tid)
    {
        if (!Ptrace.Interrupt(tid).Ok || !TraceWait.Of(tid, out TraceEvent report) || report.Kind == TraceEventKind.Ended)
        {
            return true;
        }

        bool atEnd = false;
        if (report.Kind == TraceEventKind.Call)
        {
            atEnd = Ptrace.Read(tid, out SyscallStop stop) && stop.IsExit;
            if (!atEnd)
            {
                return false;
            }
        }

        if ((atEnd || report.Kind == TraceEventKind.Stop)
            && Ptrace.Read(tid, out Registers now) && (long)now.OriginalRax >= 0 && (long)now.Rax == Interrupted)
        {
            now.Rip -= Registers.SyscallInstruction;
            now.Rax = now.OriginalRax;
            now.OriginalRax = Registers.NoCall;
            Ptrace.Write(tid, now);
        }

        return Ptrace.Detach(tid, report.Kind == TraceEventKind.Signal ? report.Signal : 0).Ok;
    }

    // The third field of /proc/PID/task/TID/stat, after a name in brackets that may hold anything.
    private bool Sleeps(int tid)
    {
        Span<byte> text = stackalloc byte[512];
        SysResult read = Files.ReadStart($"/proc/{pid}/task/{tid}/stat", text);
        int bracket = read.Ok ? text[..read.Value].LastIndexOf((byte)')') : -1;
        return bracket < 0 || bracket + 2 >= read.Value || text[bracket + 2] == (byte)'S';
    }
}
