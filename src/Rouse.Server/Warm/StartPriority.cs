using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Server.Warm;

/// <summary>
/// Where and how eagerly a start-up runs. The server and the thread that traces it take turns, thousands of times: on one processor that
/// costs a quarter of what it costs on two. And what is started only to have more in store runs when nothing else wants to.
/// </summary>
internal sealed class StartPriority(bool isUrgent)
{
    private readonly byte[] _everywhere = Scheduling.Processors(0);

    // Only root can be sure to get away from SCHED_IDLE again.
    private readonly bool _idle = !isUrgent && ThisProcess.IsRoot;
    private bool _isPinned;

    /// <summary>Before the server is born: it inherits this from the calling thread.</summary>
    public void Begin() => _isPinned = Scheduling.SetProcessors(0, Scheduling.ThisProcessor()).Ok;

    /// <summary>The server is born. This thread itself stays as it is: the loop may wait for a lock that it holds.</summary>
    public void Lend(int pid) => _ = _idle && Scheduling.SetIdle(pid, true).Ok;

    /// <summary>Before the server can ask where it may run, or make somebody who inherits it.</summary>
    public void Unpin(int pid)
    {
        if (_isPinned)
        {
            _isPinned = false;
            Scheduling.SetProcessors(0, _everywhere);
            Scheduling.SetProcessors(pid, _everywhere);
        }
    }

    /// <summary>The server's threads are as if nobody had lent them anything; false if that cannot be.</summary>
    public bool GiveBack(IEnumerable<int> threads)
    {
        bool done = !_isPinned;
        foreach (int tid in _idle ? threads : [])
        {
            done &= Scheduling.SetIdle(tid, false).Ok;
        }

        return done;
    }

    public void End() => Scheduling.SetProcessors(0, _everywhere);
}
