using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// Reads one of the two files: lines, then fields, then words, and reports what is wrong with each. Lines that are plain
/// (<see cref="PlainLine"/>), of which nothing is to be reported, take a shorter way.
/// </summary>
internal sealed class RuleFileReader(WrapperFile which, PatternFiles lists)
{
    private readonly RuleFindings _findings = new();
    private readonly List<PlainWord> _plainWords = [];
    private RuleTable.Builder _rules = new(which, new SourceFile("", []));

    // A line has ended the file for the rules' purposes; what follows is only looked at for what is wrong with it.
    private bool _ended;
    private bool _saidNeverReached;

    private bool _denies => which == WrapperFile.Deny;

    public IReadOnlyList<Diagnostic> Diagnostics => _findings.All;

    /// <summary>The rule that everybody fits, so that none behind it has a say; null where there is none.</summary>
    public WrapperRule? TakesEverybody { get; private set; }

    /// <summary>Tells of rules that stand behind one of the other file that everybody fits.</summary>
    public void ReportNeverReached(WrapperRule? behind) => TakesEverybody = behind;

    public RuleTable Read(in RuleFileContent content, string path)
    {
        if (content.Reason is { } reason)
        {
            string consequence = _denies ? "everybody is denied whom hosts.allow does not grant access" : "it grants nothing";
            _findings.Error(
                Codes.HostsFileUnreadable, new SourceSpan(new SourceFile(path, []), 0, 0),
                $"the file cannot be read ({reason}): {consequence}. Make it readable, or remove it");
        }

        if (content.File is null)
        {
            return RuleTable.Empty;
        }

        _rules = new RuleTable.Builder(which, content.File);
        LineText lines = new(content.File, stackalloc byte[LineText.Room]);
        int next = 1;
        while (next <= content.File.LineCount && content.File.Bytes.Length > 0)
        {
            if (lines.TryRead(next, out ReadOnlySpan<byte> text, out int last) && TakePlain(text, next, isContinued: last > next))
            {
                next = last + 1;
                continue;
            }

            RuleLine line = RuleLine.At(content.File, next);
            ReadLine(line);
            _ended |= line.Flaw != LineFlaw.None;
            next = line.LastLine + 1;
        }

        return _rules.Build();
    }

    /// <summary>The object of a rule that is plain.</summary>
    public static WrapperRule ReadPlain(WrapperFile which, RuleLine line)
    {
        int colon = RuleSyntax.Find(line.Text, ':');
        return new RuleFileReader(which, PatternFiles.None).MakeRule(line, colon, RuleSyntax.Find(line.Text, ':', colon + 1));
    }

    // False where the line needs a closer look.
    private bool TakePlain(ReadOnlySpan<byte> text, int firstLine, bool isContinued)
    {
        if (text.StartsWith("#"u8))
        {
            return !isContinued;
        }

        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return true;
        }

        bool isTold = TakesEverybody is not null && !_saidNeverReached && !_ended;
        if (isTold || !PlainLine.TryRead(text, _plainWords, out PlainLine line)
            || (_plainWords.Contains(new PlainWord(PlainKind.Everybody)) && HasAll(line.Daemons)))
        {
            return false;
        }

        if (!_ended)
        {
            _rules.Add(line, firstLine, _plainWords);
        }

