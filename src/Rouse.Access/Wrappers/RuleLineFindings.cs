using System;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;

namespace Rouse.Access.Wrappers;

/// <summary>What a rule's words say that its author may not have meant. None of it changes what the rule does.</summary>
internal static class RuleLineFindings
{
    public static void ReportComment(RuleLine line, RuleFindings findings)
    {
        if (line.Text.StartsWith('#') && line.IsContinued)
        {
            findings.Warning(
                Codes.HostsCommentContinues, line.SpanOf(0, 1),
                "this comment ends in a backslash, so that the next line is part of it. Take the backslash out");
        }
    }

    /// <param name="line">The rule.</param>
    /// <param name="colon">The first colon.</param>
    /// <param name="second">The second colon, or -1.</param>
    /// <param name="findings">Where to report.</param>
    public static void ReportRule(RuleLine line, int colon, int second, RuleFindings findings)
    {
        int end = second < 0 ? line.Text.Length : second;
        List<RuleWord> daemons = RuleSyntax.Words(line.Text, 0, colon);
        List<RuleWord> clients = RuleSyntax.Words(line.Text, colon + 1, end);
        ReportList(line, daemons, 0, "daemons", findings);
        if (clients.Count > 0 || !RuleSyntax.TryFindBareIpv6(line.Text, colon, second, out _, out _))
        {
            ReportList(line, clients, Math.Min(colon + 1, line.Text.Length - 1), "clients", findings);
        }

        foreach (RuleWord daemon in daemons)
        {
            ReportDaemon(daemon, line, findings);
        }

        bool isComment = false;
        foreach (RuleWord client in clients)
        {
            isComment |= client.Text.StartsWith('#');
            ReportClient(client, line, findings);
        }

        if (isComment || (daemons.Count > 0 && daemons[0].Text.StartsWith('#')))
        {
            findings.Warning(
                Codes.HostsLateComment, line.Whole,
                "# begins a comment at the line's very beginning only; here it and what follows are words of the rule. "
                + "Make the comment a line of its own");
        }

        ReportBareIpv6(line, colon, second, findings);
        ReportBackslash(line, findings);
    }

    private static void ReportList(RuleLine line, List<RuleWord> words, int place, string kind, RuleFindings findings)
    {
        if (words.Count == 0)
        {
            findings.Warning(
                Codes.HostsEmptyList, line.SpanOf(place, 1), $"the rule names no {kind}, so that it fits nobody. Take it out, or name some");
            return;
        }

        for (int i = 0; i < words.Count; i++)
        {
            bool isLone = i == 0 || i == words.Count - 1 || words[i - 1].IsExcept;
            if (words[i].IsExcept && isLone)
            {
                findings.Warning(
                    Codes.HostsLoneExcept, line.SpanOf(words[i].Index, words[i].Text.Length),
                    "EXCEPT stands between two lists. Before it nothing fits, behind it nothing is excepted. Take it out, or complete it");
            }
        }
    }

    private static void ReportDaemon(RuleWord word, RuleLine line, RuleFindings findings)
    {
        RuleSyntax.TrySplitHost(word.Text, out string name, out _);
        bool isNumber = QuadText.TryReadUnsigned(name, 10, out uint port);
        bool isHostWord = name.Length > 0 && (name[0] is '@' or '/' or '[' || name.Contains('/') || IsHostWord(name));
        if (isHostWord || (isNumber && port > ushort.MaxValue))
        {
            findings.Warning(
                Codes.HostsDaemonWord, line.SpanOf(word.Index, word.Text.Length),
                $"{Quoted.Of(name)} is compared with daemons' names, and hardly one has this name. Patterns for hosts stand behind the colon");
        }
    }

    private static void ReportClient(RuleWord word, RuleLine line, RuleFindings findings)
    {
        if (RuleSyntax.TrySplitHost(word.Text, out string user, out _) && (user[0] is '@' or '/' || user.Contains('/') || IsHostWord(user)))
        {
            findings.Warning(
                Codes.HostsUserWord, line.SpanOf(word.Index, word.Text.Length),
                $"{Quoted.Of(user)} is compared with users' names, and hardly one has this name. Netgroups and lists hold hosts only");
        }
    }

    private static bool IsHostWord(string name) => AsciiText.Same(name, "LOCAL") || AsciiText.Same(name, "PARANOID");

    private static void ReportBareIpv6(RuleLine line, int colon, int second, RuleFindings findings)
    {
        if (RuleSyntax.TryFindBareIpv6(line.Text, colon, second, out RuleWord address, out _))
        {
            findings.Error(
                Codes.HostsBareIpv6, line.SpanOf(address.Index, 1),
                $"an IPv6 address stands in brackets, for its colons end the list: the rule is not what it seems. Write [{address.Text}]");
        }
    }

    // Only a backslash that the line's end follows joins lines.
    private static void ReportBackslash(RuleLine line, RuleFindings findings)
    {
        string trimmed = line.Text.TrimEnd(' ', '\t', '\r');
        if (trimmed.Length < line.Text.Length && trimmed.EndsWith('\\'))
        {
            findings.Warning(
                Codes.HostsBlankAfterBackslash, line.SpanOf(trimmed.Length - 1, 1),
                "a blank stands between this backslash and the line's end, so that the rule ends here. Take the blank out");
        }
    }
}
