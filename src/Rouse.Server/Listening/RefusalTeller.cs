using Rouse.Access;
using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <summary>
/// Writes what is to be said of a refusal. Refused datagrams of one sender, an address and a port, are told once a minute as long as no other
/// comes between them, as in the original: a flood must not become a flood of lines.
/// </summary>
internal sealed class RefusalTeller(Service service)
{
    private const long QuietSeconds = 60;

    private SocketAddress _last;
    private long _lastUnix;

    public void Tell(RefusalReason reason, in SocketAddress peer)
    {
        long now = service.Keeper.Loop.NowUnix;
        if (service.IsDatagram && peer.Address == _last.Address && peer.Port == _last.Port && now - _lastUnix <= QuietSeconds)
        {
            return;
        }

        (_last, _lastUnix) = (peer, now);
        service.Log.Fail(reason.LogText(), peer, now);
        if (reason == RefusalReason.Libwrap)
        {
            RuleTeller.Refused(service, peer);
        }
    }
}