        return true;
    }

    private static bool HasAll(ReadOnlySpan<byte> daemons)
    {
        for (PlainWords words = new(daemons); words.Next(out ReadOnlySpan<byte> daemon);)
        {
            if (AsciiText.Same(DaemonNames.All, daemon))
            {
                return true;
            }
        }

        return false;
    }

    private void ReadLine(RuleLine line)
    {
        if (line.Flaw != LineFlaw.None)
        {
            ReportFlaw(line);
            AddBroken(line);
        }
        else if (RuleSyntax.IsNoRule(line.Text))
        {
            RuleLineFindings.ReportComment(line, _findings);
        }
        else
        {
            ReadRule(line);
        }
    }

    private void ReportFlaw(RuleLine line)
    {
        string consequence = _denies ? "here the file ends, and who gets this far is denied" : "it and what follows grant nothing";
        (string code, string what, string advice) = line.Flaw switch
        {
            LineFlaw.Unfinished => (Codes.HostsLineUnfinished, "the file ends within this line", "End it with a newline"),
            LineFlaw.TooLong => (Codes.HostsLineTooLong, "the rule is longer than 2046 bytes", "Make several rules of it"),
            _ => (Codes.HostsNulByte, "the line holds a byte of zero", "Is this a text file?"),
        };
        _findings.Error(code, line.SpanOf(0, line.Text.Length > 0 ? 1 : 0), $"{what}: {consequence}. {advice}");
    }

    private void ReadRule(RuleLine line)
    {
        string text = line.Text;
        int colon = RuleSyntax.Find(text, ':');
        if (colon < 0)
        {
            string consequence = _denies ? "everybody who gets this far is denied" : "it grants nothing";
            _findings.Error(
                Codes.HostsNoColon, line.Whole,
                $"there is no colon between daemons and clients: {consequence}. "
                + "Write daemons : clients. A comment has # at the line's very beginning");
            AddBroken(line);
            return;
        }

        AddRule(MakeRule(line, colon, RuleSyntax.Find(text, ':', colon + 1)));
    }

    private WrapperRule MakeRule(RuleLine line, int colon, int second)
    {
        RuleFindings ofOptions = new();
        ImmutableArray<WrapperOption> options = second < 0 ? [] : new OptionReader(line, ofOptions).Read(second + 1);
        (WrapperOutcome outcome, WrapperCause cause) = Conclude(options);
        RuleFindings ofLists = new();
        RuleLineFindings.ReportRule(line, colon, second, ofLists);

        // A rule of hosts.allow that denies only for a mistake in its options was hardly meant for everybody: a pattern that is not
        // understood fits nobody there, and as an exception excepts nobody.
        bool? closing = !_denies && cause == WrapperCause.BadOption ? null : outcome != WrapperOutcome.Granted;
        TermList daemons = ReadList(line, 0, colon, closing, ofLists, ofDaemons: true);
        TermList clients = ReadClients(line, colon, second, closing, ofLists);
        _findings.Add(ofLists);
        _findings.Add(ofOptions);

        // A command for the peer may be worth more to it than a refusal: not for somebody whom the rule only may have meant.
        bool isDoubtful = outcome == WrapperOutcome.Twisted && (daemons.IsDoubtful || clients.IsDoubtful);
        return new WrapperRule(which, line.Whole, line.FirstLine, line.LastLine)
        {
            Options = isDoubtful ? [] : options,
            Outcome = isDoubtful ? WrapperOutcome.Denied : outcome,
            Cause = isDoubtful ? WrapperCause.BadRule : cause,
            Daemons = daemons,
            Clients = clients,
        };
    }

    private void AddRule(WrapperRule rule)
    {
        if (_ended)
        {
            return;
        }

        if (TakesEverybody is { } taker)
        {
            if (!_saidNeverReached)
            {
                _findings.Warning(
                    Codes.HostsNeverReached, rule.Span with { Length = 1 },
                    $"everybody fits the rule at {taker}, so that this one and those behind it are never reached. "
                    + "Take them out, or put them before it");
            }

            _saidNeverReached = true;
        }
        else if (IsForEverybody(rule.Daemons, ofDaemons: true) && IsForEverybody(rule.Clients, ofDaemons: false) && !rule.HasAclExec
            && rule.Cause is not (WrapperCause.BadOption or WrapperCause.BadRule))
        {
            TakesEverybody = rule;
        }

        _rules.Add(rule);
    }

    // ALL among the terms, and no exception.
    private static bool IsForEverybody(TermList list, bool ofDaemons)
    {
        foreach (Term term in list.Levels[0])
        {
            bool isAll = ofDaemons
                ? term is { Port: < 0, Host: null, Name.IsAll: true }
                : term is { Name: null, Host: { Kind: HostPatternKind.Always, IsDoubtful: false } };
            if (isAll && !list.HasExceptions)
            {
                return true;
            }
        }

        return false;
    }

    // The last option has the last word, unless one before it cannot be understood.
    private (WrapperOutcome Outcome, WrapperCause Cause) Conclude(ImmutableArray<WrapperOption> options) =>
        options.IsEmpty ? OfFile() : options[^1].Kind switch
        {
            WrapperOptionKind.Bad => (WrapperOutcome.Denied, WrapperCause.BadOption),
            WrapperOptionKind.Allow => (WrapperOutcome.Granted, WrapperCause.AllowOption),
            WrapperOptionKind.Deny => (WrapperOutcome.Denied, WrapperCause.DenyOption),
            WrapperOptionKind.Twist => (WrapperOutcome.Twisted, WrapperCause.TwistOption),
            _ => OfFile(),
        };

    private (WrapperOutcome Outcome, WrapperCause Cause) OfFile() =>
        _denies ? (WrapperOutcome.Denied, WrapperCause.DenyFile) : (WrapperOutcome.Granted, WrapperCause.AllowFile);

    // Of an IPv6 address without brackets the list holds no more than the beginning. Whom hosts.deny was to keep out with it is clear, and
    // nobody else is: `2001` alone would be a word that no host fits, which there means every host.
    // Differs from tcp_wrappers: D-070, see docs/differences.md.
    private TermList ReadClients(RuleLine line, int colon, int second, bool? closing, RuleFindings findings)
    {
        if (!_denies || !RuleSyntax.TryFindBareIpv6(line.Text, colon, second, out RuleWord address, out string? prefix) || prefix is null)
        {
            return ReadList(line, colon + 1, second < 0 ? line.Text.Length : second, closing, findings, ofDaemons: false);
        }

        HostPattern meant = new HostWords(lists, findings, closing: true).Read(
            $"[{address.Text}]{prefix}", line.SpanOf(address.Index, address.Text.Length + prefix.Length), []);
        return ReadList(line, colon + 1, address.Index, closing, findings, ofDaemons: false, meant);
    }

    private TermList ReadList(RuleLine line, int start, int end, bool? closing, RuleFindings findings, bool ofDaemons, HostPattern? last = null)
    {
        ImmutableArray<ImmutableArray<Term>>.Builder levels = ImmutableArray.CreateBuilder<ImmutableArray<Term>>();
        ImmutableArray<Term>.Builder terms = ImmutableArray.CreateBuilder<Term>();
        foreach (RuleWord word in RuleSyntax.Words(line.Text, start, end))
        {
            if (word.IsExcept)
            {
                levels.Add(terms.ToImmutable());
                terms.Clear();
                closing = !closing;
            }
            else
            {
                SourceSpan span = line.SpanOf(word.Index, word.Text.Length);
                terms.Add(ofDaemons ? ReadDaemon(word.Text, span, findings, closing == true) : ReadClient(word.Text, span, findings, closing == true));
            }
        }

        if (last is not null)
        {
            terms.Add(new Term(null, new Doubt(closing == true).Meant(last)));
        }

        levels.Add(terms.ToImmutable());
        return new TermList(levels.ToImmutable());
    }

    private Term ReadDaemon(string word, SourceSpan span, RuleFindings findings, bool closing)
    {
        bool hasHost = RuleSyntax.TrySplitHost(word, out string name, out string host);
        HostPattern? server = hasHost ? new HostWords(lists, findings, closing).Read(host, span, []) : null;
        bool isPort = QuadText.TryReadUnsigned(name, 10, out uint port) && port <= ushort.MaxValue;
        return new Term(new TextPattern(name), server, isPort ? (int)port : -1);
    }

    private Term ReadClient(string word, SourceSpan span, RuleFindings findings, bool closing)
    {
        bool hasHost = RuleSyntax.TrySplitHost(word, out string name, out string host);
        HostPattern client = new HostWords(lists, findings, closing).Read(hasHost ? host : word, span, []);
        return new Term(hasHost ? new TextPattern(name) : null, client);
    }

    // In hosts.allow a line that is not understood grants nothing, which is what no rule does.
    private void AddBroken(RuleLine line)
    {
        if (_denies)
        {
            AddRule(new WrapperRule(which, line.Whole, line.FirstLine, line.LastLine)
            {
                Outcome = WrapperOutcome.Denied,
                Cause = WrapperCause.BadRule,
                Daemons = new TermList([[new Term(new TextPattern("ALL"), null)]]),
                Clients = new TermList([[new Term(null, HostPattern.Always)]]),
            });
        }
    }
}
