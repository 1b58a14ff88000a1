using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Rouse.Access.Wrappers;

/// <summary>
/// The rules of one file. The first that fits is found through an index for each daemon that is plainly named, and one for <c>ALL</c>;
/// only rules that no index can hold (EXCEPT, users, wildcards, netgroups, daemons that are patterns) are tried one by one, and of them
/// only those that stand before the first that the indexes know to fit.
/// </summary>
internal sealed class RuleTable
{
    public static readonly RuleTable Empty = new([]);

    private readonly Dictionary<string, DaemonIndex> _daemons;
    private readonly DaemonIndex? _everyDaemon;

    // Rules whose daemons are patterns, by their number, in order.
    private readonly int[] _patterned;

    public RuleTable(ImmutableArray<WrapperRule> rules)
    {
        Rules = rules;
        Dictionary<string, DaemonIndex.Builder> daemons = new(DaemonNames.Comparer);
        List<int> patterned = [];
        for (int i = 0; i < rules.Length; i++)
        {
            if (!IsPlain(rules[i].Daemons))
            {
                patterned.Add(i);
                continue;
            }

            foreach (Term daemon in rules[i].Daemons.Levels[0])
            {
                string key = daemon.Name!.IsAll ? DaemonNames.All : daemon.Name.Text;
                if (!daemons.TryGetValue(key, out DaemonIndex.Builder? builder))
                {
                    daemons.Add(key, builder = new DaemonIndex.Builder());
                }

                builder.Add(rules[i], i);
            }
        }

        _daemons = new Dictionary<string, DaemonIndex>(DaemonNames.Comparer);
        foreach ((string name, DaemonIndex.Builder builder) in daemons)
        {
            _daemons.Add(name, builder.Build());
        }

        _daemons.Remove(DaemonNames.All, out _everyDaemon);
        _patterned = [.. patterned];
    }

    public ImmutableArray<WrapperRule> Rules { get; }

    /// <summary>How many rules must be tried one by one for this daemon.</summary>
    public int CountOneByOne(string daemon) => _patterned.Length + (_everyDaemon?.OneByOne.Length ?? 0)
        + (_daemons.TryGetValue(daemon, out DaemonIndex? index) ? index.OneByOne.Length : 0);

    /// <summary>The request fits the rule, by what is known of it.</summary>
    public static bool Fits(WrapperRule rule, in WrapperRequest request)
    {
        HostFacts client = HostFacts.OfClient(request, stackalloc char[HostFacts.AddressRoom]);
        HostFacts server = HostFacts.OfServer(request, stackalloc char[HostFacts.AddressRoom]);
        Question question = default;
        return Match(rule, request, client, server, ref question) == Answer.Yes;
    }

    /// <summary>
    /// The first rule that fits, or null. Where a fact is missing that may decide about an earlier one, null and the question.
    /// </summary>
    public WrapperRule? First(in WrapperRequest request, out Question question)
    {
        question = default;
        if (Rules.IsEmpty)
        {
            return null;
        }

        HostFacts client = HostFacts.OfClient(request, stackalloc char[HostFacts.AddressRoom]);
        HostFacts server = HostFacts.OfServer(request, stackalloc char[HostFacts.AddressRoom]);
        if (!client.IsCanonical)
        {
            return FirstOfAll(request, client, server, out question);
        }

        DaemonIndex? named = _daemons.GetValueOrDefault(request.Daemon);
        (int sure, int ifNamed) = _everyDaemon?.Hosts.Find(client) ?? (HostIndex.None, HostIndex.None);
        if (named is not null)
        {
            (int namedSure, int namedIfNamed) = named.Hosts.Find(client);
            sure = Math.Min(sure, namedSure);
            ifNamed = Math.Min(ifNamed, namedIfNamed);
        }

        int limit = Math.Min(sure, ifNamed);
        OneByOne rest = new(_patterned, _everyDaemon?.OneByOne ?? [], named?.OneByOne ?? []);
        while (rest.Next(limit, out int number))
        {
            switch (Match(Rules[number], request, client, server, ref question))
            {
                case Answer.Yes:
                    return Rules[number];
                case Answer.Ask:
                    return null;
                default:
                    break;
            }
        }

        if (ifNamed < sure)
        {
            question = HostPattern.NameQuestion(client);
            return null;
        }

        return sure == HostIndex.None ? null : Rules[sure];
    }

    private WrapperRule? FirstOfAll(in WrapperRequest request, in HostFacts client, in HostFacts server, out Question question)
    {
        question = default;
        foreach (WrapperRule rule in Rules)
        {
            switch (Match(rule, request, client, server, ref question))
            {
                case Answer.Yes:
                    return rule;
                case Answer.Ask:
                    return null;
                default:
                    break;
            }
        }

        return null;
    }

    private static Answer Match(
        WrapperRule rule, in WrapperRequest request, in HostFacts client, in HostFacts server, ref Question question)
    {
        Question asked = default;
        Answer daemons = rule.Daemons.MatchDaemon(request, server, ref asked);
        if (daemons == Answer.No)
        {
            return Answer.No;
        }

        Question clientAsked = default;
        Answer clients = rule.Clients.MatchClient(request, client, ref clientAsked);
        if (clients == Answer.No || (clients == Answer.Yes && daemons == Answer.Yes))
        {
            return clients;
        }

        question = daemons == Answer.Ask ? asked : clientAsked;
        return Answer.Ask;
    }

    // Only whole names, for any server: what a dictionary can find.
    private static bool IsPlain(TermList daemons)
    {
        if (daemons.HasExceptions)
        {
            return false;
        }

        foreach (Term term in daemons.Levels[0])
        {
            if (term.Port >= 0 || term.Host is not null || !(term.Name!.IsWhole || term.Name.IsAll))
            {
                return false;
            }
        }

        return true;
    }
}
