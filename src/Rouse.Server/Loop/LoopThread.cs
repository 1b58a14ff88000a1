using System;
using System.Threading;

namespace Rouse.Server.Loop;

/// <summary>A thread for work that the loop must not wait for.</summary>
internal static class LoopThread
{
    /// <summary>False where the machine lets no further thread be made (RLIMIT_NPROC, a pids cgroup, memory): the work is not done then.</summary>
    /// <param name="name">As debuggers and /proc show it.</param>
    /// <param name="work">Must not throw.</param>
    /// <param name="stackSize">Bytes; 0 for the usual size.</param>
    public static bool TryStart(string name, Action work, int stackSize = 0)
    {
        try
        {
            new Thread(() => work(), stackSize) { IsBackground = true, Name = name }.Start();
            return true;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
    }
}
