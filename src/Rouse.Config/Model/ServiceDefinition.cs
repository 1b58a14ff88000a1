using System;
using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Text;

namespace Rouse.Config.Model;

/// <summary>
/// One service as configured: every attribute of xinetd.conf(5) with its defaults filled in and its names looked up. Immutable; the
/// daemon, <c>rouse check</c> and (later) the inetd.conf reader all speak in terms of it.
/// </summary>
public sealed record ServiceDefinition
{
    /// <summary>The word after <c>service</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The unique name in logs and in enabled/disabled lists; the service's name unless <c>id</c> is given.</summary>
    public required string Id { get; init; }

    /// <summary>The name in the service's first line.</summary>
    public required SourceSpan Span { get; init; }

    public ServiceTypes Types { get; init; }

    /// <summary>It has no socket of its own and is reached through the port multiplexer only.</summary>
    public bool IsMultiplexed => (Types & (ServiceTypes.Tcpmux | ServiceTypes.TcpmuxPlus)) != ServiceTypes.None;

    public ServiceFlags Flags { get; init; }

    /// <summary>INTERCEPT: its one server gets no peer that was not judged. Only where a server takes the service's own socket.</summary>
    public bool IsIntercepted => (Flags & ServiceFlags.Intercept) != ServiceFlags.None && Wait && !IsMultiplexed;

    public BuiltInService BuiltIn { get; init; }

    public required SocketType SocketType { get; init; }

    public required ProtocolEntry Protocol { get; init; }

    public required bool Wait { get; init; }

    /// <summary>0 for TCPMUX services and for RPC services without a port.</summary>
    public ushort Port { get; init; }

    /// <summary>As written; empty when the service binds to every address.</summary>
    public string Bind { get; init; } = "";

    /// <summary>What <see cref="Bind"/> stands for, already narrowed to the families that the flags allow. Empty: every address.</summary>
    public ImmutableArray<IpAddress> BindAddresses { get; init; } = [];

    public bool V6Only { get; init; }

    /// <summary>It listens at a path and not on the network; then <see cref="Port"/> is 0. Only inetd.conf can ask for it.</summary>
    public LocalSocket? Local { get; init; }

    /// <summary>Of the listening socket: connections inherit them.</summary>
    public SocketBuffers Buffers { get; init; }

    /// <summary>An IPv4 peer of its IPv6 socket stays one in IPv6 form for the server (<c>tcp46</c> of inetd.conf).</summary>
    public bool KeepsMappedPeers { get; init; }

    /// <summary>The bind address is an IPv4 one in IPv6 form (<c>::ffff:192.0.2.1</c>): an IPv6 socket that takes IPv4 peers only.</summary>
    public bool BindIsMapped { get; init; }

    /// <summary>The interface that a link-local bind address belongs to (<c>fe80::1%eth0</c>): its number, or 0.</summary>
    public uint BindScope { get; init; }

    /// <summary>Null: the daemon's own.</summary>
    public UserEntry? User { get; init; }

    /// <summary>Null: the login group of <see cref="User"/>.</summary>
    public GroupEntry? Group { get; init; }

    /// <summary>The <c>groups</c> attribute: the user's supplementary groups instead of none.</summary>
    public bool Groups { get; init; }

    /// <summary>The supplementary groups to set; empty unless <see cref="Groups"/>.</summary>
    public ImmutableArray<uint> SupplementaryGroups { get; init; } = [];

    /// <summary>Null: UNLIMITED.</summary>
    public int? Instances { get; init; }

    /// <summary>Null: UNLIMITED.</summary>
    public int? PerSource { get; init; }

    public CpsLimit Cps { get; init; } = new(50, 10);

    /// <summary>Null: no such limit. Only inetd has it.</summary>
    public StartLimit? Starts { get; init; }

    /// <summary>It came from a line of the inetd personality's file.</summary>
    public bool IsInetdLine { get; init; }

    /// <summary>Null: no limit. Connections of one address within a minute; of IPv6, those of one /64 network.</summary>
    public int? PerSourcePerMinute { get; init; }

    /// <summary>Null: no limit. Refused at a one-minute load average of this or more.</summary>
    public double? MaxLoad { get; init; }

    /// <summary>Added by nice(2).</summary>
    public int Nice { get; init; }

    /// <summary>Null: the daemon's.</summary>
    public int? Umask { get; init; }

    /// <summary>Absolute path of the program; empty for internal and redirected services.</summary>
    public string Server { get; init; } = "";

    /// <summary>The whole argv, argv[0] included.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>NAME=VALUE words of <c>env</c>, in order; a later word of the same name wins.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary>Default: all of the daemon's environment. Otherwise exactly these names of it.</summary>
    public ImmutableArray<string> PassEnvironment { get; init; }

    /// <summary>Default (not empty): everybody. Empty: nobody.</summary>
    public ImmutableArray<AddressPattern> OnlyFrom { get; init; }

    /// <summary>Default or empty: forbids nobody.</summary>
    public ImmutableArray<AddressPattern> NoAccess { get; init; }

    /// <summary>Empty: at all times.</summary>
    public ImmutableArray<AccessHours> AccessTimes { get; init; } = [];

    public LogTarget LogType { get; init; } = LogTarget.Default;

    public LogOnSuccess LogOnSuccess { get; init; }

    public LogOnFailure LogOnFailure { get; init; }

    public RedirectTarget? Redirect { get; init; }

    /// <summary>When its server is started.</summary>
    public StartMode Start { get; init; } = StartMode.OnDemand;

    public string Banner { get; init; } = "";

    public string BannerSuccess { get; init; } = "";

    public string BannerFail { get; init; } = "";

    public DenyTime DenyTime { get; init; }

    public ImmutableArray<ResourceLimit> ResourceLimits { get; init; } = [];

    public uint RpcNumber { get; init; }

    public uint RpcVersionLow { get; init; }

    public uint RpcVersionHigh { get; init; }

    /// <summary>The name given to the tcp_wrappers check; empty for the rules' own choice.</summary>
    public string Libwrap { get; init; } = "";

    /// <summary>
    /// The name that the rules of tcp_wrappers know the service by (hosts_access(5), "daemon process name"): what libwrap says, or the
    /// server's argument 0 with NAMEINARGS, or the last part of the server's path, or the name of a service that has no server.
    /// </summary>
    public string ProcessName
    {
        get
        {
            if (Libwrap.Length > 0)
            {
                return Libwrap;
            }

            string path = Flags.HasFlag(ServiceFlags.NameInArgs) && !Arguments.IsDefaultOrEmpty ? Arguments[0] : Server;
            if (path.Length == 0)
            {
                return Name;
            }

            // Normally argument 0 is that last part, and one string does for both.
            ReadOnlySpan<char> last = path.AsSpan(path.LastIndexOf('/') + 1);
            return !Arguments.IsDefaultOrEmpty && last.SequenceEqual(Arguments[0]) ? Arguments[0] : last.ToString();
        }
    }
}
