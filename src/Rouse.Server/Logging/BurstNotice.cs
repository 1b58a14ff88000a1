namespace Rouse.Server.Logging;

/// <summary>
/// A fault that may strike thousands of times a second is told once a burst: when it comes first, and again only after five quiet seconds,
/// then with the number that was kept back.
/// </summary>
public sealed class BurstNotice(DaemonLog log)
{
    private const long QuietMs = 5000;

    private long _lastMs = long.MinValue / 2;
    private long _keptBack;

    public void Report(long nowMs, string text)
    {
        if (nowMs - _lastMs < QuietMs)
        {
            _keptBack++;
        }
        else
        {
            log.Error(_keptBack == 0 ? text : $"{text} ({_keptBack} more of these since the last such line)");
            _keptBack = 0;
        }

        _lastMs = nowMs;
    }
}
