using System;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Binding;

/// <summary>Takes the lines of an entry into its draft, by the rules of the attribute table.</summary>
internal sealed class EntryBinder(Assignment assignment, string switchedOn)
{
    public void BindService(Draft draft, Entry entry)
    {
        if (entry.Fault == EntryFault.MissingOpenBrace)
        {
            // Reported with the frame; nothing in it can be trusted, and what is missing in it is not known.
            draft.MarkBroken();
            draft.MentionAll();
            return;
        }

        bool disabled = false;
        int end = IsSwitchedOn(draft, entry) ? entry.LineCount : FindOwnDisable(entry, out disabled);
        draft.IsDisabled = disabled;
        Bind(draft, entry, end);
        if (entry.Fault == EntryFault.Incomplete)
        {
            draft.MarkBroken();
        }
    }

    public void BindDefaults(Draft draft, Entry entry)
    {
        Bind(draft, entry, entry.LineCount);
        if (entry.Fault != EntryFault.None)
        {
            draft.MarkBroken();
        }
    }

    /// <summary>
    /// Where the lines end that count: after <c>disable = yes</c> the rest of the entry is not looked at. Known beforehand, because
    /// what is wrong with an entry that is switched off costs nothing.
    /// </summary>
    private static int FindOwnDisable(Entry entry, out bool disabled)
    {
        ReadOnlySpan<Line> lines = entry.Lines;
        SourceFile file = entry.Tree.File;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Kind != LineKind.Attribute || !MayDisable(file, lines[i]))
            {
                continue;
            }

