namespace Rouse.Linux.Starting;

/// <summary>
/// How many servers may be on their way before the daemon waits for one. A few keep every processor at work; with more of them each takes
/// longer. But where other programs want the processors, most of those on their way do nothing but wait for their first turn: then
/// as many as there is memory for. The daemon finds out by waiting for one: when that has taken long, it waits for none for a while, and
/// each time for twice as many starts.
/// </summary>
internal struct StartPace(int usual)
{
    private const double LongMs = 2;
    private const int FirstLeave = 256;
    private const int LongestLeave = 16384;

    private int _nextLeave;
    private int _leave;

    /// <summary>Whether another one may be started without waiting for it.</summary>
    public readonly bool MayGoOn(int onTheirWay) => onTheirWay < usual || _leave > 0;

    /// <summary>One was started and not waited for.</summary>
    public void WentOn()
    {
        if (_leave > 0)
        {
            _leave--;
        }
    }

    /// <summary>One was started and waited for.</summary>
    public void Waited(double milliseconds)
    {
        _nextLeave = milliseconds < LongMs ? 0 : System.Math.Clamp(_nextLeave * 2, FirstLeave, LongestLeave);
        _leave = _nextLeave;
    }
}
