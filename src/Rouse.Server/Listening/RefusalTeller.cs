using Rouse.Access;
using Rouse.Linux;

namespace Rouse.Server.Listening;

/// <summary>
/// Writes what is to be said of a refusal. Refused datagrams of one sender, an address and a port, are told once a minute as long as no other
/// comes between them, as in the original: a flood must not become a flood of lines.
/// </summary>
internal sealed class RefusalTeller(Service service)
{
    private const long QuietMs = 60_000;

    private SocketAddress _last;
    private long _lastMs;

    public void Tell(RefusalReason reason, in SocketAddress peer)
    {
        long now = service.Keeper.Loop.NowMs;
        if (service.IsDatagram && peer.Address == _last.Address && peer.Port == _last.Port && now - _lastMs <= QuietMs)
        {
            return;
        }

        (_last, _lastMs) = (peer, now);
        service.Log.Fail(reason.LogText(), peer, service.Keeper.Loop.NowUnix);
        if (reason == RefusalReason.Libwrap)
        {
            RuleTeller.Refused(service, peer);
        }
    }
}
