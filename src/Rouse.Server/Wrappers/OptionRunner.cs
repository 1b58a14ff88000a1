using Rouse.Access;
using Rouse.Access.Wrappers;
using Rouse.Linux;
using Rouse.Server.Gate;
using Rouse.Server.Launch;
using Rouse.Server.Listening;
using Rouse.Server.Logging;

namespace Rouse.Server.Wrappers;

/// <summary>
/// Carries out the options of the rule that fits a connection (hosts_options(5)), in their order. What is about the process (nice, umask,
/// setenv, user, group) is kept for the server that is started at the end; commands run beside the daemon, and the connection waits for them
/// alone. Then the rule's verdict holds.
/// </summary>
internal sealed class OptionRunner(Keeper keeper)
{
    private readonly WrapperBanners _banners = new(keeper.System, keeper.Log);
    private const string TooLong = "it becomes too long with its expansions, or sets no variable";

    private readonly Inquiry _inquiry = new(keeper);
    private readonly BurstNotice _notice = new(keeper.Log);

    private enum Progress
    {
        Done,
        Waits,

        /// <summary>The connection is no longer ours.</summary>
        Over,
    }

    public void Begin(Visit visit, WrapperRule rule, HostRules rules)
    {
        WrapperFacts facts = visit.Wrappers ?? new WrapperFacts();
        facts.Rules = rules;
        facts.Rule = rule;
        facts.NextOption = 0;
        facts.CommandFailed = false;
        Run(visit with { Wrappers = facts });
    }

    /// <summary>Goes on where it stopped.</summary>
    public void Run(Visit visit)
    {
        WrapperFacts facts = visit.Wrappers!;
        WrapperRule rule = facts.Rule!;
        while (facts.NextOption < rule.Options.Length)
        {
            WrapperOption option = rule.Options[facts.NextOption];
            switch (FindNames(ref visit, option))
            {
                case InquiryResult.Waits:
                    return;
                case InquiryResult.Impossible:
                    keeper.Reception.TurnAway(visit, RefusalReason.Libwrap);
                    return;
                default:
                    break;
            }

            facts.NextOption++;
            switch (CarryOut(visit, facts, option))
            {
                case Progress.Waits:
                case Progress.Over:
                    return;
                default:
                    break;
            }
        }

        Conclude(visit, facts, rule);
    }

    /// <summary>A command that the connection waited for has ended.</summary>
    public void CommandEnded(in Visit visit, bool succeeded)
    {
        WrapperFacts facts = visit.Wrappers!;
        if (facts.Rule!.Options[facts.NextOption - 1].Kind == WrapperOptionKind.AclExec)
        {
            facts.CommandFailed = !succeeded;
        }

        Run(visit);
    }

    /// <summary>Serves a connection with a server that its rule's options have changed.</summary>
    public void Serve(in Visit visit, ServerChanges changes)
    {
        Service service = visit.Service;
        if (HasOneServer(service))
        {
            TellRefused(service, "an option about its server's process", "one that serves all peers has");
            keeper.Reception.TurnAway(visit, RefusalReason.Libwrap);
            return;
        }

        switch (FindAccounts(visit, changes))
        {
            case InquiryResult.Waits:
                return;
            case InquiryResult.Impossible:
                TellRefused(service, "the accounts of its rule", "they cannot be looked up now");
                keeper.Reception.TurnAway(visit, RefusalReason.Libwrap);
                return;
            default:
                break;
        }

        SocketFlags.Apply(keeper.System, visit.Connection, service.Definition.Flags);
        keeper.Launcher.Launch(service, visit.Connection, visit.Peer, changes);
        keeper.System.Close(visit.Connection);
    }

