using System;
using System.Collections.Generic;
using Rouse.Config.Binding;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>
/// One attribute line on its way into a draft: its values, what the host knows, and where findings go. One object serves all lines.
/// </summary>
internal sealed class Assignment(IConfigHost host, HostDatabases databases)
{
    private readonly List<TextRange> _values = [];
    private readonly WordPool _words = new();
    private AttributeSyntax _syntax;

    public IConfigHost Host { get; } = host;

    public HostDatabases Databases { get; } = databases;

    public SourceFile File { get; private set; } = null!;

    public Draft Draft { get; private set; } = null!;

    public AttributeRow Row { get; private set; } = null!;

    /// <summary>As it takes effect: in defaults <c>=</c> means <c>+=</c> for attributes that add up.</summary>
    public AssignOperator Operator { get; private set; }

    public int Count => _values.Count;

    public SourceSpan NameSpan => _syntax.Name.In(File);

    /// <summary>From the first value to the last; the operator where there is none.</summary>
    public SourceSpan ValuesSpan => _values.Count == 0
        ? _syntax.OperatorRange.In(File)
        : new(File, _values[0].Start, _values[^1].End - _values[0].Start);

    public void Begin(Draft draft, AttributeRow row, in AttributeSyntax syntax)
    {
        Draft = draft;
        File = draft.File;
        Row = row;
        _syntax = syntax;
        Operator = draft.IsDefaults && row.Operators == Operators.Cumulative && syntax.Operator == AssignOperator.Set
            ? AssignOperator.Add
            : syntax.Operator;
        syntax.CollectValues(File, _values);
    }

    /// <summary>Only the first so many values count.</summary>
    public void Keep(int count) => _values.RemoveRange(count, _values.Count - count);

    public ReadOnlySpan<byte> Value(int index) => File.Bytes.Slice(_values[index].Start, _values[index].Length);

    public string Text(int index) => _words.Of(Value(index));

    /// <summary>A word that may stand in other entries too: one string for all of them.</summary>
    public string Word(ReadOnlySpan<byte> word) => _words.Of(word);

    public SourceSpan Span(int index) => _values[index].In(File);

    /// <summary>Reports an error and returns false, for a parser to return.</summary>
    public bool Fail(string code, SourceSpan span, string what, string advice)
    {
        Draft.Report(code, Severity.Error, span, what, advice);
        return false;
    }

    public void Warn(string code, SourceSpan span, string what, string advice) => Draft.Report(code, Severity.Warning, span, what, advice);

    public void Note(string code, SourceSpan span, string what, string advice) => Draft.Report(code, Severity.Notice, span, what, advice);
}
