using System;
using Rouse.Access;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Rouse.Server.Listening;

/// <summary>
/// Writes what is to be said of a refusal. Refused datagrams of one sender are told once a minute, as in the original: a flood must not become a
/// flood of lines.
/// </summary>
internal sealed class RefusalTeller(Service service)
{
    private const long QuietSeconds = 60;

    private SocketAddress _last;
    private long _lastUnix;

    public void Tell(RefusalReason reason, in SocketAddress peer)
    {
        long now = service.Keeper.Loop.NowUnix;
        if (service.IsDatagram && peer.Address == _last.Address && now - _lastUnix <= QuietSeconds)
        {
            return;
        }

        (_last, _lastUnix) = (peer, now);
        service.Log.Fail(reason.LogText(), peer, now);
        if (reason == RefusalReason.Libwrap)
        {
            TellRules(peer);
        }
    }

    private void TellRules(in SocketAddress peer)
    {
        Span<byte> text = stackalloc byte[46];
        string from = peer.IsNone ? "<no address>" : SourceFile.Decode(text[..LogLine.FormatPeer(peer, text)]);
        service.Keeper.Log.Info($"libwrap refused connection to {service.Definition.Id} (libwrap={service.ProcessName}) from {from}");
    }
}
