using Rouse.Server.Logging;
using Rouse.Server.Loop;

namespace Rouse.Server.Warm;

/// <summary>
/// Tells how a service's parking goes, in the daemon's log. What changes many times in a few seconds is told once, at their end, as it is then.
/// </summary>
internal sealed class StateNotice
{
    private const long QuietMs = 5000;

    private readonly EventLoop _loop;
    private readonly DaemonLog _log;
    private readonly LoopTimer _timer;
    private string? _kept;
    private int _keptBack;

    public StateNotice(EventLoop loop, DaemonLog log)
    {
        (_loop, _log) = (loop, log);
        _timer = new LoopTimer(TellKept);
    }

    public void Tell(string text)
    {
        if (_timer.IsSet)
        {
            _kept = text;
            _keptBack++;
        }
        else
        {
            _log.Notice(text);
            _loop.Set(_timer, QuietMs);
        }
    }

    private void TellKept()
    {
        if (_kept is { } text)
        {
            _log.Notice(_keptBack switch
            {
                1 => text,
                2 => $"{text} (1 change before it was not told)",
                int count => $"{text} ({count - 1} changes before it were not told)",
            });
            _kept = null;
            _keptBack = 0;
            _loop.Set(_timer, QuietMs);
        }
    }
}
