namespace Rouse.Server.Admission;

/// <summary>
/// Counts connections of the last second for cps (xinetd.conf(5)) in ten buckets of 100 ms, so that it costs the same whatever the limit.
/// The window slides: a steady rate at the limit never trips it, more than the limit within one second always does. Differs from xinetd:
/// D-010 (there the count of a window that may be a minute old is divided by whole seconds of time(2)).
/// </summary>
public struct CpsWindow
{
    private const int BucketMs = 100;
    private const int BucketCount = 10;

    private Buckets _buckets;
    private long _newest;
    private int _sum;

    /// <summary>Counts one connection; true when more than <paramref name="rate"/> have come within the last second.</summary>
    public bool Add(long nowMs, int rate)
    {
        long bucket = nowMs / BucketMs;
        if (bucket - _newest >= BucketCount)
        {
            _buckets = default;
            _sum = 0;
        }
        else
        {
            for (long i = _newest + 1; i <= bucket; i++)
            {
                _sum -= _buckets[(int)(i % BucketCount)];
                _buckets[(int)(i % BucketCount)] = 0;
            }
        }

        _newest = bucket > _newest ? bucket : _newest;
        _buckets[(int)(_newest % BucketCount)]++;
        _sum++;
        return _sum > rate;
    }

    /// <summary>Connections of the last second, this moment's included.</summary>
    public readonly int Count(long nowMs)
    {
        int count = 0;
        long bucket = nowMs / BucketMs;
        for (long i = _newest; i > bucket - BucketCount && i > _newest - BucketCount && i >= 0; i--)
        {
            count += _buckets[(int)(i % BucketCount)];
        }

        return count;
    }

    public void Reset() => this = default;

    [System.Runtime.CompilerServices.InlineArray(BucketCount)]
    private struct Buckets
    {
        private int _first;
    }
}
