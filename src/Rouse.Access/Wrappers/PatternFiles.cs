using System;
using System.Buffers;
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
    // What isspace(3) accepts.
    private static readonly SearchValues<byte> Space = SearchValues.Create(" \t\n\v\f\r"u8);

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
        list = new PatternList(path, content.File is null ? [] : Patterns(content.File, isFirst ? findings : new(), closing, within.Add(path)));
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

    private ImmutableArray<HostPattern> Patterns(SourceFile file, RuleFindings findings, bool closing, ImmutableArray<string> within)
    {
        // What the original's buffer for a word holds; a longer word runs over its end.
        const int LongestWord = 8191;
        ImmutableArray<HostPattern>.Builder patterns = ImmutableArray.CreateBuilder<HostPattern>();
        HostWords words = new(this, findings, closing);
        ReadOnlySpan<byte> bytes = file.Bytes;
        int at = 0;
        bool saidComment = false;
        while (true)
        {
            int skipped = bytes[at..].IndexOfAnyExcept(Space);
            if (skipped < 0)
            {
                return patterns.ToImmutable();
            }

            at += skipped;
            int length = bytes[at..].IndexOfAny(Space);
            length = length < 0 ? bytes.Length - at : length;
            SourceSpan span = new(file, at, Math.Min(length, 1));
            ReadOnlySpan<byte> word = bytes.Slice(at, length);
            at += length;
            if (length > LongestWord || word.Contains((byte)0))
            {
                findings.Error(
                    length > LongestWord ? Codes.HostsLineTooLong : Codes.HostsNulByte, span,
                    $"a word of this list {(length > LongestWord ? "is longer than 8191 bytes" : "holds a byte of zero")}: "
                    + (closing ? "every host fits it" : "no host fits it") + ". Is this a list of hosts?");
                patterns.Add(new Doubt(closing).Pattern);
                continue;
            }

            string text = SourceFile.Decode(word);
            saidComment |= ReportWord(text, span with { Length = length }, findings, saidComment);
            patterns.Add(words.Read(text, span with { Length = length }, within));
        }
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
}
