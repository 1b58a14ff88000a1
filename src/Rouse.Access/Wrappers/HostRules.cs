using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Diagnostics;

namespace Rouse.Access.Wrappers;

/// <summary>
/// /etc/hosts.allow and /etc/hosts.deny (hosts_access(5), hosts_options(5)), compiled once per version of the files; immutable. The rules
/// of hosts.allow are gone through first, then those of hosts.deny; the first that fits decides, and where none fits everybody may.
/// <para>
/// What cannot be understood lets nobody in: a pattern takes the value that lets fewer in, a line of hosts.deny without a colon denies.
/// The original passes over such lines. Differs from tcp_wrappers: D-070, see docs/differences.md.
/// </para>
/// </summary>
public sealed class HostRules
{
    private readonly RuleTable _allow;
    private readonly RuleTable _deny;
    private readonly bool _denyUnreadable;

    private HostRules(RuleTable allow, RuleTable deny, bool denyUnreadable)
    {
        _allow = allow;
        _deny = deny;
        _denyUnreadable = denyUnreadable;
    }

    public static HostRules Empty { get; } = new(RuleTable.Empty, RuleTable.Empty, denyUnreadable: false);

    /// <summary>Rules that are not known: nobody may.</summary>
    public static HostRules Unread { get; } = new(RuleTable.Empty, RuleTable.Empty, denyUnreadable: true);

    /// <summary>Neither file holds a rule: everybody may.</summary>
    public bool IsEmpty => Count == 0 && !_denyUnreadable;

    /// <summary>How many rules there are.</summary>
    public int Count => _allow.Count + _deny.Count;

    /// <summary>What is wrong with the files, in their order.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; private init; } = [];

    /// <summary>The same rules for who has told what is wrong with them.</summary>
    public HostRules WithoutDiagnostics() => Diagnostics.IsEmpty ? this : new(_allow, _deny, _denyUnreadable) { Dependencies = Dependencies };

    /// <summary>Every file whose change makes this version an old one: the pair, and the lists that rules name, there or not.</summary>
    public ImmutableArray<string> Dependencies { get; private init; } = [];

    /// <summary>The rules of hosts.allow, then those of hosts.deny. Most are read from the file's text as they are come to.</summary>
    public IEnumerable<WrapperRule> Rules
    {
        get
        {
            for (int i = 0; i < Count; i++)
            {
                yield return i < _allow.Count ? _allow[i] : _deny[i - _allow.Count];
            }
        }
    }

    public static HostRules Read(IRuleFiles files, string allow = "/etc/hosts.allow", string deny = "/etc/hosts.deny")
    {
        PatternFiles lists = new(files);
        RuleFileReader allowReader = new(WrapperFile.Allow, lists);
        RuleTable allowTable = allowReader.Read(files.Read(allow), allow);
        RuleFileReader denyReader = new(WrapperFile.Deny, lists);
        RuleFileContent denyContent = files.Read(deny);
        denyReader.ReportNeverReached(allowReader.TakesEverybody);
        RuleTable denyTable = denyReader.Read(denyContent, deny);
        return new HostRules(allowTable, denyTable, denyContent.Reason is not null)
        {
            Diagnostics = [.. allowReader.Diagnostics, .. denyReader.Diagnostics],
            Dependencies = [allow, deny, .. lists.Paths],
        };
    }

    /// <summary>May this request be served? Pure; allocates nothing where addresses and daemons' names decide.</summary>
    public WrapperVerdict Decide(in WrapperRequest request)
    {
        int rule = _allow.First(request, out Question question);
        if (question.Need != WrapperNeed.Nothing)
        {
            return WrapperVerdict.Ask(question);
        }

        return rule < 0 ? DecideByDenyFile(request) : WrapperVerdict.Of(_allow, rule);
    }

    /// <summary>
    /// The verdict where <paramref name="rule"/> fitted, had no last word of its own (ALLOW, DENY), and the last of its commands
    /// (<c>aclexec</c>) failed: as if its whole file had no rule for the request.
    /// </summary>
    public WrapperVerdict DecideAfterFailedCommand(in WrapperRequest request, WrapperRule rule) =>
        rule.File == WrapperFile.Allow ? DecideByDenyFile(request) : WrapperVerdict.NoRule;

    /// <summary>
    /// Every rule that fits, in order; the first decides. What the request does not say fits nothing here: find out first what
    /// <see cref="Decide"/> asks for.
    /// </summary>
    public IEnumerable<WrapperRule> Matching(WrapperRequest request)
    {
        for (int i = _allow.NextThatFits(0, request); i >= 0; i = _allow.NextThatFits(i + 1, request))
        {
            yield return _allow[i];
        }

        for (int i = _deny.NextThatFits(0, request); i >= 0; i = _deny.NextThatFits(i + 1, request))
        {
            yield return _deny[i];
        }
    }

    /// <summary>How many rules a verdict may have to try one by one for this daemon: those that no index can hold.</summary>
    internal int CountOneByOne(string daemon) => _allow.CountOneByOne(daemon) + _deny.CountOneByOne(daemon);

    private WrapperVerdict DecideByDenyFile(in WrapperRequest request)
    {
        if (_denyUnreadable)
        {
            return WrapperVerdict.Unreadable;
        }

        int rule = _deny.First(request, out Question question);
        if (question.Need != WrapperNeed.Nothing)
        {
            return WrapperVerdict.Ask(question);
        }

        return rule < 0 ? WrapperVerdict.NoRule : WrapperVerdict.Of(_deny, rule);
    }
}