    /// <summary>
    /// The options for a peer that has no connection of its own: a datagram's sender, or whoever comes to a wait service. Commands run, but
    /// nothing waits for them; an option that must be waited for, or that needs a connection, refuses.
    /// </summary>
    public Judgement CarryOutUnaccepted(Service service, WrapperRule rule, in WrapperRequest request)
    {
        // First, for whoever waits is judged anew, and no command is to be run twice.
        AccountNames names = rule.Outcome == WrapperOutcome.Granted && !HasOneServer(service) ? AccountNames.Of(rule) : default;
        Accounts? accounts = names.AreAny ? keeper.Accounts.Recall(names) : null;
        if (names.AreAny && accounts is null)
        {
            return Judgement.AwaitAccounts(names);
        }

        WrapperFacts facts = new();
        foreach (WrapperOption option in rule.Options)
        {
            if (option.Kind is WrapperOptionKind.AclExec or WrapperOptionKind.Twist)
            {
                TellRefused(service, $"{option.Span}: {option.Kind}", "needs a connection of its own");
                return Judgement.Refused(RefusalReason.Libwrap);
            }

            if (option.Kind == WrapperOptionKind.Spawn)
            {
                if (WrapperExpansion.Expand(option.Value, request, ThisProcess.Id) is not { } command)
                {
                    TellRefused(service, option.Span.ToString(), TooLong);
                    return Judgement.Refused(RefusalReason.Libwrap);
                }

                keeper.Commands.Start(service, command, null);
            }
            else if (!Keep(facts, option, request))
            {
                TellRefused(service, option.Span.ToString(), TooLong);
                return Judgement.Refused(RefusalReason.Libwrap);
            }
        }

        if (rule.Outcome != WrapperOutcome.Granted)
        {
            return Judgement.Refused(RefusalReason.Libwrap);
        }

        if (facts.Changes is not null)
        {
            facts.Changes.Accounts = accounts;
        }

        if (facts.Changes is { } changes && WhyNot(service, changes) is { } fault)
        {
            TellRefused(service, rule.Span.ToString(), fault);
            return Judgement.Refused(RefusalReason.Libwrap);
        }

        return new Judgement { Changes = facts.Changes };
    }

    private InquiryResult FindAccounts(in Visit visit, ServerChanges changes)
    {
        if (!changes.Names.AreAny)
        {
            return InquiryResult.Known;
        }

        changes.Accounts = keeper.Accounts.Recall(changes.Names);
        if (changes.Accounts is not null)
        {
            return InquiryResult.Known;
        }

        if (keeper.Reception.Pending.Hold(visit) is not { } pending)
        {
            return InquiryResult.Impossible;
        }

        if (pending.AskAccounts(changes.Names))
        {
            return InquiryResult.Waits;
        }

        keeper.Reception.Pending.Release(pending);
        return InquiryResult.Impossible;
    }

    private static bool HasOneServer(Service service) => service.Definition.IsIntercepted || service.Backend is not null;

    // A server that others use too cannot be changed for one of them.
    private string? WhyNot(Service service, ServerChanges changes) =>
        HasOneServer(service) ? "an option about the server's process cannot hold for a server of all peers"
        : ChangedServers.Apply(service.Definition, changes, out string fault) is null ? fault : null;

    private void TellRefused(Service service, string what, string why) =>
        _notice.Report(keeper.Loop.NowMs, $"{service.Definition.Id}: {what}: {why}: the peer is turned away");

    // The original looks up what %n, %N and %u stand for when it comes to them; all others stand for what is known.
    private InquiryResult FindNames(ref Visit visit, WrapperOption option)
    {
        if (option.Kind is not (WrapperOptionKind.Spawn or WrapperOptionKind.Twist or WrapperOptionKind.AclExec or WrapperOptionKind.SetEnv
            or WrapperOptionKind.Rfc931))
        {
            return InquiryResult.Known;
        }

        while (Missing(visit, option) is var need && need != WrapperNeed.Nothing)
        {
            InquiryResult result = _inquiry.FindOut(ref visit, Judgement.Ask(need, null));
            if (result != InquiryResult.Known)
            {
                return result;
            }
        }

        return InquiryResult.Known;
    }

    private static WrapperNeed Missing(in Visit visit, WrapperOption option)
    {
        WrapperFacts facts = visit.Wrappers!;
        if (!facts.User.IsAsked && (option.Kind == WrapperOptionKind.Rfc931 || Uses(option.Value, 'u')))
        {
            return WrapperNeed.User;
        }

        return visit.Name.State == PeerNameState.NotAsked && Uses(option.Value, 'n') ? WrapperNeed.ClientName
            : !facts.ServerName.IsAsked && Uses(option.Value, 'N') ? WrapperNeed.ServerName
            : WrapperNeed.Nothing;
    }

