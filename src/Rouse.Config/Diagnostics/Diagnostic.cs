using Rouse.Config.Text;

namespace Rouse.Config.Diagnostics;

/// <summary>What a finding costs.</summary>
public enum Severity
{
    /// <summary>Nothing is lost; something is worth knowing.</summary>
    Notice,

    /// <summary>A line has no effect, or another one than its author may think.</summary>
    Warning,

    /// <summary>A service is left out, or the whole configuration is refused.</summary>
    Error,
}

/// <summary>
/// One finding. <paramref name="Code"/> is stable (<c>RS0001</c>…) and has a paragraph in docs/diagnostics.md; <paramref name="Message"/>
/// says what is wrong, what follows from it and what to do.
/// </summary>
public readonly record struct Diagnostic(string Code, Severity Severity, SourceSpan Span, string Message);
