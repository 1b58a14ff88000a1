using System;
using System.Text;
using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Config.Model;
using Rouse.Config.Text;
using Rouse.Server.Control;
using Rouse.Server.Listening;
using Rouse.Server.Wrappers;

namespace Rouse.Server.Gate;

/// <summary>The questions that rules answer: the lists, and tcp_wrappers.</summary>
internal sealed partial class Explainer
{
    private void AskAddress(Service service, WhyQuestion question)
    {
        if (service.Definition.Local is not null)
        {
            Refuse(
                "local socket", RefusalReason.Address, "this is a UNIX socket: nobody comes to it from an address",
                "Its permissions decide who may connect.", default);
            return;
        }

        AccessRequest request = new(IsUnseen(service) ? null : question.Client, 0, NameOf(question.ClientName));
        Verdict verdict = AccessControl.DecideAddress(request, service.Policy);
        if (verdict.NeedsName)
        {
            Needs = WrapperNeed.ClientName;
            return;
        }

        string rule = SourceOf(verdict.Rule);
        string client = question.Client.ToText();
        switch (verdict.By)
        {
            case DecidedBy.NoRule:
                Pass("only_from, no_access", "no lists", default);
                break;
            case DecidedBy.OnlyFrom:
                Pass("only_from, no_access", $"{rule} of only_from fits, and nothing of no_access as well", verdict.Rule);
                break;
            case DecidedBy.NotInNoAccess:
                Pass("only_from, no_access", "nothing of no_access fits", default);
                break;
            case DecidedBy.NotInOnlyFrom:
                Refuse("only_from, no_access", verdict.Reason, "nothing of only_from fits", $"Add {client} to only_from.", default);
                break;
            case DecidedBy.NoAccess:
                Refuse(
                    "only_from, no_access", verdict.Reason, $"{rule} of no_access fits, and nothing of only_from better",
                    $"Take it out, or name {client} more exactly in only_from.", verdict.Rule);
                break;
            case DecidedBy.EqualMatch:
                Refuse(
                    "only_from, no_access", verdict.Reason, $"{rule} fits in both lists alike, which refuses",
                    $"Take it out of one of them, or name {client} more exactly in only_from.", verdict.Rule);
                break;
            case DecidedBy.NameUnknown:
                Refuse(
                    "only_from, no_access", verdict.Reason, $"the client's name cannot be found out, and may be {rule} of no_access",
                    "Give the client a name that leads back to its address, or list addresses.", verdict.Rule);
                break;
            default:
                Pass("only_from, no_access", "the client is not known here: the lists are not applied", default);
                break;
        }
    }

    private void AskWrappers(Service service, WhyQuestion question)
    {
        const string Name = "hosts.allow, hosts.deny";
        if (!service.AsksWrappers)
        {
            Pass(Name, "not asked (NOLIBWRAP)", default);
            return;
        }

        // Whoever explains has waited for them; where they change in this very moment they are unknown for another.
        HostRules rules = keeper.Rules.Current() ?? HostRules.Unread;
        if (rules.IsEmpty)
        {
            Pass(Name, "no rules", default);
            return;
        }

        WrapperRequest request = new()
        {
            Daemon = service.ProcessName,
            Client = IsUnseen(service) ? null : question.Client,
            Server = question.Server,
            ServerPort = service.Definition.Port,
            ClientName = IsUnseen(service) ? WrapperName.Unknown : question.ClientName,
            ServerName = question.Server is null || IsUnaccepted(service) ? WrapperName.Unknown : question.ServerName,
            User = IsUnaccepted(service) ? WrapperName.Unknown : question.User,
            Netgroups = question.Netgroups,
        };
        WrapperVerdict verdict = rules.Decide(request);
        if (verdict.Outcome == WrapperOutcome.Asks)
        {
            Needs = Needs == WrapperNeed.Nothing ? verdict.Needs : Needs;
            Netgroup = verdict.Netgroup ?? "";
            return;
        }

        Tell(Name, service, question, rules, request, verdict);
    }

