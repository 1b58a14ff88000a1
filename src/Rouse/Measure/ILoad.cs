using System;

namespace Rouse.Tools.Measure;

/// <summary>Clients of a server.</summary>
internal interface ILoad
{
    /// <summary>One connection after the other, each so long after the end of the one before.</summary>
    LoadResult Paced(int connections, TimeSpan gap, TimeSpan longest);

    /// <summary>So many clients at a time, each of which connects again as soon as it is served.</summary>
    LoadResult Closed(int clients, TimeSpan span, Action? eachTick = null);
}
