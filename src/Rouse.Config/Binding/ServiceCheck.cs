using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Binding;

/// <summary>
/// What can only be said of a service as a whole: what it lacks, what one attribute implies for another, and what contradicts itself.
/// </summary>
internal sealed class ServiceCheck(IConfigHost host, HostDatabases databases, Draft? defaults)
{
    private const int Tcp = 6;
    private const int Udp = 17;
    private const ushort IdentPort = 113;

    public void Complete(Draft service)
    {
        if (service.Is(ServiceFlags.Sensor))
        {
            service.Types |= ServiceTypes.Internal;
        }

        CompleteSocketAndProtocol(service);
        CompleteLogging(service);
        CompleteBind(service);
        CompleteGroups(service);
        Requirements.Check(service);
        StartCheck.Check(service);
        CheckKind(service);
        CompletePort(service);
        CheckIntercept(service);
        CheckIdOnly(service);
        CheckShape(service);
        CheckLabel(service);
        CheckLocal(service);
        TellWhatDoesNothing(service);
    }

    private void CompleteSocketAndProtocol(Draft s)
    {
        if (!s.Mentions(AttributeId.Protocol) && s.SocketType is SocketType.Stream or SocketType.Dgram)
        {
            databases.TryFindProtocol(s.SocketType == SocketType.Stream ? "tcp"u8 : "udp"u8, out s.Protocol);
        }
        else if (!s.Mentions(AttributeId.SocketType) && s.Protocol.Name is not null && s.Protocol.Number is Tcp or Udp)
        {
            s.SocketType = s.Protocol.Number == Tcp ? SocketType.Stream : SocketType.Dgram;
        }

        SocketType? implied = s.Protocol.Name is null ? null : s.Protocol.Number switch
        {
            Tcp => SocketType.Stream,
            Udp => SocketType.Dgram,
            _ => null,
        };
        if (implied is not null && s.SocketType is not null && s.SocketType != implied && s.SocketType != SocketType.Raw)
        {
            s.Fail(
                Codes.SocketAndProtocol,
                s.PlaceOf(AttributeId.Protocol),
                $"protocol {s.Protocol.Name} does not go with this socket_type",
                "stream goes with tcp, dgram with udp; one of the two lines is enough.");
        }
    }

    private void CompleteLogging(Draft s)
    {
        // A service without a line of its own logs what the defaults say in the end, wherever they stand.
        if (!s.Mentions(AttributeId.LogOnSuccess) && defaults is not null)
        {
            s.LogOnSuccess = defaults.LogOnSuccess;
        }

        if (!s.Mentions(AttributeId.LogOnFailure) && defaults is not null)
        {
            s.LogOnFailure = defaults.LogOnFailure;
        }

        if (s.LogOnSuccess.HasFlag(LogOnSuccess.Traffic) && !s.Mentions(AttributeId.Redirect))
        {
            SourceSpan place = s.Has(AttributeId.LogOnSuccess) ? s.PlaceOf(AttributeId.LogOnSuccess) : s.Span;
            s.Fail(
                Codes.TrafficWithoutRedirect,
                place,
                "TRAFFIC in log_on_success counts bytes only where redirect is set",
                "Take the word out, for this service with '-='.");
        }
    }

    private void CompleteBind(Draft s)
    {
        if (!s.Mentions(AttributeId.Bind) && defaults is not null && defaults.Has(AttributeId.Bind))
        {
            s.Bind = defaults.Bind;
            s.BindAddresses = defaults.BindAddresses;
            s.BindScope = defaults.BindScope;
        }

        bool onlyV4 = s.Is(ServiceFlags.IPv4) && !s.Is(ServiceFlags.IPv6);
        bool onlyV6 = s.Is(ServiceFlags.IPv6) && !s.Is(ServiceFlags.IPv4);
        if (s.BindAddresses.Length > 0 && (onlyV4 || onlyV6))
        {
            s.BindAddresses = System.Array.FindAll(s.BindAddresses, address => (address.IsV4 && !s.BindIsMapped) == onlyV4);
            if (s.BindAddresses.Length == 0)
            {
                s.Fail(
                    Codes.BindFamily,
                    s.Has(AttributeId.Bind) ? s.PlaceOf(AttributeId.Bind) : s.PlaceOf(AttributeId.Flags),
                    $"bind {Quoted.Of(s.Bind)} is no {(onlyV4 ? "IPv4" : "IPv6")} address, but flags ask for one",
                    "The original would listen on every address of the host. Write an address of that family, or take the flag out.");
            }
        }

        if (s.BindIsMapped && (s.Has(AttributeId.V6Only) ? s.V6Only : defaults?.V6Only ?? false))
        {
            s.Fail(
                Codes.BindFamily,
                s.Has(AttributeId.Bind) ? s.PlaceOf(AttributeId.Bind) : s.Span,
                $"bind {Quoted.Of(s.Bind)} is an IPv4 address, which v6only keeps out",
                "Write the address as an IPv4 one, without '::ffff:'.");
        }
    }