    private void Tell(string name, Service service, WhyQuestion question, HostRules rules, in WrapperRequest request, in WrapperVerdict verdict)
    {
        if (verdict.Rule is not { } rule)
        {
            if (verdict.Outcome == WrapperOutcome.Granted)
            {
                Pass(name, $"no rule fits {service.ProcessName} and this client", default);
            }
            else
            {
                Refuse(name, RefusalReason.Libwrap, "hosts.deny is there and cannot be read", "Make it readable.", default);
            }

            return;
        }

        if (WhyNotCarriedOut(service, rule) is { } fault)
        {
            Refuse(name, RefusalReason.Libwrap, $"{SourceOf(rule.Span)} fits, and cannot be carried out: {fault}", "Change the rule.", rule.Span);
            return;
        }

        StringBuilder text = new($"the first rule that fits: {SourceOf(rule.Span)}");
        text.Append(verdict.By switch
        {
            WrapperCause.BadOption => "; one of its options cannot be understood, which denies",
            WrapperCause.BadRule => "; it cannot be understood, which denies",
            WrapperCause.TwistOption => "; its command serves the client in the server's place",
            _ => "",
        });
        if (rule.HasAclExec)
        {
            text.Append("; its command has a say when the client comes");
        }

        foreach (WrapperRule other in rules.Matching(request))
        {
            if (other.File != rule.File || other.Line != rule.Line)
            {
                text.Append($"; without it: {other.Path}:{other.Line}, which {(other.Outcome == WrapperOutcome.Denied ? "denies" : "grants")}");
                break;
            }
        }

        if (verdict.Outcome == WrapperOutcome.Denied)
        {
            Refuse(
                name, RefusalReason.Libwrap, text.ToString(),
                $"Write '{service.ProcessName}: {question.Client.ToText()}' above it in {keeper.Rules.Host.AllowPath}, or change the rule.", rule.Span);
        }
        else
        {
            Pass(name, text.ToString(), rule.Span);
        }
    }

    // The server gets the socket, and accepts for itself.
    private static bool IsUnseen(Service service) => IsUnaccepted(service) && !service.IsDatagram;

    private static bool IsUnaccepted(Service service) => service.Handler is null;

    private string? WhyNotCarriedOut(Service service, WrapperRule rule)
    {
        foreach (WrapperOption option in rule.Options)
        {
            if (option.Kind is WrapperOptionKind.AclExec or WrapperOptionKind.Twist && IsUnaccepted(service))
            {
                return $"{option.Kind} needs a connection of its own";
            }

            bool isOfProcess = option.Kind is WrapperOptionKind.Nice or WrapperOptionKind.Umask or WrapperOptionKind.SetEnv
                or WrapperOptionKind.User or WrapperOptionKind.Group;
            if (service.Definition.IsIntercepted ? isOfProcess || option.Kind == WrapperOptionKind.Twist : service.Backend is not null && isOfProcess)
            {
                return "the service's one server serves all peers";
            }
        }

        AccountNames names = service.SpawnsServers ? AccountNames.Of(rule) : default;
        if (!names.AreAny)
        {
            return null;
        }

        Accounts? accounts = keeper.Accounts.Recall(names);
        MissingAccounts = accounts is null ? names : MissingAccounts;
        return accounts?.FaultOf(names);
    }

    private static PeerName NameOf(in WrapperName name) => name.State switch
    {
        WrapperNameState.Known => PeerName.Known(name.Text),
        WrapperNameState.Paranoid => PeerName.Unconfirmed,
        WrapperNameState.Unknown => PeerName.Unknown,
        _ => PeerName.NotAsked,
    };

    private static string Spans(AccessPolicy policy)
    {
        StringBuilder text = new();
        foreach (AccessHours hours in policy.Times)
        {
            text.Append(text.Length > 0 ? ", " : "").Append(SourceOf(hours.Span));
        }

        return text.ToString();
    }

    private static string SourceOf(SourceSpan span)
    {
        const int Longest = 120;
        if (span.File is null)
        {
            return "it";
        }

        string text = SourceFile.Decode(span.File.TextOf(span with { Length = Math.Min(span.Length, Longest) }));
        return $"'{text.Replace('\n', ' ')}{(span.Length > Longest ? "…" : "")}'";
    }
}
