using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Attributes;
using Rouse.Config.Binding;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>
/// The services that a line means to inetd itself: none of xinetd's defaults holds, nothing is logged about connections, the limits are
/// those by the minute, and a line of openbsd-inetd without a family stands for two services.
/// </summary>
internal sealed class InetdServices(Assignment assignment, InetdOptions options)
{
    private const int SecondsLeftAlone = 600;

    private readonly InetdBinder _binder = new(assignment);

    public IEnumerable<Draft> Of(InetdEntry entry)
    {
        // Of an RPC program the portmapper knows one port only.
        bool isEach = entry.Family == InetdFamily.Each && !entry.IsRpc && !entry.IsTcpmux && !entry.IsBroken;
        InetdFamily first = entry.Family == InetdFamily.Each ? InetdFamily.IPv4 : entry.Family;
        Draft draft = Bind(entry, first);
        bool isOnlyV6 = isEach && draft.BindAddresses.Length > 0 && !Array.Exists(draft.BindAddresses, static address => address.IsV4);
        if (!isOnlyV6)
        {
            yield return draft;
        }

        if (isEach && (isOnlyV6 || HasIPv6()) && (draft.BindAddresses.Length == 0 || Array.Exists(draft.BindAddresses, static a => !a.IsV4)))
        {
            Draft twin = Bind(entry, InetdFamily.IPv6);
            twin.TwinOf = isOnlyV6 ? null : draft;
            yield return twin;
        }
    }

    /// <summary>The family of numeric addresses, separated by commas; null where there are none, or names among them, or two families.</summary>
    public static InetdFamily? FamilyOf(string list)
    {
        InetdFamily? family = null;
        foreach (string word in list.Split(','))
        {
            string name = word is ['[', .., ']'] ? word[1..^1] : word;
            if (!AddressText.TryRead(SourceFile.Encode(name), out IpAddress address))
            {
                return null;
            }

            InetdFamily own = address.IsV4 ? InetdFamily.IPv4 : InetdFamily.IPv6;
            if (family is { } other && other != own)
            {
                return null;
            }

            family = own;
        }

        return family;
    }

    private bool HasIPv6() => assignment.Host.KindOf("/proc/net/if_inet6") != PathKind.Missing;

    private Draft Bind(InetdEntry entry, InetdFamily family)
    {
        TextRange name = entry.Name.Length > 0 ? entry.Name : entry.Line;
        Draft draft = new(entry.Text(name), name.In(entry.File), isDefaults: false) { IsInetdLine = true, IsDisabled = entry.IsOff };
        foreach (Finding finding in entry.Findings)
        {
            draft.Report(finding.Code, finding.Severity, finding.Span, finding.What, finding.Advice);
        }

        if (entry.IsBroken)
        {
            return draft;
        }

        draft.Types = entry.Types;
        draft.Flags = FlagsOf(entry, family);
        draft.Id = IdOf(entry, family);
        draft.Buffers = entry.Buffers;
        draft.GroupsWithGroup = true;
        draft.LogOnSuccess = options.LogsConnections ? LogOnSuccess.Host | LogOnSuccess.Pid : LogOnSuccess.None;
        InetdBinder.Set(draft, AttributeId.LogOnSuccess, entry.SocketType);
        _binder.BindSocketType(draft, entry);
        if (entry.IsLocal)
        {
            BindPath(draft, entry);
        }
        else
        {
            BindPlace(draft, entry, family);
        }

        _binder.BindServer(draft, entry, asksItself: options.AsksWrappers && options.Grammar == InetdGrammar.Debian);
        CheckRootsGroup(draft, entry);
        BindLimits(draft, entry, family);
        return draft;
    }

    private void CheckRootsGroup(Draft draft, InetdEntry entry)
    {
        if (options.Grammar.RootKeepsItsGroup && draft.User is { Uid: 0 } && draft.Group is { } group && group.Gid != draft.User.Gid)
        {
            draft.Group = null;
            draft.Report(
                Codes.InetdRootGroup,
                Severity.Notice,
                entry.Group.In(entry.File),
                $"root keeps its own group, as with {options.Grammar.Name}'s inetd: the group {Quoted.Of(group.Name)} has no effect",
                "Take it out, or name another user.");
        }
    }

    private ServiceFlags FlagsOf(InetdEntry entry, InetdFamily family)
    {
        const ServiceFlags Families = ServiceFlags.IPv4 | ServiceFlags.IPv6;
        bool isAsked = entry.IsInternal ? options.AsksWrappersForInternal : options.AsksWrappers;
        ServiceFlags flags = entry.Flags & ~(Families | ServiceFlags.NoLibwrap);
        flags |= isAsked && !entry.IsLocal ? ServiceFlags.None : ServiceFlags.NoLibwrap;
        return flags | family switch
        {
            InetdFamily.IPv4 => ServiceFlags.IPv4,
            InetdFamily.IPv6 or InetdFamily.Both => ServiceFlags.IPv6,
            _ => ServiceFlags.None,
        };
    }

    // Lines that differ in their address or family are services of their own: at a reload each is found again by this.
    private static string IdOf(InetdEntry entry, InetdFamily family)
    {
        string addresses = entry.Addresses.Length == 0 || entry.Text(entry.Addresses) == "*" ? "" : entry.Text(entry.Addresses) + ":";
        return $"{addresses}{entry.Id ?? entry.Text(entry.Name)}{(family == InetdFamily.IPv6 ? "-ipv6" : "")}";
    }

