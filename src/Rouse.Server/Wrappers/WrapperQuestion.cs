using System;
using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Config.Addresses;
using Rouse.Linux;
using Rouse.Server.Gate;
using Rouse.Server.Listening;

namespace Rouse.Server.Wrappers;

/// <summary>The gate's question to the rules of tcp_wrappers: may this peer come in, as far as is known of it?</summary>
internal sealed class WrapperQuestion(ISystem system, RuleBook book)
{
    /// <summary>Carries out the options for a peer that has no connection of its own.</summary>
    public Func<Service, WrapperRule, WrapperRequest, Judgement>? Unaccepted { get; set; }

    /// <summary>There are no rules, and the kernel tells when there are.</summary>
    public bool IsAsleep => book.IsAsleep;

    public Judgement Judge(in Visit visit)
    {
        if (visit.Wrappers is { IsPassed: true })
        {
            return Judgement.Allowed;
        }

        HostRules? rules = visit.Wrappers?.TakeRules() ?? book.Current();
        if (rules is null)
        {
            return Judgement.AwaitRules;
        }

        if (rules.IsEmpty)
        {
            return Judgement.Allowed;
        }

        WrapperRequest request = RequestOf(visit);
        WrapperVerdict verdict = Decide(rules, request, visit.Wrappers?.FailedRule);
        bool isAccepted = visit.Connection.IsOpen;
        if (verdict.Outcome == WrapperOutcome.Asks)
        {
            // Of a peer without a connection only the name can be found out; where a netgroup decides, nobody knows what it would say.
            return !visit.IsNameOutOfReach && (isAccepted || verdict.Needs == WrapperNeed.ClientName)
                ? Judgement.Ask(verdict.Needs, verdict.Netgroup)
                : Judgement.Refused(RefusalReason.Libwrap);
        }

        if (verdict.HasOptions && verdict.Rule is { } rule && HasWork(rule))
        {
            return isAccepted ? Judgement.CarryOut(rule, rules) : Unaccepted!(visit.Service, rule, request);
        }

        return verdict.Outcome == WrapperOutcome.Granted ? Judgement.Allowed : Judgement.Refused(RefusalReason.Libwrap);
    }

    /// <summary>The connection as the rules see it.</summary>
    public WrapperRequest RequestOf(in Visit visit)
    {
        // Where nobody is accepted yet (wait services of streams) the socket has no two ends to tell of; a datagram's own end is not known.
        SocketAddress local = visit.Connection.IsOpen ? system.LocalAddress(visit.Connection) : SocketAddress.None;
        WrapperFacts? facts = visit.Wrappers;
        bool isUnaccepted = !visit.Connection.IsOpen;
        return new WrapperRequest
        {
            Daemon = visit.Service.ProcessName,
            Client = visit.Peer.HasIp ? new IpAddress(visit.Peer.Address) : null,
            ClientPort = visit.Peer.HasIp ? visit.Peer.Port : null,
            Server = local.HasIp ? new IpAddress(local.Address) : null,
            ServerPort = local.HasIp ? local.Port : visit.Service.Definition.Port,
            ClientName = !visit.Peer.HasIp ? WrapperName.Unknown : visit.IsNameOutOfReach ? WrapperName.NotAsked : WrapperFacts.NameOf(visit.Name),
            ServerName = facts?.ServerName ?? (isUnaccepted ? WrapperName.Unknown : WrapperName.NotAsked),
            User = facts?.User ?? (isUnaccepted ? WrapperName.Unknown : WrapperName.NotAsked),
            Netgroups = facts?.Netgroups ?? default,
        };
    }

    private static WrapperVerdict Decide(HostRules rules, in WrapperRequest request, WrapperRule? failed) =>
        failed is null ? rules.Decide(request) : rules.DecideAfterFailedCommand(request, failed);

    // ALLOW, DENY and severity are said with the verdict: what the daemon logs has its own severity.
    private static bool HasWork(WrapperRule rule)
    {
        foreach (WrapperOption option in rule.Options)
        {
            if (option.Kind is not (WrapperOptionKind.Allow or WrapperOptionKind.Deny or WrapperOptionKind.Severity or WrapperOptionKind.Bad))
            {
                return true;
            }
        }

        return false;
    }
}
