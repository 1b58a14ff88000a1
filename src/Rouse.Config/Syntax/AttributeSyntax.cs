using System;
using System.Collections.Generic;
using Rouse.Config.Text;

namespace Rouse.Config.Syntax;

/// <summary>How an attribute line changes the attribute.</summary>
public enum AssignOperator
{
    Set,
    Add,
    Remove,
}

/// <summary>Why a line in an entry is no assignment.</summary>
public enum AttributeFault
{
    None,
    NothingAfterName,
    NoSpaceBeforeOperator,
    BadOperator,

    /// <summary>A byte 0 in the line: no argument, path or name can hold one.</summary>
    NulByte,

    /// <summary>The line ends in CR LF.</summary>
    CarriageReturn,
}

/// <summary>An attribute line taken apart: where its name, its operator and its values are.</summary>
public readonly record struct AttributeSyntax(
    Line Line, TextRange Name, AssignOperator Operator, TextRange OperatorRange, TextRange ValuesRange, AttributeFault Fault)
{
    private static ReadOnlySpan<byte> OwnComment => "#rouse:"u8;

    /// <summary>
    /// A comment that is an attribute line for Rouse alone: <c>#rouse: start = warm</c>. The original reads such a file without a word.
    /// </summary>
    public static bool TryReadComment(SourceFile file, Line line, out AttributeSyntax syntax)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        int start = Blanks.SkipSpaces(bytes, line.Range.Start, line.Range.End);
        int after = start + OwnComment.Length;
        if (line.Kind != LineKind.Comment || after > line.Range.End || !bytes[start..after].Is(OwnComment))
        {
            syntax = default;
            return false;
        }

        syntax = Read(file, new Line(LineKind.Attribute, new(after, line.Range.End - after)));
        return true;
    }

    public static AttributeSyntax Read(SourceFile file, Line line)
    {
        ReadOnlySpan<byte> bytes = file.Bytes;
        int end = line.Range.End;
        if (end > line.Range.Start && bytes[end - 1] == (byte)'\n')
        {
            end--;
        }

        int nameStart = Blanks.SkipSpaces(bytes, line.Range.Start, end);
        int at = nameStart;
        while (at < end && !Blanks.IsSpace(bytes[at]) && bytes[at] != (byte)'=')
        {
            at++;
        }

        TextRange name = new(nameStart, at - nameStart);
        int operatorStart = Blanks.SkipSpaces(bytes, at, end);
        AssignOperator assign = AssignOperator.Set;
        int operatorLength = 1;
        AttributeFault fault = AttributeFault.None;
        if (operatorStart == end)
        {
            fault = AttributeFault.NothingAfterName;
            operatorLength = 0;
        }
        else if (bytes[operatorStart] == (byte)'=')
        {
            fault = operatorStart == at ? AttributeFault.NoSpaceBeforeOperator : AttributeFault.None;
        }
        else if (operatorStart + 1 < end && bytes[operatorStart] is (byte)'+' or (byte)'-' && bytes[operatorStart + 1] == (byte)'=')
        {
            assign = bytes[operatorStart] == (byte)'+' ? AssignOperator.Add : AssignOperator.Remove;
            operatorLength = 2;
        }
        else
        {
            fault = AttributeFault.BadOperator;
        }

        int valuesStart = operatorStart + operatorLength;
        if (bytes[line.Range.Start..end].Contains((byte)0))
        {
            fault = AttributeFault.NulByte;
        }
        else if (bytes[end - 1] == (byte)'\r')
        {
            fault = AttributeFault.CarriageReturn;
        }

        return new(line, name, assign, new(operatorStart, operatorLength), new(valuesStart, end - valuesStart), fault);
    }

    /// <summary>A word that ends the values of an attribute which takes a fixed number of them, if it is one too many.</summary>
    public static bool BeginsComment(ReadOnlySpan<byte> word) => word is [(byte)'#', ..];

    /// <summary>The value of an attribute that takes one, without a comment after it; all there is where there are more.</summary>
    public ReadOnlySpan<byte> OnlyValue(SourceFile file)
    {
        int at = ValuesRange.Start;
        int next = 0;
        if (Blanks.NextWord(file.Bytes, ref at, ValuesRange.End, out TextRange value)
            && (next = Blanks.SkipSpaces(file.Bytes, at, ValuesRange.End)) < ValuesRange.End && !BeginsComment(file.Bytes[next..ValuesRange.End]))
        {
            value = new(value.Start, ValuesRange.End - value.Start);
        }

        return file.Bytes.Slice(value.Start, value.Length);
    }

    /// <summary>Replaces the contents of <paramref name="values"/> by the values' places.</summary>
    public void CollectValues(SourceFile file, List<TextRange> values)
    {
        values.Clear();
        int at = ValuesRange.Start;
        while (Blanks.NextWord(file.Bytes, ref at, ValuesRange.End, out TextRange word))
        {
            values.Add(word);
        }
    }
}