    private void BindPath(Draft draft, InetdEntry entry)
    {
        draft.Protocol = new ProtocolEntry("unix", 0);
        InetdBinder.Set(draft, AttributeId.Protocol, entry.Protocol);
        InetdBinder.Set(draft, AttributeId.Port, entry.Name);
        UserEntry? owner = entry.SocketOwner.Length == 0 ? null : assignment.Host.FindUser(entry.Text(entry.SocketOwner));
        GroupEntry? group = entry.SocketGroup.Length == 0 ? null : assignment.Host.FindGroup(entry.Text(entry.SocketGroup));
        if (owner is null && entry.SocketOwner.Length > 0)
        {
            draft.Fail(
                Codes.UnknownUser,
                entry.SocketOwner.In(entry.File),
                $"there is no user {Quoted.Of(entry.Text(entry.SocketOwner))}",
                "Name a user of this host as the socket's owner.");
        }

        if (group is null && entry.SocketGroup.Length > 0)
        {
            draft.Fail(
                Codes.UnknownGroup,
                entry.SocketGroup.In(entry.File),
                $"there is no group {Quoted.Of(entry.Text(entry.SocketGroup))}",
                "Name a group of this host as the socket's.");
        }

        draft.Local = new LocalSocket(entry.Text(entry.Name), owner?.Uid, group?.Gid, entry.SocketMode);
    }

    private void BindPlace(Draft draft, InetdEntry entry, InetdFamily family)
    {
        _binder.Assign(draft, AttributeId.Protocol, entry.Protocol);
        if (family is InetdFamily.IPv6 or InetdFamily.Both)
        {
            draft.V6Only = family == InetdFamily.IPv6;
            draft.KeepsMappedPeers = family == InetdFamily.Both;
            InetdBinder.Set(draft, AttributeId.V6Only, entry.Protocol);
        }

        if (entry.IsNumeric)
        {
            _binder.Assign(draft, AttributeId.Port, entry.Name);
        }

        if (entry.IsRpc)
        {
            _binder.Assign(draft, AttributeId.RpcVersion, entry.Versions);
        }

        string addresses = entry.Addresses.Length > 0 ? entry.Text(entry.Addresses) : options.Address;
        if (addresses.Length > 0 && addresses != "*" && !entry.IsTcpmux)
        {
            BindAddresses(draft, addresses, entry.Addresses.Length > 0 ? entry.Addresses : entry.Name);
        }
    }

    private void BindAddresses(Draft draft, string list, TextRange place)
    {
        List<IpAddress> found = [];
        foreach (string word in list.Split(','))
        {
            string name = word is ['[', .., ']'] ? word[1..^1] : word;
            int before = found.Count;
            if (AddressText.TryRead(SourceFile.Encode(name), out IpAddress address))
            {
                found.Add(address);
            }
            else if (name.Length > 0 && !name.Contains(':') && !AddressText.IsDigitsAndDots(SourceFile.Encode(name)))
            {
                found.AddRange(assignment.Host.Resolve(name));
            }

            if (found.Count == before)
            {
                draft.Fail(
                    Codes.InetdAddress,
                    place.In(draft.File),
                    $"{Quoted.Of(word)} is no address, and no host name that can be resolved",
                    "Write addresses of this host, separated by commas, before the colon; * is every one.");
            }
        }

        HashSet<IpAddress> distinct = [];
        found.RemoveAll(address => !distinct.Add(address));
        draft.Bind = list;
        draft.BindAddresses = [.. found];
        InetdBinder.Set(draft, AttributeId.Bind, place);
    }

    // How many starts a minute are served; null for no limit.
    private int? Served(InetdEntry entry)
    {
        InetdGrammar grammar = options.Grammar;
        int? byOption = options.StartsPerMinute is > 0 and int rate ? Math.Max(1, rate - 1) : null;
        if (grammar.OptionHoldsToo)
        {
            return Math.Min(entry.StartsPerMinute ?? int.MaxValue, byOption ?? int.MaxValue) is < int.MaxValue and int least ? least : null;
        }

        int most = entry.StartsPerMinute ?? options.StartsPerMinute ?? grammar.StartsPerMinute;
        return most == 0 ? null : grammar.CountsTheRefused ? Math.Max(1, most - 1) : most;
    }

    // inetd counts what it makes a process for, and answers daytime and time on the spot.
    private static bool TakesProcess(InetdEntry entry) =>
        entry.SocketTypeText == "stream" && entry.Text(entry.Name) is not ("daytime" or "time");

    private void BindLimits(Draft draft, InetdEntry entry, InetdFamily family)
    {
        // The rate of xinetd is none of inetd's.
        draft.Cps = new CpsLimit(0, 0);
        InetdBinder.Set(draft, AttributeId.Cps, entry.SocketType);
        InetdGrammar grammar = options.Grammar;
        if (Served(entry) is { } served && (!entry.IsInternal || TakesProcess(entry)))
        {
            bool isTwin = entry.Family == InetdFamily.Each && family == InetdFamily.IPv6;
            string label = $"{entry.Text(entry.Name)}/{entry.Text(entry.ProtocolWord)}{(isTwin ? "6" : "")}";
            draft.Starts = new StartLimit(served, SecondsLeftAlone, label, grammar.KeepsHighPorts);
        }

        if ((entry.MostChildren ?? options.MostChildren) is > 0 and int children)
        {
            draft.Instances = children;
            InetdBinder.Set(draft, AttributeId.Instances, entry.SocketType);
        }

        if ((entry.MostPerSource ?? options.MostPerSource) is > 0 and int perSource)
        {
            draft.PerSource = perSource;
            InetdBinder.Set(draft, AttributeId.PerSource, entry.SocketType);
        }

        draft.PerSourcePerMinute = (entry.PerSourcePerMinute ?? options.PerSourcePerMinute) is > 0 and int perMinute ? perMinute : null;
    }
}
