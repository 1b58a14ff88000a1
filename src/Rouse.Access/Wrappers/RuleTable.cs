using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// The rules of one file. The first that fits is found through an index for each daemon that is plainly named, and one for <c>ALL</c>;
/// only rules that no index can hold (EXCEPT, users, wildcards, netgroups, daemons that are patterns) are tried one by one, and of them
/// only those that stand before the first that the indexes know to fit.
/// <para>
/// A rule that is a <see cref="PlainLine"/> is kept as the number of its line: with what the index has of it, some ten bytes beside the file's
/// own text. The object that says all about it is read anew from there for whoever asks.
/// </para>
/// </summary>
internal sealed class RuleTable
{
    public static readonly RuleTable Empty = new Builder(WrapperFile.Allow, new SourceFile("", [])).Build();

    private readonly WrapperFile _which;
    private readonly SourceFile _file;
    private readonly RuleForm[] _forms;

    // The first line of a plain rule, the place in _written of any other.
    private readonly int[] _places;
    private readonly WrapperRule[] _written;
    private readonly Dictionary<string, DaemonIndex> _daemons;
    private readonly DaemonIndex? _everyDaemon;

    // Rules whose daemons are patterns, by their number, in order.
    private readonly int[] _patterned;

    private RuleTable(Builder from)
    {
        (_which, _file) = (from.Which, from.File);
        (_forms, _places, _written) = ([.. from.Forms], [.. from.Places], [.. from.Written]);
        _daemons = new Dictionary<string, DaemonIndex>(DaemonNames.Comparer);
        foreach ((string name, DaemonIndex.Builder builder) in from.Daemons)
        {
            _daemons.Add(name, builder.Build());
        }

        _daemons.Remove(DaemonNames.All, out _everyDaemon);
        _patterned = [.. from.Patterned];
    }

    public int Count => _forms.Length;

    /// <summary>The rules in their order; one that is plain is read anew each time.</summary>
    public WrapperRule this[int number] =>
        _forms[number] == RuleForm.Written ? _written[_places[number]] : RuleFileReader.ReadPlain(_which, RuleLine.At(_file, _places[number]));

    /// <summary>It has no options, or ALLOW or DENY alone.</summary>
    public bool IsPlain(int number) => _forms[number] != RuleForm.Written;

    /// <summary>What becomes of a request that it fits, and why.</summary>
    public (WrapperOutcome Outcome, WrapperCause Cause) ConclusionOf(int number) => _forms[number] switch
    {
        RuleForm.Plain when _which == WrapperFile.Allow => (WrapperOutcome.Granted, WrapperCause.AllowFile),
        RuleForm.Plain => (WrapperOutcome.Denied, WrapperCause.DenyFile),
        RuleForm.PlainAllow => (WrapperOutcome.Granted, WrapperCause.AllowOption),
        RuleForm.PlainDeny => (WrapperOutcome.Denied, WrapperCause.DenyOption),
        _ => (_written[_places[number]].Outcome, _written[_places[number]].Cause),
    };

    /// <summary>How many rules must be tried one by one for this daemon.</summary>
    public int CountOneByOne(string daemon) => _patterned.Length + (_everyDaemon?.OneByOne.Length ?? 0)
        + (_daemons.TryGetValue(daemon, out DaemonIndex? index) ? index.OneByOne.Length : 0);

    /// <summary>The first rule at <paramref name="from"/> or behind it that fits, by what is known of the request; or -1.</summary>
    public int NextThatFits(int from, in WrapperRequest request)
    {
        HostFacts client = HostFacts.OfClient(request, stackalloc char[HostFacts.AddressRoom]);
        HostFacts server = HostFacts.OfServer(request, stackalloc char[HostFacts.AddressRoom]);
        LineText lines = new(_file, stackalloc byte[LineText.Room]);
        for (int number = from; number < Count; number++)
        {
            Question question = default;
            if (Match(number, lines, request, client, server, ref question) == Answer.Yes)
            {
                return number;
            }
        }

        return -1;
    }

