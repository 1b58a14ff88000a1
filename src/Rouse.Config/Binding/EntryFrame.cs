using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Binding;

/// <summary>Reports what is wrong with the frame of an entry: its first line, its braces, its end.</summary>
internal static class EntryFrame
{
    /// <param name="structureBroken">What the administrator meant cannot be told: text was passed over that may hold services.</param>
    public static void Check(Entry entry, Findings findings, out bool structureBroken)
    {
        structureBroken = entry.Fault != EntryFault.None || (entry.Kind == EntryKind.Stray && CountSkipped(entry) > 0);
        SourceFile file = entry.Tree.File;
        SourceSpan keyword = entry.Keyword.In(file);
        SourceSpan blamed = TextOf(file, entry.Tree.Lines[entry.BlamedLine].Range);
        switch (entry.Fault)
        {
            case EntryFault.MissingName:
                findings.Add(
                    Codes.MissingName,
                    Severity.Error,
                    keyword,
                    $"{Word(file, entry.Keyword)} needs a name after it; {Skipped(entry)}. Write the name on the same line.");
                break;
            case EntryFault.MissingOpenBrace:
                findings.Add(
                    Codes.MissingOpenBrace,
                    Severity.Error,
                    blamed,
                    $"{Subject(entry)} has no line with only '{{' after its first line; {Skipped(entry)}{Loss(entry)}. "
                        + "Put the brace on a line of its own.");
                break;
            case EntryFault.Incomplete:
                findings.Add(
                    Codes.IncompleteEntry,
                    Severity.Error,
                    keyword,
                    $"{Subject(entry)} has no line with only '}}' before the file's end{Loss(entry)}. Put the brace on a line of its own.");
                break;
            case EntryFault.None when entry.Kind == EntryKind.Stray:
                findings.Add(
                    Codes.MissingKeyword,
                    structureBroken ? Severity.Error : Severity.Warning,
                    blamed,
                    $"{Word(file, entry.Keyword)} begins no entry; {Skipped(entry)}. "
                        + "An entry begins with service, defaults, include or includedir.");
                break;
            default:
                WarnOfExtraWords(entry, findings);
                break;
        }
    }

    private static void WarnOfExtraWords(Entry entry, Findings findings)
    {
        SourceFile file = entry.Tree.File;
        int at = entry.Name.End;
        TextRange line = entry.Lines[0].Range;
        int end = line.Start + file.Bytes.Slice(line.Start, line.Length).TrimEnd(" \t\n"u8).Length;
        if (Blanks.NextWord(file.Bytes, ref at, Math.Max(at, end), out TextRange extra))
        {
            SourceSpan rest = new(file, extra.Start, end - extra.Start);
            findings.Add(
                Codes.ExtraWords,
                Severity.Warning,
                rest,
                $"{Word(file, extra)} is one word too many and is ignored. Nothing may follow, not even a comment.");
        }
    }

    private static string Loss(Entry entry) => entry.Kind == EntryKind.Defaults
        ? "; so the daemon does not start, and a reload changes nothing"
        : "; the service is left out";

    private static string Subject(Entry entry) =>
        entry.Kind == EntryKind.Defaults ? "defaults" : $"service {Word(entry.Tree.File, entry.Name)}";

    /// <summary>How many lines are passed over besides the first one and closing braces.</summary>
    private static int CountSkipped(Entry entry)
    {
        int skipped = -1;
        foreach (Line line in entry.Lines)
        {
            skipped += line.Kind == LineKind.Skipped ? 1 : 0;
        }

        return skipped;
    }

    private static string Skipped(Entry entry)
    {
        SourceFile file = entry.Tree.File;
        int lastLine = file.Position(entry.Lines[^1].Range.Start).Line;
        int firstLine = file.Position(entry.Lines[0].Range.Start).Line;
        string lines = lastLine == firstLine ? "this line is" : $"lines {firstLine} to {lastLine} are";
        return $"{lines} passed over, up to the next line with only '}}'";
    }

    private static string Word(SourceFile file, TextRange range) => Quoted.Of(file.Bytes.Slice(range.Start, range.Length));

    private static SourceSpan TextOf(SourceFile file, TextRange line)
    {
        int start = Blanks.SkipSpaces(file.Bytes, line.Start, line.End);
        return new(file, start, file.Bytes[start..line.End].TrimEnd(" \t\r\n\v\f"u8).Length);
    }
}
