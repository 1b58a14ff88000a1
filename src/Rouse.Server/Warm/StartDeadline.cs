using System.Threading;
using Rouse.Linux;

namespace Rouse.Server.Warm;

/// <summary>
/// The server that is being started now, so that the loop can end it when it takes too long: the thread that starts it waits for the
/// server, and can watch no clock.
/// </summary>
internal sealed class StartDeadline
{
    private readonly Lock _gate = new();
    private int _pid;
    private bool _isOver;

    /// <summary>It was ended from the other thread.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _isOver;
            }
        }
    }

    public void Begin(int pid)
    {
        lock (_gate)
        {
            (_pid, _isOver) = (pid, false);
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _pid = 0;
        }
    }

    /// <summary>From the loop's thread: ends what is being started.</summary>
    public void Expire()
    {
        lock (_gate)
        {
            if (_pid != 0)
            {
                _isOver = true;
                Children.KillChild(_pid, Signal.KILL);
            }
        }
    }
}
