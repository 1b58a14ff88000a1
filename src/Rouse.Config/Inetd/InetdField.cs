using System.Collections.Generic;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>One field of a line: what it is called in messages, and how it is read.</summary>
internal sealed record InetdField(string Name, InetdFieldReader Read);

/// <summary>Reads one word of a line into its entry; what is wrong with it is reported there.</summary>
internal delegate void InetdFieldReader(InetdParser parser, InetdEntry entry, TextRange word);

/// <summary>A grammar of inetd.conf: its fields in their order. What follows the last one are the server's arguments.</summary>
internal static class InetdGrammar
{
    /// <summary>The seven fields of 4.3BSD, with what every later one has added: RPC, the port multiplexer, families, limits, groups.</summary>
    public static IReadOnlyList<InetdField> Classic { get; } =
    [
        new("service", InetdFields.Service),
        new("socket type", InetdFields.SocketType),
        new("protocol", InetdFields.Protocol),
        new("wait or nowait", InetdFields.Wait),
        new("user", InetdFields.User),
        new("server", InetdFields.Server),
    ];
}
