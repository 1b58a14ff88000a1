using System.Collections.Immutable;
using Rouse.Access.Wrappers;
using Rouse.Config.Addresses;
using Rouse.Linux;
using Rouse.Server.Identity;
using Rouse.Server.Logging;
using Rouse.Server.Names;
using Rouse.Server.Wrappers;

namespace Roused.Tcpd;

/// <summary>What is known of the peer. What the rules want to know beyond its address is found out when they ask, and waited for.</summary>
internal sealed class TcpdInquiry
{
    /// <summary>How long an identification server may take (hosts_options(5), rfc931).</summary>
    private const int UserLimitMs = 10_000;

    // The original's word for the address of whoever comes to a socket of unix(7).
    private const string LocalWord = "localhost";

    private readonly LinuxSystem _system;
    private readonly DaemonLog _log;
    private readonly TcpdConnection _connection;
    private WrapperRequest _request;

    public TcpdInquiry(LinuxSystem system, DaemonLog log, in TcpdConnection connection, string daemon)
    {
        (_system, _log, _connection) = (system, log, connection);
        SocketAddress peer = connection.Peer;
        SocketAddress local = connection.Local;
        _request = new WrapperRequest
        {
            Daemon = daemon,
            Client = peer.HasIp ? new IpAddress(peer.Address) : null,
            ClientSpelling = peer.HasIp ? null : LocalWord,
            ClientPort = peer.HasIp ? peer.Port : null,
            ClientName = peer.HasIp ? WrapperName.NotAsked : WrapperName.Unknown,
            Server = local.HasIp ? new IpAddress(local.Address) : null,
            ServerSpelling = local.HasIp ? null : LocalWord,
            ServerPort = local.HasIp ? local.Port : null,
            ServerName = local.HasIp ? WrapperName.NotAsked : WrapperName.Unknown,
            User = peer.HasIp && !connection.IsDatagram ? WrapperName.NotAsked : WrapperName.Unknown,
        };
    }

    public bool IsDatagram => _connection.IsDatagram;

    /// <summary>The peer as far as it is known, for the lines of the log: <c>user@host</c>.</summary>
    public string Client => WrapperExpansion.Expand("%c", _request, ThisProcess.Id) ?? "";

    /// <summary>Asks the rules until they need to know no more.</summary>
    public WrapperVerdict Decide(HostRules rules, WrapperRule? failed)
    {
        while (true)
        {
            WrapperVerdict verdict = failed is null ? rules.Decide(_request) : rules.DecideAfterFailedCommand(_request, failed);
            if (verdict.Outcome != WrapperOutcome.Asks)
            {
                return verdict;
            }

            FindOut(verdict.Needs, verdict.Netgroup);
        }
    }

    /// <summary>The text with its expansions put in, which are looked up first; null where it has become too long.</summary>
    public string? Expand(string text)
    {
        LookUpFor(text);
        return WrapperExpansion.Expand(text, _request, ThisProcess.Id);
    }

    /// <summary>The same with the address: <c>user@host (address)</c>.</summary>
    public string ClientAndAddress => WrapperExpansion.Expand("%c (%a)", _request, ThisProcess.Id) ?? "";

    public void ShowBanner(WrapperBanners banners, string directory) => banners.Show(TcpdConnection.Socket, directory, _request);

    public void FindUser(int limitMs)
    {
        if (!_request.User.IsAsked)
        {
            string? user = new IdentQuestion(_system).Ask(_connection.Peer, _connection.Local, limitMs > 0 ? limitMs : UserLimitMs);
            _request = _request with { User = user is null ? WrapperName.Unknown : WrapperName.Known(user) };
        }
    }

    private void LookUpFor(string text)
    {
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] != '%')
            {
                continue;
            }

            switch (text[++i])
            {
                case 'n' when !_request.ClientName.IsAsked:
                    FindOut(WrapperNeed.ClientName, null);
                    break;
                case 'N' when !_request.ServerName.IsAsked:
                    FindOut(WrapperNeed.ServerName, null);
                    break;
                case 'u':
                    FindUser(UserLimitMs);
                    break;
                default:
                    break;
            }
        }
    }

    private void FindOut(WrapperNeed need, string? netgroup)
    {
        switch (need)
        {
            case WrapperNeed.ClientName:
                _request = _request with { ClientName = NameOf(_connection.Peer) };
                break;
            case WrapperNeed.ServerName:
                _request = _request with { ServerName = NameOf(_connection.Local) };
                break;
            case WrapperNeed.User:
                FindUser(UserLimitMs);
                break;
            default:
                bool ofServer = need == WrapperNeed.ServerNetgroup;
                string host = (ofServer ? _request.ServerName : _request.ClientName).Text;
                ImmutableArray<NetgroupAnswer> known = _request.Netgroups.IsDefault ? [] : _request.Netgroups;
                _request = _request with { Netgroups = known.Add(new NetgroupAnswer(netgroup!, ofServer, Netgroups.HasHost(netgroup!, host))) };
                break;
        }
    }

    private WrapperName NameOf(in SocketAddress address)
    {
        WrapperName name = CheckedHostName.Of(address, out string? trouble);
        if (trouble is not null)
        {
            _log.Warning($"warning: {HostNames.NumericNameOf(address)}: {trouble}");
        }

        return name;
    }
}
