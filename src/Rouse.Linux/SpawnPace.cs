namespace Rouse.Linux;

/// <summary>
/// Whether the next server is started in the daemon's own memory (vfork(2): nothing is copied, but the daemon stands still until the child has
/// become the server) or in a copy of it (fork(2)). The first costs less. But a child that begins a session of its own also joins a scheduling
/// group of its own (sched(7), autogroup), and where other programs want the processors it waits for its first turn, and the daemon with it:
/// then copies are made, so that many children can wait at a time. Times are in microseconds.
/// </summary>
internal struct SpawnPace
{
    private const int Window = 16;
    private const double LongFactor = 3;
    private const double LeastLong = 700;
    private const double QuickFactor = 2;
    private const int CopiesBetweenProbes = 128;
    private const int ProbesToReturn = 3;

    private double _floor;
    private double _sum;
    private int _count;
    private int _sinceProbe;
    private int _quickProbes;
    private bool _copies;

    /// <summary>How the next one is to be started.</summary>
    public readonly bool Copies => _copies && _sinceProbe < CopiesBetweenProbes;

    /// <summary>One was started in a copy.</summary>
    public void Copied() => _sinceProbe++;

    /// <summary>One was started in the daemon's memory, which stood still for so long.</summary>
    public void Waited(double microseconds)
    {
        // What is quickest here creeps up, so that a machine that has become slower is not taken for a busy one for ever.
        _floor = _floor == 0 || microseconds < _floor ? microseconds : _floor * 1.001;
        if (_copies)
        {
            _sinceProbe = 0;
            _quickProbes = microseconds <= System.Math.Max(_floor * QuickFactor, LeastLong) ? _quickProbes + 1 : 0;
            _copies = _quickProbes < ProbesToReturn;
            return;
        }

        _sum += microseconds;
        if (++_count == Window)
        {
            double mean = _sum / Window;
            _copies = mean > _floor * LongFactor && mean > LeastLong;
            (_sum, _count, _sinceProbe, _quickProbes) = (0, 0, 0, 0);
        }
    }
}
