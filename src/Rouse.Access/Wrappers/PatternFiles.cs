using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// The files of patterns that rules name (<c>/file</c>), each read once. One that is not there is an empty one, as hosts.allow itself
/// would be; one that cannot be read, or that leads back to itself, is not understood.
/// </summary>
internal sealed class PatternFiles(IRuleFiles files)
{
    /// <summary>For rules that name no list.</summary>
    public static readonly PatternFiles None = new(new NoFiles());

    // A file is read anew for the other place of its patterns: what cannot be understood means the opposite there.
    private readonly Dictionary<(string Path, bool Closing), PatternList> _lists = [];
    private readonly Dictionary<string, RuleFileContent> _contents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    /// <summary>The files that were looked for, in the order that they were first named.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Null where the file is not understood.</summary>
    /// <param name="path">Its path, as named.</param>
    /// <param name="span">Where it is named.</param>
    /// <param name="findings">Where to report.</param>
    /// <param name="closing">See <see cref="Doubt"/>.</param>
    /// <param name="within">The files that are being read, from the outermost.</param>
    public PatternList? Read(string path, SourceSpan span, RuleFindings findings, bool closing, ImmutableArray<string> within)
    {
        string consequence = new Doubt(closing).Consequence;
        if (within.Contains(path))
        {
            findings.Error(
                Codes.HostsListUnreadable, span,
                $"the list {Quoted.Of(path)} leads back to itself, which ends the original with a crash: {consequence}. Take the name out");
            return null;
        }

        if (_lists.TryGetValue((path, closing), out PatternList? list))
        {
            return list;
        }

        RuleFileContent content = ContentOf(path);
        if (content.Reason is { } reason)
        {
            findings.Error(
                Codes.HostsListUnreadable, span,
                $"the list {Quoted.Of(path)} cannot be read ({reason}): {consequence}. Make it readable, or take the name out");
            return null;
        }

        if (content.File is null)
        {
            findings.Warning(
                Codes.HostsListMissing, span, $"there is no list {Quoted.Of(path)}: it counts as empty. Make the file, or take the name out");
        }

        bool isFirst = _reported.Add(path);
        list = ReadList(path, content.File, isFirst ? findings : new(), closing, within.Add(path));
        _lists.Add((path, closing), list);
        return list;
    }

    private RuleFileContent ContentOf(string path)
    {
        if (!_contents.TryGetValue(path, out RuleFileContent content))
        {
            content = files.Read(path);
            _contents.Add(path, content);
            Paths.Add(path);
        }

        return content;
    }

    private PatternList ReadList(string path, SourceFile? file, RuleFindings findings, bool closing, ImmutableArray<string> within)
    {
        HostIndex.Builder index = new();
        ImmutableArray<HostPattern>.Builder written = ImmutableArray.CreateBuilder<HostPattern>();
        HostWords words = new(this, findings, closing);
        bool saidComment = false;
        for (ListWords read = PatternList.WordsOf(file); read.Next(out ReadOnlySpan<byte> word, out int start);)
        {
            if (PatternList.TryReadPlain(word, out PlainWord plain))
            {
                index.Add(plain, word, 0);
                continue;
            }

            SourceSpan span = new(file, start, Math.Min(word.Length, 1));
            bool isTooLong = word.Length > ListWords.Longest;
            if (isTooLong || word.Contains((byte)0))
            {
                findings.Error(
                    isTooLong ? Codes.HostsLineTooLong : Codes.HostsNulByte, span,
                    $"a word of this list {(isTooLong ? "is longer than 8191 bytes" : "holds a byte of zero")}: "
                    + (closing ? "every host fits it" : "no host fits it") + ". Is this a list of hosts?");
                written.Add(new Doubt(closing).Pattern);
            }
            else
            {
                string text = SourceFile.Decode(word);
                saidComment |= ReportWord(text, span with { Length = word.Length }, findings, saidComment);
                written.Add(words.Read(text, span with { Length = word.Length }, within));
            }

            index.Add(written[^1], 0);
        }

        return new PatternList(path, file, index, written.ToImmutable());
    }

    // True where the word is one that lists of patterns do not have, but the files around them do.
    private static bool ReportWord(string word, SourceSpan span, RuleFindings findings, bool said)
    {
        if (!said && word.StartsWith('#'))
        {
            findings.Warning(
                Codes.HostsListWord, span,
                "a list has no comments: what follows # are patterns, and fit hosts. Take the comment out");
            return true;
        }

        if (AsciiText.Same(word, "EXCEPT") || RuleSyntax.TrySplitHost(word, out _, out _))
        {
            findings.Warning(
                Codes.HostsListWord, span, $"a list holds patterns only: {Quoted.Of(word)} is taken for a host's name here. Put it in the rule");
        }

        return false;
    }

    private sealed class NoFiles : IRuleFiles
    {
        public RuleFileContent Read(string path) => RuleFileContent.Absent;
    }
}
