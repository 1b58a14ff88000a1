using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Rouse.Config.Text;

namespace Rouse.Config.Diagnostics;

/// <summary>
/// What was found wrong with one entry, before it is known what follows from it: an error in a service that is switched off costs
/// nothing. <paramref name="What"/> and <paramref name="Advice"/> are the first and the last part of the message.
/// </summary>
internal readonly record struct Finding(string Code, Severity Severity, SourceSpan Span, string What, string Advice);

/// <summary>Collects all findings of a configuration and puts them into the order of its files.</summary>
internal sealed class Findings
{
    private readonly List<Diagnostic> _diagnostics = [];

    public void Add(string code, Severity severity, SourceSpan span, string message) =>
        _diagnostics.Add(new(code, severity, span, message));

    /// <summary>Adds an entry's finding with what follows from it (<paramref name="consequence"/> counts for errors only).</summary>
    public void Add(in Finding finding, string consequence, bool costsNothing)
    {
        bool isError = finding.Severity == Severity.Error;
        string message = isError ? $"{finding.What}; {consequence}. {finding.Advice}" : $"{finding.What}. {finding.Advice}";
        Add(finding.Code, isError && costsNothing ? Severity.Notice : finding.Severity, finding.Span, message.TrimEnd(' '));
    }

    public ImmutableArray<Diagnostic> InOrderOf(List<SourceFile> files) => Sort([.. _diagnostics], files);

    /// <summary>By file and place; findings of one place stay in the order in which they were made.</summary>
    public static ImmutableArray<Diagnostic> Sort(Diagnostic[] diagnostics, IReadOnlyList<SourceFile> files)
    {
        Dictionary<SourceFile, int> ranks = new(files.Count, ReferenceEqualityComparer.Instance);
        for (int i = 0; i < files.Count; i++)
        {
            ranks[files[i]] = i;
        }

        (int File, int Offset, int Order)[] keys = new (int, int, int)[diagnostics.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            SourceSpan span = diagnostics[i].Span;
            keys[i] = (span.File is null ? -1 : ranks[span.File], span.Start, i);
        }

        Array.Sort(keys, diagnostics);
        return ImmutableCollectionsMarshal.AsImmutableArray(diagnostics);
    }
}
