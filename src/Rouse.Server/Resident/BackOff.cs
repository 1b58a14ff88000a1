namespace Rouse.Server.Resident;

/// <summary>How long a server is left alone after it has failed: a tenth of a second, then twice as long each time, up to a minute.</summary>
internal struct BackOff
{
    public const long FirstMs = 100;
    public const long LongestMs = 60_000;

    private long _lastMs;

    /// <summary>Another failure: milliseconds until the next attempt.</summary>
    public long Next() => _lastMs = _lastMs == 0 ? FirstMs : System.Math.Min(_lastMs * 2, LongestMs);

    /// <summary>It works.</summary>
    public void Reset() => _lastMs = 0;
}
