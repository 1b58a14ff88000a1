using System;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Rouse.Server.Listening;

/// <summary>The daemon's own lines about what the rules of tcp_wrappers said of a peer: xinetd's, or openbsd-inetd's with its option -l.</summary>
internal static class RuleTeller
{
    /// <summary>The rules let a peer through: told as inetd only.</summary>
    public static void Passed(Service service, in SocketAddress peer)
    {
        if (service.AsksWrappers && service.Keeper.Settings.AnswersAsInetd && peer.HasIp)
        {
            service.Keeper.Log.Info($"connection from {Text(peer)}, service {NameAndProtocol(service)}");
        }
    }

    /// <summary>The rules turned a peer away.</summary>
    public static void Refused(Service service, in SocketAddress peer)
    {
        if (service.Keeper.Settings.AnswersAsInetd)
        {
            service.Keeper.Log.Warning($"refused connection from {Text(peer)}, service {NameAndProtocol(service)}");
            return;
        }

        service.Keeper.Log.Info($"libwrap refused connection to {service.Definition.Id} (libwrap={service.ProcessName}) from {Text(peer)}");
    }

    // ftp (tcp6), as the line of inetd.conf has them; the label of the line's limit is made of the two.
    private static string NameAndProtocol(Service service)
    {
        string protocol = service.Definition.Starts?.Label is { } label ? label[(label.LastIndexOf('/') + 1)..] : service.Definition.Protocol.Name;
        return $"{service.Definition.Name} ({protocol})";
    }

    private static string Text(in SocketAddress peer)
    {
        Span<byte> text = stackalloc byte[LogLine.PeerRoom];
        return peer.IsNone ? "<no address>" : SourceFile.Decode(text[..LogLine.FormatPeer(peer, text)]);
    }
}