    private void CompleteGroups(Draft s)
    {
        bool wanted = s.Mentions(AttributeId.Groups) ? s.Groups : defaults?.Has(AttributeId.Groups) == true && defaults.Groups;
        if (!wanted || s.User is null)
        {
            return;
        }

        if (s.User.Name.Length > 0)
        {
            s.SupplementaryGroups = host.SupplementaryGroups(s.User.Name, s.GroupsWithGroup && s.Group is not null ? s.Group.Gid : s.User.Gid);
        }
        else
        {
            // Differs from xinetd: D-110 (there the service listens, and each child fails).
            s.Fail(
                Codes.UnnamedUserGroups,
                s.PlaceOf(AttributeId.User),
                $"no user has the number {s.User.Uid}, so that the groups that groups = yes asks for cannot be found",
                "Write groups = no, or name an existing user.");
        }
    }

    private static void CheckKind(Draft s)
    {
        if (s.Is(ServiceTypes.Internal) && s.BuiltIn == BuiltInService.None && s.SocketType is not null)
        {
            s.BuiltIn = s.Is(ServiceFlags.Sensor) ? BuiltInService.Sensor : BuiltIns.Find(s.Name, s.SocketType.Value);
            if (s.BuiltIn == BuiltInService.None)
            {
                s.Fail(
                    Codes.NoSuchInternal,
                    s.Span,
                    $"there is no internal service {Quoted.Of(s.Name)} for this socket_type",
                    $"There are {BuiltIns.Names}; id can give one of them another name.");
            }
        }

        if (s.SocketType is SocketType.Raw or SocketType.SeqPacket && s.Has(AttributeId.Wait) && !s.Wait)
        {
            s.Fail(
                Codes.DatagramNowait,
                s.PlaceOf(AttributeId.Wait),
                "a server for raw or seqpacket sockets must be started with wait = yes",
                "There is no connection that could be accepted: the server gets the socket itself.");
        }
        else if (s.SocketType == SocketType.Dgram && s.Has(AttributeId.Wait) && !s.Wait && !s.Is(ServiceTypes.Internal)
            && s.Start.Kind != StartKind.OnDemandResident)
        {
            s.Fail(
                Codes.DatagramNowait,
                s.PlaceOf(AttributeId.Wait),
                "a server for datagrams must be started with wait = yes",
                "Until it has taken the first datagram, more and more servers would be started for the same one.");
        }
    }

    private void CompletePort(Draft s)
    {
        bool isMux = s.Is(ServiceTypes.Tcpmux) || s.Is(ServiceTypes.TcpmuxPlus);
        if (s.Is(ServiceTypes.Rpc))
        {
            CompleteRpc(s);
        }
        else if (!s.Is(ServiceTypes.Unlisted) && !isMux && s.Protocol.Name is not null)
        {
            byte[] name = SourceFile.Encode(s.Name);
            if (!databases.TryFindPort(name, SourceFile.Encode(s.Protocol.Name), out ushort port))
            {
                s.Fail(
                    Codes.NotListed,
                    s.Span,
                    $"{Quoted.Of(s.Name)} with protocol {s.Protocol.Name} is not in /etc/services",
                    "Add it there, or write type = UNLISTED and the port.");
            }
            else if (s.Has(AttributeId.Port) && s.Port != port)
            {
                s.Fail(
                    Codes.WrongPort,
                    s.PlaceOf(AttributeId.Port),
                    $"{Quoted.Of(s.Name)} has port {port} in /etc/services, not {s.Port}",
                    "Take the line out, or write type = UNLISTED to use another port.");
            }
            else if (!s.Mentions(AttributeId.Port))
            {
                s.Port = port;
            }
        }

        if (s.Port == IdentPort && s.Protocol.Number == Tcp
            && (s.LogOnSuccess.HasFlag(LogOnSuccess.UserId) || s.LogOnFailure.HasFlag(LogOnFailure.UserId)))
        {
            s.LogOnSuccess &= ~LogOnSuccess.UserId;
            s.LogOnFailure &= ~LogOnFailure.UserId;
            s.Report(
                Codes.UserIdCleared,
                Severity.Warning,
                s.Span,
                "USERID is not used for the identification service itself",
                "Two such hosts would ask each other without end.");
        }
    }

    private void CompleteRpc(Draft s)
    {
        if (s.SocketType == SocketType.Stream)
        {
            // As in the original: rules of tcp_wrappers name daemons, and peers of RPC servers come through the portmapper.
            s.Flags |= ServiceFlags.NoLibwrap;
        }

        if (!s.Is(ServiceTypes.Unlisted))
        {
            if (databases.TryFindRpc(SourceFile.Encode(s.Name), out uint number))
            {
                s.RpcNumber = number;
            }
            else
            {
                s.Fail(
                    Codes.UnknownRpc,
                    s.Span,
                    $"{Quoted.Of(s.Name)} is not in /etc/rpc",
                    "Add it there, or write type = RPC UNLISTED and its rpc_number.");
            }
        }
    }

