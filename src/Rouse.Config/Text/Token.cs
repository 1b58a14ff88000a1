namespace Rouse.Config.Text;

/// <summary>What a stretch of a line is.</summary>
public enum TokenKind
{
    Blank,
    Comment,
    Word,
    Operator,
    OpenBrace,
    CloseBrace,
    LineEnd,
}

/// <summary>A stretch of a line. The tokens of a line lie end to end, so that together they are the line.</summary>
public readonly record struct Token(TokenKind Kind, TextRange Range);
