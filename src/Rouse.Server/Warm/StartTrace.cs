using System;
using System.Collections.Generic;
using System.Diagnostics;
using Rouse.Linux;
using Rouse.Linux.Tracing;

namespace Rouse.Server.Warm;

/// <summary>
/// One start-up, from the server's birth to its parking, on the thread that traces it:
/// <code>
/// begun ──exec──→ running ←──────────────┐
///                   │ each system call   │ pass, answer
///                   v                    │
///                 judged ────────────────┘
///                   │ park
///                   v
///                 parked: that thread stands still; the others run on until they all sleep
///                   │
///                   v
///                 released: the thread is in the stub, nothing is traced any more
/// </code>
/// Whatever does not fit (another architecture, two threads that want the connection, the end of the server) ends the server and is told as
/// a failure; the service is then served cold.
/// </summary>
internal sealed partial class StartTrace(StartOrder order, StartDeadline deadline, Action<ChildExit> ofOthers)
{
    private const string NotTraceable = "its user's processes cannot be traced without CAP_SYS_PTRACE";

    private readonly Dictionary<int, TracedThread> _threads = [];
    private readonly PlaceholderTable _placeholder = new();
    private readonly Foresight _foresight = new(order.Guess);
    private readonly OptionTrial _trial = new(order.Guess.Family);
    private readonly StartPriority _priority = new(order.IsUrgent);
    private TraceeMemory _memory = null!;
    private SyscallJudge _judge = null!;
    private FilesRead _files = null!;
    private int _pid;
    private ulong _stub;
    private ulong _tidAddress;
    private ulong _robustList;
    private ulong _robustLength;
    private string? _program;
    private int _calls;
    private ParkedThread? _parked;
    private StartOutcome? _failed;

    public StartOutcome Run()
    {
        long begun = Stopwatch.GetTimestamp();
        if (!HandOver.OpenPair(out Fd control, out Fd placeholder).Ok)
        {
            return StartOutcome.Failed(StartFailure.Failed, "no descriptor is left");
        }

        _priority.Begin();
        using ServerImage image = new(order.Spec with { LetsTrace = true });
        SysResult started = TracedStart.Begin(image, placeholder);
        HandOver.Close(placeholder);
        StartOutcome outcome;
        if (!started.Ok)
        {
            outcome = WhyNotBegun(started.Error, image.Failure);
        }
        else
        {
            _pid = started.Value;
            deadline.Begin(_pid);
            outcome = Follow(control, begun);
            deadline.End();
        }

        _priority.End();
        _trial.Close();
        if (outcome.Parked is null)
        {
            HandOver.Close(control);
        }

        return outcome;
    }

    private static StartOutcome WhyNotBegun(Errno error, in LaunchFailure failure) => failure.Stage switch
    {
        LaunchStage.None when error == Errno.EPERM => StartOutcome.Failed(StartFailure.Unfit, NotTraceable),
        LaunchStage.None => StartOutcome.Failed(StartFailure.Failed, "no process can be made: " + error.Describe()),
        LaunchStage.Trace => StartOutcome.Failed(StartFailure.NotPermitted, "ptrace: " + failure.Error.Describe()),
        _ => StartOutcome.Failed(StartFailure.Failed, $"{failure.Stage.Describe()}: {failure.Error.Describe()}"),
    };

    private StartOutcome Follow(Fd control, long begun)
    {
        _memory = new TraceeMemory(_pid);
        _judge = new SyscallJudge(_pid, _placeholder, _foresight, _memory, _trial);
        _files = new FilesRead(_pid, order.Dependencies, _memory);
        _threads.Add(_pid, new TracedThread());
        if (!_files.Becomes(order.Spec.Path))
        {
            Fail(StartFailure.Unfit, "what it reads cannot be watched");
        }

        CheckRights();
        _priority.Lend(_pid);
        Ptrace.Resume(_pid);
        while (_failed is null && !(_parked is not null && AllOthersSleep()))
        {
            if (TraceWait.Next(wait: _parked is null, out TraceEvent report))
            {
                Deal(report);
            }
            else if (_parked is null)
            {
                Fail(StartFailure.Failed, "it cannot be waited for");
            }
        }

        if (_failed is null && order.IsForClones && ShareCheck.WhyNot(_pid, _placeholder) is { } why)
        {
            Fail(StartFailure.Unfit, why);
        }

        if (_failed is null && !Release())
        {
            Fail(StartFailure.Failed, _memory.IsDenied ? NotTraceable : "it could not be parked");
        }

        if (_failed is { } failed)
        {
            End();
            return deadline.IsOver ? StartOutcome.Failed(StartFailure.Failed, "it did not come to its connection in time") : failed;
        }

        ParkedServer parked = new(_pid, control, _foresight, Stopwatch.GetElapsedTime(begun).TotalMilliseconds, _calls, _threads.Count);
        return new StartOutcome(parked, StartFailure.None, _parked!.Value.Reason);
    }

    private void Deal(in TraceEvent report)
    {
        if (report.Kind == TraceEventKind.Ended)
        {
            EndOf(report);
            return;
        }

        if (!_threads.TryGetValue(report.Tid, out TracedThread? thread))
        {
            _threads.Add(report.Tid, thread = new TracedThread());
        }

        switch (report.Kind)
        {
            case TraceEventKind.Exec:
                Exec(report.Tid);
                break;
            case TraceEventKind.NewThread:
                _priority.Unpin(_pid);
                _threads.TryAdd(Ptrace.NewThread(report.Tid), new TracedThread());
                Ptrace.Resume(report.Tid);
                break;
            case TraceEventKind.Call:
                Call(report.Tid, thread);
                break;
            default:
                Ptrace.Resume(report.Tid, report.Kind == TraceEventKind.Signal ? report.Signal : 0);
                break;
        }
    }