    private static bool Uses(string text, char letter)
    {
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] == '%' && text[++i] == letter)
            {
                return true;
            }
        }

        return false;
    }

    private Progress CarryOut(in Visit visit, WrapperFacts facts, WrapperOption option)
    {
        switch (option.Kind)
        {
            case WrapperOptionKind.Spawn or WrapperOptionKind.AclExec:
                return Start(visit, facts, option);
            case WrapperOptionKind.Twist:
                return Twist(visit, option);
            case WrapperOptionKind.KeepAlive:
                keeper.System.SetKeepAlive(visit.Connection);
                return Progress.Done;
            case WrapperOptionKind.Linger:
                keeper.System.SetLinger(visit.Connection, option.Number);
                return Progress.Done;
            case WrapperOptionKind.Banners:
                _banners.Show(visit.Connection, option.Value, RequestOf(visit));
                return Progress.Done;
            default:
                return Keep(facts, option, RequestOf(visit)) ? Progress.Done : TurnAway(visit, option);
        }
    }

    // An option that cannot be carried out as it was meant lets nobody in (D-074).
    private Progress TurnAway(in Visit visit, WrapperOption option)
    {
        TellRefused(visit.Service, option.Span.ToString(), TooLong);
        keeper.Reception.TurnAway(visit, RefusalReason.Libwrap);
        return Progress.Over;
    }

    private static bool Keep(WrapperFacts facts, WrapperOption option, in WrapperRequest request)
    {
        switch (option.Kind)
        {
            case WrapperOptionKind.Nice:
                (facts.Changes ??= new()).Nice += option.Number;
                break;
            case WrapperOptionKind.Umask:
                (facts.Changes ??= new()).Umask = option.Number;
                break;
            case WrapperOptionKind.SetEnv:
                if (WrapperExpansion.Expand(option.Value, request, ThisProcess.Id) is not { } setting
                    || !WrapperSetting.TryRead(setting, out _, out string word))
                {
                    return false;
                }

                (facts.Changes ??= new()).Environment.Add(word);
                break;
            case WrapperOptionKind.User:
                (facts.Changes ??= new()).User = option.User;
                facts.Changes.Group = option.Group ?? facts.Changes.Group;
                break;
            case WrapperOptionKind.Group:
                (facts.Changes ??= new()).Group = option.Value;
                break;
            default:
                break;
        }

        return true;
    }

    private Progress Start(in Visit visit, WrapperFacts facts, WrapperOption option)
    {
        bool hasSay = option.Kind == WrapperOptionKind.AclExec;
        if (WrapperExpansion.Expand(option.Value, RequestOf(visit), ThisProcess.Id) is not { } command)
        {
            return TurnAway(visit, option);
        }

        if (keeper.Reception.Pending.Hold(visit) is { } pending)
        {
            if (pending.Start(command))
            {
                return Progress.Waits;
            }

            keeper.Reception.Pending.Release(pending);
        }

        facts.CommandFailed |= hasSay;
        return Progress.Done;
    }

    private Progress Twist(in Visit visit, WrapperOption option)
    {
        if (WrapperExpansion.Expand(option.Value, RequestOf(visit), ThisProcess.Id) is not { } command)
        {
            return TurnAway(visit, option);
        }

        if (visit.Service.Definition.IsIntercepted)
        {
            TellRefused(visit.Service, option.Span.ToString(), "twist cannot hold where a server of all peers answers");
            keeper.Reception.TurnAway(visit, RefusalReason.Libwrap);
            return Progress.Over;
        }

        keeper.System.SetBlocking(visit.Connection, true);
        ServerSpec spec = ServerImages.Describe(
            WrapperCommands.ShellOf(visit.Service.Definition, command), keeper.World, keeper.Settings.TellsConnection);
        using ServerImage image = ServerImages.Build(spec, keeper.System.Launches);
        keeper.Launcher.Launch(visit.Service, image, visit.Connection, visit.Peer);
        keeper.System.Close(visit.Connection);
        return Progress.Over;
    }

    private void Conclude(in Visit visit, WrapperFacts facts, WrapperRule rule)
    {
        facts.Rule = null;
        if (facts.CommandFailed && (rule.Cause is WrapperCause.AllowFile or WrapperCause.DenyFile))
        {
            // Its command has spoken against it: the rest of the rules decide.
            facts.FailedRule = rule;
            keeper.Reception.Resume(visit);
        }
        else if (rule.Outcome == WrapperOutcome.Granted)
        {
            facts.IsPassed = true;
            keeper.Reception.Resume(visit);
        }
        else
        {
            keeper.Reception.TurnAway(visit, RefusalReason.Libwrap);
        }
    }

    private WrapperRequest RequestOf(in Visit visit) => keeper.Gate.Wrappers.RequestOf(visit);
}
