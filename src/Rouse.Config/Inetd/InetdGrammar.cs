using System.Collections.Generic;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>One field of a line: what it is called in messages, and how it is read.</summary>
public sealed record InetdField(string Name, InetdFieldReader Read);

/// <summary>Reads one word of a line into its entry; what is wrong with it is reported there.</summary>
public delegate void InetdFieldReader(InetdParser parser, InetdEntry entry, TextRange word);

/// <summary>
/// A grammar of inetd.conf: its fields in their order (what follows the last one are the server's arguments), and what it means by words
/// that each inetd means something else by. What only one of them has is read in all, but not in <see cref="Classic"/>.
/// </summary>
public sealed record InetdGrammar(string Name, IReadOnlyList<InetdField> Fields)
{
    private static readonly IReadOnlyList<InetdField> Extended =
    [
        new("service", InetdServiceField.Read),
        new("socket type", InetdDialectFields.SocketType),
        new("protocol", InetdDialectFields.Protocol),
        new("wait or nowait", InetdDialectFields.Wait),
        new("user", InetdDialectFields.User),
        new("server", InetdFields.Server),
    ];

    /// <summary>
    /// What xinetd reads with -inetd_compat: the seven fields of 4.3BSD, with RPC, the port multiplexer, families, limits and groups.
    /// </summary>
    public static InetdGrammar Classic { get; } = new(
        "classic",
        [
            new("service", InetdFields.Service),
            new("socket type", InetdFields.SocketType),
            new("protocol", InetdFields.Protocol),
            new("wait or nowait", InetdFields.Wait),
            new("user", InetdFields.User),
            new("server", InetdFields.Server),
        ]);

    /// <summary>Debian's openbsd-inetd, and OpenBSD's own.</summary>
    public static InetdGrammar Debian { get; } = new("debian", Extended)
    {
        IsClassic = false,
        Plain = InetdFamily.Each,
        StartsPerMinute = 256,
        CountsTheRefused = true,
        KeepsHighPorts = true,
        RootKeepsItsGroup = true,
        BlankContinues = true,
        LimitMark = '.',
        SocketMode = 0x1b6, // 0666
    };

    /// <summary>GNU inetutils. Its manual says 40 starts a minute, its program has no limit unless one is asked for.</summary>
    public static InetdGrammar Inetutils { get; } = new("inetutils", Extended)
    {
        IsClassic = false,
        Plain = InetdFamily.IPv4,
        Six = InetdFamily.Both,
        LimitMark = '.',
        AddsTcpmux = true,
        OptionHoldsToo = true,
        RootKeepsItsGroup = true,
        SocketMode = OwnerOnly,
    };

    public static InetdGrammar FreeBsd { get; } = new("freebsd", Extended)
    {
        IsClassic = false,
        Plain = InetdFamily.IPv4,
        StartsPerMinute = 256,
        LimitMark = '/',
        AddsTcpmux = true,
        SocketMode = OwnerOnly,
    };

    public static InetdGrammar NetBsd { get; } = new("netbsd", Extended)
    {
        IsClassic = false,
        Plain = InetdFamily.IPv4,
        StartsPerMinute = 40,
        LimitMark = ':',
        AddsTcpmux = true,
        AddressesStay = true,
        HasKeyValues = true,
        SocketMode = 0x1ff, // 0777
    };

    private const int OwnerOnly = 0x180; // 0600

    /// <summary>Of xinetd: nothing but the classic fields.</summary>
    public bool IsClassic { get; private init; } = true;

    /// <summary>What <c>tcp</c> and <c>udp</c> mean.</summary>
    public InetdFamily Plain { get; private init; } = InetdFamily.Any;

    /// <summary>What <c>tcp6</c> and <c>udp6</c> mean.</summary>
    public InetdFamily Six { get; private init; } = InetdFamily.IPv6;

    /// <summary>How often a service may be started in a minute where neither its line nor an option says it.</summary>
    public int StartsPerMinute { get; private init; }

    /// <summary>The number is that of the start which is refused, so that one fewer is served, though never none.</summary>
    public bool CountsTheRefused { get; private init; }

    /// <summary>-R limits services with a number of their own too, and its number counts the start that is refused.</summary>
    public bool OptionHoldsToo { get; private init; }

    /// <summary>A group after a user whose number is 0 is passed over.</summary>
    public bool RootKeepsItsGroup { get; private init; }

    /// <summary>See <see cref="Model.StartLimit.KeepsHighPorts"/>.</summary>
    public bool KeepsHighPorts { get; private init; }

    /// <summary>What stands between <c>nowait</c> and its number.</summary>
    public char LimitMark { get; private init; } = '.';

    /// <summary>Services behind the multiplexer bring it along where no line asks for it.</summary>
    public bool AddsTcpmux { get; private init; }

    /// <summary>The address before one service's name holds for the lines after it too.</summary>
    public bool AddressesStay { get; private init; }

    /// <summary>There is a second notation: <see cref="InetdKeyValues"/>.</summary>
    public bool HasKeyValues { get; private init; }

    /// <summary>Its inetd takes a line that begins with a blank for more words of the line before it.</summary>
    public bool BlankContinues { get; private init; }

    /// <summary>The mode of a UNIX socket whose line says none.</summary>
    public int SocketMode { get; private init; }

    /// <summary>The grammar of this name, or null.</summary>
    public static InetdGrammar? Find(string name) => name switch
    {
        "debian" or "openbsd" => Debian,
        "inetutils" or "gnu" => Inetutils,
        "freebsd" => FreeBsd,
        "netbsd" => NetBsd,
        _ => null,
    };
}
