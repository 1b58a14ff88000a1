using Rouse.Access;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.Admission;

/// <summary>
/// How full a service is: its live servers, by source where that matters. What is taken with <see cref="Enter"/> is given back with
/// <see cref="Leave"/> exactly once, by the session table or by the session that the daemon answers itself.
/// </summary>
public sealed class Occupancy
{
    private SourceCounts? _sources;

    /// <summary>Live servers and sessions.</summary>
    public int Live { get; private set; }

    /// <summary>Whether connections are counted by their source.</summary>
    public bool CountsSources => _sources is not null;

    public RefusalReason Check(ServiceDefinition definition, in SocketAddress peer)
    {
        if (definition.Instances is { } instances && Live >= instances)
        {
            return RefusalReason.ServiceLimit;
        }

        // A peer that is not known, as before a server that accepts by itself, is no source of anybody: only a limit of none can be over.
        return definition.PerSource is { } perSource && (peer.HasIp ? _sources!.Of(peer.Address) : 0) >= perSource
            ? RefusalReason.PerSourceLimit
            : RefusalReason.None;
    }

    public void Enter(in SocketAddress peer)
    {
        Live++;
        if (peer.HasIp)
        {
            _sources?.Add(peer.Address);
        }
    }

    public void Leave(in SocketAddress peer)
    {
        Live--;
        if (peer.HasIp)
        {
            _sources?.Remove(peer.Address);
        }
    }

    /// <summary>Starts or stops counting by source; the service then counts its live sessions anew.</summary>
    public void CountSources(bool wanted) => _sources = wanted ? _sources ?? new SourceCounts() : null;

    /// <summary>Before every live session is counted anew.</summary>
    public void Forget()
    {
        Live = 0;
        _sources?.Clear();
    }
}