            AttributeSyntax syntax = AttributeSyntax.Read(file, lines[i]);
            ReadOnlySpan<byte> values = syntax.OnlyValue(file);
            if (syntax.Fault == AttributeFault.None && syntax.Operator == AssignOperator.Set
                && file.Bytes.Slice(syntax.Name.Start, syntax.Name.Length).Is("disable"u8)
                && (values.Is("yes"u8) || values.Is("no"u8)))
            {
                disabled = values.Is("yes"u8);
                return disabled ? i + 1 : lines.Length;
            }
        }

        disabled = false;
        return lines.Length;
    }

    // Of ten lines nine begin with another letter and need not be taken apart twice.
    private static bool MayDisable(SourceFile file, Line line)
    {
        int start = Blanks.SkipSpaces(file.Bytes, line.Range.Start, line.Range.End);
        return start < line.Range.End && (file.Bytes[start] | 0x20) == 'd';
    }

    // By its name, or by its id, which may stand after the line that disables it.
    private bool IsSwitchedOn(Draft draft, Entry entry)
    {
        if (switchedOn.Length == 0 || draft.Name == switchedOn)
        {
            return switchedOn.Length > 0;
        }

        SourceFile file = entry.Tree.File;
        return entry.TryFind("id"u8, out AttributeSyntax id)
            && SourceFile.Decode(id.OnlyValue(file)) == switchedOn;
    }

    private void Bind(Draft draft, Entry entry, int end)
    {
        SourceFile file = entry.Tree.File;
        bool carriageReturnTold = false;
        foreach (Line line in entry.Lines[..end])
        {
            bool isComment = AttributeSyntax.TryReadComment(file, line, out AttributeSyntax syntax);
            if (!isComment && line.Kind != LineKind.Attribute)
            {
                continue;
            }

            syntax = isComment ? syntax : AttributeSyntax.Read(file, line);
            if (syntax.Fault == AttributeFault.None)
            {
                BindLine(draft, file, syntax, isComment);
                continue;
            }

            // The line is there, only not understood: that it were missing is not to be told too.
            if (AttributeTable.Find(file.Bytes.Slice(syntax.Name.Start, syntax.Name.Length).TrimEnd("+-"u8)) is { } meant)
            {
                draft.Mention(meant.Id);
            }

            if (syntax.Fault != AttributeFault.CarriageReturn || !carriageReturnTold)
            {
                carriageReturnTold |= syntax.Fault == AttributeFault.CarriageReturn;
                ReportLine(draft, file, syntax);
            }
        }
    }

    private void BindLine(Draft draft, SourceFile file, in AttributeSyntax syntax, bool isComment)
    {
        ReadOnlySpan<byte> name = file.Bytes.Slice(syntax.Name.Start, syntax.Name.Length);
        SourceSpan span = syntax.Name.In(file);
        AttributeRow? row = AttributeTable.Find(name);
        if (isComment && row?.IsOwn != true)
        {
            // An access rule that somebody believes to hold must not be passed over.
            draft.Fail(
                Codes.OwnComment,
                span,
                $"{Quoted.Of(name)} cannot stand in a comment that begins with '#rouse:'",
                row is null ? Spelling.Advice(name, Places.Service) : "Write it as a line of its own: the original knows it too.");
            return;
        }

        Places place = draft.IsDefaults ? Places.Defaults : Places.Service;
        if (row is null || (row.Places == Places.Defaults && !draft.IsDefaults))
        {
            string advice = row is null ? Spelling.Advice(name, place) : "It can only stand in defaults.";
            draft.Report(
                Codes.UnknownAttribute,
                Severity.Warning,
                span,
                $"{Quoted.Of(name)} is no attribute of a service; the line is ignored",
                advice);
            return;
        }

        if (!row.Places.HasFlag(place))
        {
            draft.Report(
                Codes.NotInDefaults,
                Severity.Warning,
                span,
                $"{row.Name} cannot stand in defaults; the line is ignored",
                "Write it into each service that needs it.");
            return;
        }

        bool setOnce = row.Operators != Operators.Cumulative;
        if (setOnce && draft.Has(row.Id))
        {
            SourceSpan first = draft.PlaceOf(row.Id);
            string where = first.File == file ? $"in line {file.Position(first.Start).Line}" : $"in {first}";
            bool isError = row.Operators == Operators.SetOnceForAll && draft.IsDefaults;
            draft.Report(
                Codes.AlreadySet,
                isError ? Severity.Error : Severity.Warning,
                span,
                $"{row.Name} is already set {where}" + (isError ? "" : "; this line is ignored"),
                "Keep one of the two lines.");
            return;
        }

        if (setOnce && syntax.Operator != AssignOperator.Set)
        {
            draft.Report(
                Codes.OperatorNotAllowed,
                Severity.Warning,
                syntax.OperatorRange.In(file),
                $"{row.Name} takes only '='; the line is ignored",
                "Write '='.");
            return;
        }

        TellOwn(draft, row, span, isComment);
        draft.Mention(row.Id);
        assignment.Begin(draft, row, syntax);
        if (CheckCount(assignment, row) && row.Parse(assignment))
        {
            draft.Specify(row.Id, assignment.ValuesSpan);
        }
    }

    private static void TellOwn(Draft draft, AttributeRow row, SourceSpan span, bool isComment)
    {
        if (row.IsOwn && !isComment && !draft.IsOwnTold)
        {
            draft.IsOwnTold = true;
            draft.Report(
                Codes.OwnAttribute,
                Severity.Notice,
                span,
                $"{row.Name} is an attribute of Rouse; xinetd would ignore the line with a warning",
                $"A file that both read may have it as a comment: '#rouse: {row.Name} = ...'.");
        }
    }

    private static bool CheckCount(Assignment a, AttributeRow row) => row.Arity switch
    {
        Arity.AnyNumber => true,
        Arity.OneOrMore => a.Count > 0 || a.Fail(
            Codes.NoValue, a.ValuesSpan, $"{row.Name} needs at least one value", "Write it, or take the line out."),
        _ => a.Count == (int)row.Arity || HasOnlyACommentTooMuch(a, (int)row.Arity) || a.Fail(
            Codes.WrongNumberOfValues,
            a.ValuesSpan,
            $"{row.Name} takes {(row.Arity == Arity.One ? "one value" : "two values")} and has {a.Count}",
            a.Count == 0
                ? "Write the value, or take the line out; the original ignores such a line."
                : "The original ignores such a line, so that what it should set is not set."),
    };

    // What was meant is beyond doubt, and a limit that was written must hold; only the original sees nothing in such a line.
    // Differs from xinetd: D-013, see docs/differences.md.
    private static bool HasOnlyACommentTooMuch(Assignment a, int wanted)
    {
        if (a.Count <= wanted || !AttributeSyntax.BeginsComment(a.Value(wanted)))
        {
            return false;
        }

        SourceSpan last = a.Span(a.Count - 1);
        SourceSpan comment = new(a.File, a.Span(wanted).Start, last.Start + last.Length - a.Span(wanted).Start);
        a.Keep(wanted);
        string value = Quoted.Of(a.File.Bytes.Slice(a.ValuesSpan.Start, a.ValuesSpan.Length));
        a.Warn(
            Codes.CommentAfterValue,
            comment,
            $"what follows the value of {a.Row.Name} from '#' on is passed over as a comment, and {value} holds",
            "The original ignores the whole line. Make the comment a line of its own.");
        return true;
    }

    private static void ReportLine(Draft draft, SourceFile file, in AttributeSyntax syntax)
    {
        string name = Quoted.Of(file.Bytes.Slice(syntax.Name.Start, syntax.Name.Length));
        SourceSpan span = syntax.Name.In(file);
        switch (syntax.Fault)
        {
            case AttributeFault.NothingAfterName:
                draft.Fail(
                    Codes.NothingAfterName, span, $"nothing follows {name}", "A line of an entry is a name, an operator and values.");
                break;
            case AttributeFault.NoSpaceBeforeOperator:
                draft.Fail(
                    Codes.NoSpaceBeforeOperator,
                    syntax.OperatorRange.In(file),
                    $"there is no blank between {name} and '='",
                    "Put one there.");
                break;
            case AttributeFault.BadOperator:
                draft.Fail(
                    Codes.BadOperator,
                    syntax.OperatorRange.In(file),
                    $"{name} is not followed by =, += or -=",
                    "A line of an entry is a name, an operator and values.");
                break;
            case AttributeFault.NulByte:
                draft.Fail(Codes.NulByte, span, "the line holds a byte 0", "Restore the file from where it came from.");
                break;
            default:
                draft.Fail(
                    Codes.CarriageReturn,
                    span,
                    "the line ends in CR LF, so that the last value has a carriage return in it",
                    "Convert the file to lines that end in LF.");
                break;
        }
    }
}
