using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>Which addresses a line's protocol asks for.</summary>
public enum InetdFamily
{
    /// <summary><c>tcp</c>, <c>udp</c>: as a service of xinetd.conf without a family flag.</summary>
    Any,

    /// <summary><c>tcp4</c>, <c>udp4</c>.</summary>
    IPv4,

    /// <summary><c>tcp6</c>, <c>udp6</c>: no IPv4 peers.</summary>
    IPv6,

    /// <summary><c>tcp46</c>, <c>udp46</c>: one socket for both.</summary>
    Both,

    /// <summary><c>tcp</c>, <c>udp</c> of openbsd-inetd: two services, one for each family.</summary>
    Each,
}

/// <summary>
/// One line of inetd.conf(5), taken apart into the places of its parts; nothing in it has been looked up but for the user's name. What the
/// line means to a super-server is the same for the daemon (<see cref="InetdBinder"/>) and for <c>rouse convert</c>.
/// </summary>
public sealed class InetdEntry
{
    private const int SecondsOutOfService = 600;

    internal InetdEntry(SourceFile file, TextRange line)
    {
        File = file;
        Line = line;
    }

    public SourceFile File { get; }

    /// <summary>
    /// The whole line without its end; of one that is switched off, without the mark; of keys and values, all from the service to the semicolon.
    /// </summary>
    public TextRange Line { get; internal set; }

    /// <summary>NetBSD's <c>off</c>: read and checked, and not served.</summary>
    public bool IsOff { get; internal set; }

    /// <summary>The service, the RPC program, or the name behind the port multiplexer.</summary>
    public TextRange Name { get; internal set; }

    /// <summary>Of an RPC program: <c>N</c> or <c>N-M</c>; otherwise empty.</summary>
    public TextRange Versions { get; internal set; }

    public bool IsRpc { get; internal set; }

    /// <summary><c>tcpmux/name</c>.</summary>
    public bool IsTcpmux { get; internal set; }

    /// <summary><c>tcpmux/+name</c>: the daemon says <c>+Go</c> for it.</summary>
    public bool IsTcpmuxPlus { get; internal set; }

    /// <summary>Where it stands; if it stands nowhere, the protocol that it follows from.</summary>
    public TextRange SocketType { get; internal set; }

    /// <summary>Of NetBSD's keys and values, where the protocol says it; otherwise null.</summary>
    public string? InferredSocketType { get; internal set; }

    public string SocketTypeText => InferredSocketType ?? Text(SocketType);

    /// <summary>The addresses to listen on, separated by commas, of this line or of one before it; empty or <c>*</c> for every one.</summary>
    public TextRange Addresses { get; internal set; }

    /// <summary>They stand before the service itself.</summary>
    public bool HasOwnAddress { get; internal set; }

    /// <summary><see cref="Name"/> is the path of a UNIX socket.</summary>
    public bool IsLocal { get; internal set; }

    /// <summary>Of a UNIX socket; empty for the daemon's own. The same for <see cref="SocketGroup"/>.</summary>
    public TextRange SocketOwner { get; internal set; }

    public TextRange SocketGroup { get; internal set; }

    /// <summary>The permission bits of a UNIX socket.</summary>
    public int SocketMode { get; internal set; }

    /// <summary>Without <c>rpc/</c> and without a family's digits.</summary>
    public TextRange Protocol { get; internal set; }

    /// <summary>With both, as inetd's log shows it; empty in the classic grammar.</summary>
    public TextRange ProtocolWord { get; internal set; }

    public SocketBuffers Buffers { get; internal set; }

    public InetdFamily Family { get; internal set; }

    public bool Wait { get; internal set; }

    /// <summary>The number after <c>wait</c> or <c>nowait</c>; null for none.</summary>
    public int? StartsPerMinute { get; internal set; }

    /// <summary>FreeBSD's three limits: null where the line does not say, 0 for no limit.</summary>
    public int? MostChildren { get; internal set; }

