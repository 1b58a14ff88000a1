using Rouse.Config.Text;

namespace Rouse.Config.Syntax;

/// <summary>What a line is, in the place where it stands.</summary>
public enum LineKind : byte
{
    Blank,
    Comment,

    /// <summary>Begins an entry: <c>service</c>, <c>defaults</c>, <c>include</c>, <c>includedir</c>.</summary>
    Keyword,

    OpenBrace,
    Attribute,
    CloseBrace,

    /// <summary>Passed over on the way to the next lone closing brace.</summary>
    Skipped,
}

/// <summary>One line with its line end. The lines of a file lie end to end.</summary>
public readonly record struct Line(LineKind Kind, TextRange Range);
