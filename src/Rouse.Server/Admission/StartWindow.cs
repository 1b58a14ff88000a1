namespace Rouse.Server.Admission;

/// <summary>
/// Counts the starts of a service for inetd's limit. As in inetd the minute begins with the first start and is over when more than sixty
/// seconds have gone by; the next start begins another one.
/// </summary>
public struct StartWindow
{
    private const long MinuteMs = 60_000;

    private long _sinceMs;
    private int _count;
    private bool _told;

    /// <summary>Counts one start; true when it is one too many.</summary>
    public bool Add(long nowMs, int most)
    {
        if (_count == 0 || nowMs - _sinceMs > MinuteMs)
        {
            (_sinceMs, _count, _told) = (nowMs, 1, false);
            return false;
        }

        if (_count >= most)
        {
            return true;
        }

        _count++;
        return false;
    }

    /// <summary>True once in a minute: it need not be told more often that the limit is reached.</summary>
    public bool TellsNow()
    {
        bool first = !_told;
        _told = true;
        return first;
    }

    public void Reset() => this = default;
}