    /// <summary>Connections of one address.</summary>
    public int? PerSourcePerMinute { get; internal set; }

    /// <summary>Children for one address.</summary>
    public int? MostPerSource { get; internal set; }

    public TextRange User { get; internal set; }

    /// <summary>Empty: the user's own.</summary>
    public TextRange Group { get; internal set; }

    public bool IsInternal { get; internal set; }

    public TextRange Server { get; internal set; }

    /// <summary>The server's path where it is quoted; otherwise null, and it is what stands at <see cref="Server"/>.</summary>
    public string? ServerPath { get; internal set; }

    /// <summary>
    /// All of argv, argv[0] included; empty for an internal service, and where inetd itself would take the last part of the server's path.
    /// </summary>
    public TextRange Arguments { get; internal set; }

    /// <summary>Of NetBSD's keys and values, what quotes and escapes make of <see cref="Arguments"/>; otherwise null.</summary>
    public IReadOnlyList<string>? ArgumentWords { get; internal set; }

    /// <summary>The name is a port's number.</summary>
    public bool IsNumeric { get; internal set; }

    /// <summary>
    /// The flags that the original gives such a service: a server's argv is the whole of what is written, and tcp_wrappers are its own affair.
    /// </summary>
    public ServiceFlags Flags =>
        (IsInternal ? ServiceFlags.None : ServiceFlags.Reuse | ServiceFlags.NoLibwrap)
        | (!IsInternal && Arguments.Length > 0 ? ServiceFlags.NameInArgs : ServiceFlags.None)
        | Family switch
        {
            InetdFamily.IPv4 or InetdFamily.Each => ServiceFlags.IPv4,
            InetdFamily.IPv6 or InetdFamily.Both => ServiceFlags.IPv6,
            _ => ServiceFlags.None,
        };

    public ServiceTypes Types =>
        (IsRpc ? ServiceTypes.Rpc : ServiceTypes.None)
        | (IsInternal ? ServiceTypes.Internal : ServiceTypes.None)
        | (IsTcpmuxPlus ? ServiceTypes.TcpmuxPlus : IsTcpmux ? ServiceTypes.Tcpmux : ServiceTypes.None)
        | (IsTcpmux || IsNumeric || IsLocal ? ServiceTypes.Unlisted : ServiceTypes.None);

    /// <summary>Internal services get an id that tells streams from datagrams, as itox(8) writes it; others have their name's.</summary>
    public string? Id => IsInternal ? $"{Text(Name)}-{SocketTypeText}" : null;

    /// <summary>
    /// What stands for <see cref="StartsPerMinute"/>: inetd leaves a service alone for ten minutes. A burst of as many starts as it allows in
    /// a minute must pass, so the rate is that of a second: never stricter than inetd's, and more generous.
    /// </summary>
    public CpsLimit? Cps => StartsPerMinute is int most ? new(most, SecondsOutOfService) : null;

    /// <summary>Something is wrong with the line: it stands for no service.</summary>
    public bool IsBroken { get; internal set; }

    internal List<Finding> Findings { get; } = [];

    /// <summary>One char a byte.</summary>
    public string Text(TextRange range) => SourceFile.Decode(File.Bytes.Slice(range.Start, range.Length));

    /// <summary>What is wrong, without what follows from it.</summary>
    public IEnumerable<Diagnostic> Diagnostics()
    {
        foreach (Finding finding in Findings)
        {
            yield return new(finding.Code, finding.Severity, finding.Span, $"{finding.What}. {finding.Advice}".TrimEnd(' '));
        }
    }

    internal void Fail(string code, TextRange place, string what, string advice)
    {
        IsBroken = true;
        Report(code, Severity.Error, place, what, advice);
    }

    internal void Report(string code, Severity severity, TextRange place, string what, string advice) =>
        Findings.Add(new(code, severity, place.In(File), what, advice));
}