    private void EndOf(in TraceEvent report)
    {
        if (!_threads.Remove(report.Tid))
        {
            ofOthers(report.Exit);
        }
        else if (report.Tid == _pid)
        {
            _pid = 0;
            string how = report.Exit.Signal < 0 ? $"status {report.Exit.Status}" : $"signal {report.Exit.Signal}";
            Fail(StartFailure.Unfit, $"it ends without using its connection ({how})");
        }
    }

    private void Exec(int tid)
    {
        _threads.Clear();
        _threads.Add(tid, new TracedThread());
        _stub = 0;
        _tidAddress = _robustList = 0;
        _placeholder.Exec();
        if (!_files.Becomes(_program))
        {
            Fail(StartFailure.Unfit, "what it reads cannot be watched");
        }

        CheckRights();
        Ptrace.Resume(tid);
    }

    // Nobody is told when the kernel leaves the rights of a set-user-ID program out because it is traced (ptrace(2)): look before.
    private void CheckRights()
    {
        if (!ThisProcess.MayTraceAnybody && Files.GivesRights($"/proc/{_pid}/exe"))
        {
            Fail(StartFailure.Unfit, "its program has rights of its own, which it would lose while it is traced without CAP_SYS_PTRACE");
        }
    }

    private void Call(int tid, TracedThread thread)
    {
        if (!Ptrace.Read(tid, out SyscallStop stop))
        {
            Fail(StartFailure.Failed, "the kernel does not tell its calls");
            return;
        }

        if (thread.IsInCall || !stop.IsEntry)
        {
            thread.IsInCall = false;
            CallEnded(thread.Call, stop.IsExit ? stop.Result : -1);
            Ptrace.Resume(tid);
        }
        else if (!stop.IsNative)
        {
            Fail(StartFailure.Unfit, "it is no 64-bit program");
        }
        else if (_stub == 0 && MapStub(tid) is var error and not Errno.None)
        {
            bool isGone = error == Errno.ESRCH;
            Fail(isGone ? StartFailure.Failed : StartFailure.Unfit, isGone ? "it was ended while it began" : "it may have no page of code of ours");
        }
        else
        {
            CallBegins(tid, thread, stop);
        }
    }

    private Errno MapStub(int tid)
    {
        RemoteCall call = new(tid);
        SysResult<ulong> mapped = StubPages.Map(tid, call);
        _stub = mapped.Value;
        SendAgain(tid, call);
        return mapped.Error;
    }

    private void CallBegins(int tid, TracedThread thread, in SyscallStop stop)
    {
        _calls++;
        thread.Call = stop;
        Notice(tid, stop);
        Verdict verdict = _judge.Judge(stop);
        if (_memory.IsDenied)
        {
            Fail(StartFailure.Unfit, NotTraceable);
            return;
        }

        switch (verdict.Kind)
        {
            case VerdictKind.Pass:
                thread.IsInCall = true;
                Ptrace.Resume(tid);
                break;
            case VerdictKind.Answer:
                if (!Answer(tid, verdict))
                {
                    Fail(StartFailure.Failed, "a call of it could not be answered");
                }

                break;
            default:
                Park(tid, verdict.Reason);
                break;
        }
    }

    // What is only remembered, not judged.
    private void Notice(int tid, in SyscallStop stop)
    {
        switch (stop.Number)
        {
            case Syscall.set_tid_address when tid == _pid:
                _tidAddress = stop.A0;
                break;
            case Syscall.set_robust_list when tid == _pid:
                (_robustList, _robustLength) = (stop.A0, stop.A1);
                break;
            case Syscall.execve or Syscall.execveat:
                _program = _files.ProgramOf(stop);
                break;
            case Syscall.sched_getaffinity or Syscall.sched_setaffinity or Syscall.clone or Syscall.clone3:
                _priority.Unpin(_pid);
                break;
            default:
                break;
        }
    }

    private void CallEnded(in SyscallStop call, long result)
    {
        if (PlaceholderTable.Concerns(call.Number))
        {
            if (!_placeholder.Track(call, result))
            {
                Fail(StartFailure.Unfit, "it copies its connection to a descriptor above 63");
            }
            else if (_placeholder.IsEmpty)
            {
                Fail(StartFailure.Unfit, "it closes its connection unused");
            }
        }

        if (FilesRead.Concerns(call.Number) && !_files.Ended(call, result))
        {
            Fail(StartFailure.Unfit, "what it reads cannot be watched");
        }
    }

    // The call becomes one that does nothing; then its result and what it would have written are put in place.
    private bool Answer(int tid, in Verdict verdict)
    {
        RemoteCall call = new(tid);
        if (!Ptrace.Read(tid, out Registers now) || call.Instead(now, Syscall.getpid) == RemoteCall.Gone)
        {
            return false;
        }

        foreach (Written written in verdict.Writes ?? [])
        {
            if (written.Bytes.Length > 0 && !RemoteMemory.Write(tid, written.Address, written.Bytes))
            {
                return false;
            }
        }

        now.Rax = (ulong)verdict.Result;
        SendAgain(tid, call);
        return Ptrace.Write(tid, now) && Ptrace.Resume(tid).Ok;
    }

    private static void SendAgain(int tid, RemoteCall call)
    {
        for (ulong signals = call.HeldSignals; signals != 0; signals &= signals - 1)
        {
            Children.Kill(tid, StubPages.FirstOf(signals));
        }
    }

    private void Fail(StartFailure failure, string reason) => _failed ??= StartOutcome.Failed(failure, reason);

    private sealed class TracedThread
    {
        /// <summary>The next stop is the end of <see cref="Call"/>.</summary>
        public bool IsInCall { get; set; }

        public SyscallStop Call { get; set; }
    }
}
