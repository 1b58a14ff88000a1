using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Config.Diagnostics;
using Rouse.Config.Doctor;

namespace Rouse.Config.Tests.Doctor;

/// <summary>Short ways to have a configuration examined, and to look at what the doctor says.</summary>
internal static class Examined
{
    /// <summary>A service in order but for the lines added to it, whose findings are those of <paramref name="lines"/>.</summary>
    public static List<string> Lines(string lines, MemoryHost? host = null, MemoryDoctor? doctor = null) =>
        Words(Text(Loaded.Service(lines), host, doctor));

    public static IReadOnlyCollection<Diagnostic> Text(string text, MemoryHost? host = null, MemoryDoctor? doctor = null)
    {
        host ??= new();
        Configuration configuration = Loaded.From(text, host);
        Assert.Equal([], configuration.Diagnostics.Where(found => found.Severity == Severity.Error).Select(found => found.Message));
        Examination examination = new(configuration, host, doctor ?? new());
        GeneralDoctor.Look(examination);
        return examination.Findings;
    }

    /// <summary><c>CODE severity 'what it points at'</c> of each finding, in the order of the file.</summary>
    public static List<string> Words(IEnumerable<Diagnostic> findings) =>
    [
        .. findings.OrderBy(found => found.Span.Start).Select(found =>
            $"{found.Code} {found.Severity.ToString().ToLowerInvariant()} {Quoted.Of(found.Span.File!.Bytes.Slice(found.Span.Start, found.Span.Length))}"),
    ];

    /// <summary>The one finding; its message.</summary>
    public static string Only(IReadOnlyCollection<Diagnostic> findings, string code)
    {
        Diagnostic found = Assert.Single(findings);
        Assert.Equal(code, found.Code);
        Assert.EndsWith(".", found.Message, StringComparison.Ordinal);
        return found.Message;
    }
}