    /// <summary>
    /// The number of the first rule that fits, or -1. Where a fact is missing that may decide about an earlier one, -1 and the question.
    /// </summary>
    public int First(in WrapperRequest request, out Question question)
    {
        question = default;
        if (Count == 0)
        {
            return -1;
        }

        HostFacts client = HostFacts.OfClient(request, stackalloc char[HostFacts.AddressRoom]);
        HostFacts server = HostFacts.OfServer(request, stackalloc char[HostFacts.AddressRoom]);
        if (!client.IsIndexed)
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
            // No plain rule is among them.
            switch (Match(_written[_places[number]], request, client, server, ref question))
            {
                case Answer.Yes:
                    return number;
                case Answer.Ask:
                    return -1;
                default:
                    break;
            }
        }

        if (ifNamed < sure)
        {
            question = HostPattern.NameQuestion(client);
            return -1;
        }

        return sure == HostIndex.None ? -1 : sure;
    }

    private int FirstOfAll(in WrapperRequest request, in HostFacts client, in HostFacts server, out Question question)
    {
        question = default;
        LineText lines = new(_file, stackalloc byte[LineText.Room]);
        for (int number = 0; number < Count; number++)
        {
            switch (Match(number, lines, request, client, server, ref question))
            {
                case Answer.Yes:
                    return number;
                case Answer.Ask:
                    return -1;
                default:
                    break;
            }
        }

        return -1;
    }

    private Answer Match(
        int number, in LineText lines, in WrapperRequest request, in HostFacts client, in HostFacts server, ref Question question)
    {
        if (_forms[number] == RuleForm.Written)
        {
            return Match(_written[_places[number]], request, client, server, ref question);
        }

        lines.TryRead(_places[number], out ReadOnlySpan<byte> text, out _);
        return PlainLine.Of(text).Match(request, client, ref question);
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

    /// <summary>Collects the rules of a file in their order.</summary>
    internal sealed class Builder(WrapperFile which, SourceFile file)
    {
        // A long file mostly says the same daemons again and again.
        private readonly List<DaemonIndex.Builder> _lastDaemons = [];
        private byte[] _lastField = [];

        public WrapperFile Which { get; } = which;

        public SourceFile File { get; } = file;

        public List<RuleForm> Forms { get; } = [];

        public List<int> Places { get; } = [];

        public List<WrapperRule> Written { get; } = [];

        public Dictionary<string, DaemonIndex.Builder> Daemons { get; } = new(DaemonNames.Comparer);

        public List<int> Patterned { get; } = [];

        public void Add(WrapperRule rule)
        {
            int number = Forms.Count;
            Forms.Add(RuleForm.Written);
            Places.Add(Written.Count);
            Written.Add(rule);
            if (!IsPlain(rule.Daemons))
            {
                Patterned.Add(number);
                return;
            }

            foreach (Term daemon in rule.Daemons.Levels[0])
            {
                BuilderOf(daemon.Name!.IsAll ? DaemonNames.All : daemon.Name.Text).Add(rule, number);
            }
        }

        /// <param name="line">What was read of it.</param>
        /// <param name="firstLine">Where it begins.</param>
        /// <param name="clients">Its clients.</param>
        public void Add(in PlainLine line, int firstLine, List<PlainWord> clients)
        {
            int number = Forms.Count;
            Forms.Add(line.Form);
            Places.Add(firstLine);
            FindDaemons(line.Daemons);
            PlainWords texts = new(line.Clients);
            foreach (PlainWord client in CollectionsMarshal.AsSpan(clients))
            {
                texts.Next(out ReadOnlySpan<byte> text);
                foreach (DaemonIndex.Builder daemon in _lastDaemons)
                {
                    daemon.Add(client, text, number);
                }
            }
        }

        public RuleTable Build() => new(this);

        private void FindDaemons(ReadOnlySpan<byte> field)
        {
            if (field.SequenceEqual(_lastField))
            {
                return;
            }

            _lastField = field.ToArray();
            _lastDaemons.Clear();
            for (PlainWords daemons = new(field); daemons.Next(out ReadOnlySpan<byte> daemon);)
            {
                _lastDaemons.Add(BuilderOf(SourceFile.Decode(daemon)));
            }
        }

        private DaemonIndex.Builder BuilderOf(string daemon)
        {
            if (!Daemons.TryGetValue(daemon, out DaemonIndex.Builder? builder))
            {
                Daemons.Add(daemon, builder = new DaemonIndex.Builder());
            }

            return builder;
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
}