    private static void CheckIntercept(Draft s)
    {
        if (s.Is(ServiceFlags.Intercept) && (s.Is(ServiceTypes.Internal) || (s.Has(AttributeId.Wait) && !s.Wait)))
        {
            s.Flags &= ~ServiceFlags.Intercept;
            s.Report(
                Codes.InterceptCleared,
                Severity.Warning,
                s.PlaceOf(AttributeId.Flags),
                "INTERCEPT has no effect on an internal service or one with wait = no: its peers are checked anyway",
                "Take the flag out.");
        }
    }

    private static void CheckIdOnly(Draft s)
    {
        bool canIdentify = s.SocketType == SocketType.Stream && s.Protocol.Number == Tcp && !(s.Has(AttributeId.Wait) && s.Wait);
        if (s.Is(ServiceFlags.IdOnly) && !(canIdentify && s.LogOnSuccess.HasFlag(LogOnSuccess.UserId)))
        {
            s.Report(
                Codes.IdOnlyWithoutEffect,
                Severity.Warning,
                s.PlaceOf(AttributeId.Flags),
                "IDONLY has no effect here: peers are served whether their users are known or not",
                canIdentify
                    ? "It works together with USERID in log_on_success."
                    : "Users can be asked for only where the daemon accepts the connections: tcp, with wait = no.");
        }
    }

    private static void CheckShape(Draft s)
    {
        bool isRedirected = s.Has(AttributeId.Redirect);
        bool waits = s.Has(AttributeId.Wait) && s.Wait;
        if (isRedirected && (s.SocketType != SocketType.Stream || waits || s.Is(ServiceFlags.NameInArgs)))
        {
            s.Fail(
                Codes.RedirectShape,
                s.PlaceOf(AttributeId.Redirect),
                "redirect is only for stream services with wait = no and without NAMEINARGS",
                "Change what does not fit, or run a server instead.");
        }

        if (s.Is(ServiceFlags.NameInArgs))
        {
            CheckNameInArgs(s);
        }

        if ((s.Is(ServiceTypes.Tcpmux) || s.Is(ServiceTypes.TcpmuxPlus)) && (!s.Is(ServiceTypes.Unlisted) || s.Protocol.Number != Tcp))
        {
            s.Fail(
                Codes.TcpmuxShape,
                s.PlaceOf(AttributeId.Type),
                "a TCPMUX service must be UNLISTED and use protocol tcp",
                "Write type = TCPMUX UNLISTED.");
        }

        if (s.Is(ServiceFlags.Labeled) && (s.Is(ServiceTypes.Internal) || s.SocketType != SocketType.Stream || waits || isRedirected))
        {
            s.Fail(
                Codes.LabeledShape,
                s.PlaceOf(AttributeId.Flags),
                "LABELED is only for servers of stream services with wait = no",
                "Take the flag out, or change what does not fit.");
        }
    }

    // is_selinux_enabled(3) looks for the same file system.
    private void CheckLabel(Draft s)
    {
        if (s.Is(ServiceFlags.Labeled) && host.KindOf("/sys/fs/selinux/enforce") == PathKind.Missing)
        {
            s.Fail(
                Codes.NoSelinux,
                s.PlaceOf(AttributeId.Flags),
                "LABELED gives each server the security context of its peer, but SELinux does not run on this host",
                "Take the flag out. The original would close every connection.");
        }
    }

    // Nobody at a UNIX socket has an address. A rule that cannot be asked must not be passed over.
    private static void CheckLocal(Draft s)
    {
        if (s.Local is not null && (s.OnlyFrom is not null || s.NoAccess is not null))
        {
            s.Fail(
                Codes.LocalSocketRules,
                s.Span,
                "only_from and no_access hold for this service, but the peers of a UNIX socket have no addresses",
                "Let the socket's owner and mode say who may connect, and keep the lists out of what it inherits.");
        }
    }

    private static void TellWhatDoesNothing(Draft s)
    {
        if (s.Has(AttributeId.Mdns))
        {
            s.Report(
                Codes.NoEffect,
                Severity.Notice,
                s.PlaceOf(AttributeId.Mdns),
                "mdns has no effect: the daemon announces no services, as the original does not outside of Mac OS X",
                "Announce it with the host's own mDNS responder, or take the line out.");
        }

        if (s.Is(ServiceFlags.NoRetry))
        {
            s.Report(
                Codes.NoEffect,
                Severity.Notice,
                s.PlaceOf(AttributeId.Flags),
                "NORETRY has no effect: a server that cannot be started is never tried again, with or without it",
                "Take the flag out.");
        }
    }

    private static void CheckNameInArgs(Draft s)
    {
        SourceSpan flags = s.PlaceOf(AttributeId.Flags);
        if (s.Is(ServiceTypes.Internal) || !s.Mentions(AttributeId.ServerArgs))
        {
            s.Fail(
                Codes.NameInArgs,
                flags,
                "NAMEINARGS makes the first word of server_args the server's name, but there is none",
                s.Is(ServiceTypes.Internal) ? "An internal service has no server: take the flag out." : "Add server_args.");
        }
        else if (!s.NamedInArgsFirst)
        {
            s.Report(
                Codes.NameInArgsLate,
                Severity.Notice,
                flags,
                "NAMEINARGS stands after server_args; it holds all the same, but the original would start the server without any argument",
                "Put flags before server_args.");
        }
    }
}
