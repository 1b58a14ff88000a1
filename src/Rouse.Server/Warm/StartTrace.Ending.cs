using Rouse.Linux;
using Rouse.Linux.Tracing;

namespace Rouse.Server.Warm;

/// <summary>The last steps of a start-up: the thread that wants the connection stands still, the others come to rest, all are let go; or it is ended.</summary>
internal sealed partial class StartTrace
{
    private void Park(int tid, string reason)
    {
        if (_parked is not null)
        {
            Fail(StartFailure.Unfit, "two of its threads use the connection");
        }
        else if (!Ptrace.Read(tid, out Registers now))
        {
            Fail(StartFailure.Failed, "its registers cannot be read");
        }
        else
        {
            _priority.Unpin(_pid);
            _parked = new ParkedThread(tid, reason, now, new ThreadRest(_pid));
        }
    }

    private bool AllOthersSleep()
    {
        if (_threads.Count > 1 && order.IsForClones)
        {
            Fail(StartFailure.Unfit, "it has more than one thread, of which a copy would have one");
            return false;
        }

        return _parked!.Value.Rest.IsReached(_threads.Keys, _parked.Value.Tid, TooRestless);
    }

    private void TooRestless() => Fail(StartFailure.Unfit, "its other threads do not come to rest");

    private bool Release()
    {
        ParkedThread parked = _parked!.Value;
        if (_placeholder.IsEmpty || _memory.IsDenied || !_priority.GiveBack(_threads.Keys))
        {
            return false;
        }

        foreach (int tid in _threads.Keys)
        {
            if (tid != parked.Tid && !ThreadRest.LetGo(tid))
            {
                return false;
            }
        }

        CloneDetails clone = CloneInspection.Of(_pid, parked.Registers.FsBase, _tidAddress, _robustList, _robustLength);
        return StubPages.Park(parked.Tid, new RemoteCall(parked.Tid), parked.Registers, _stub, _placeholder.Descriptors(), clone);
    }

    // Its threads are waited for one by one: the process itself is told of last.
    private void End()
    {
        if (_pid == 0)
        {
            return;
        }

        Children.KillChild(_pid, Signal.KILL);

        // Whoever waited for its next stop may have got its end.
        while (TraceWait.Has(_pid) && TraceWait.Next(wait: true, out TraceEvent report))
        {
            if (report.Kind == TraceEventKind.Ended && !_threads.Remove(report.Tid))
            {
                ofOthers(report.Exit);
            }

            if (report.Kind == TraceEventKind.Ended && report.Tid == _pid)
            {
                return;
            }
        }
    }

    private readonly record struct ParkedThread(int Tid, string Reason, Registers Registers, ThreadRest Rest);
}
