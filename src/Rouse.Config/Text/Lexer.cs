using System;
using Rouse.Config.Syntax;

namespace Rouse.Config.Text;

/// <summary>
/// Splits one line into tokens. The language is line by line, and what a byte means depends on the kind of its line (a brace is only a
/// brace where it stands alone), so the lexer is told the kind that the parser found. Tokens are made on demand and never stored.
/// </summary>
public ref struct Lexer
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly LineKind _kind;
    private readonly int _end;
    private int _at;
    private bool _operatorPassed;

    public Lexer(SourceFile file, Line line)
    {
        _bytes = file.Bytes;
        _kind = line.Kind;
        _at = line.Range.Start;
        _end = line.Range.End;
    }

    public bool Next(out Token token)
    {
        if (_at >= _end)
        {
            token = default;
            return false;
        }

        int start = _at;
        TokenKind kind = Scan();
        token = new(kind, new(start, _at - start));
        return true;
    }

    private TokenKind Scan()
    {
        byte first = _bytes[_at];
        if (first == (byte)'\n')
        {
            _at = _end;
            return TokenKind.LineEnd;
        }

        bool anySpace = _kind is not (LineKind.Keyword or LineKind.Skipped) && !_operatorPassed;
        if (Blanks.IsWordBreak(first) || (anySpace && Blanks.IsSpace(first)))
        {
            while (
                _at < _end && (Blanks.IsWordBreak(_bytes[_at]) || (anySpace && _bytes[_at] != (byte)'\n' && Blanks.IsSpace(_bytes[_at]))))
            {
                _at++;
            }

            return TokenKind.Blank;
        }

        switch (_kind)
        {
            case LineKind.Comment:
                _at += Rest().TrimEnd((byte)'\n').Length;
                return TokenKind.Comment;
            case LineKind.OpenBrace:
                _at++;
                return TokenKind.OpenBrace;
            case LineKind.CloseBrace:
                _at++;
                return TokenKind.CloseBrace;
            case LineKind.Attribute when !_operatorPassed:
                return ScanAttribute();
            default:
                int length = Rest().IndexOfAny(" \t\n"u8);
                _at = length < 0 ? _end : _at + length;
                return TokenKind.Word;
        }
    }

    private TokenKind ScanAttribute()
    {
        ReadOnlySpan<byte> rest = Rest();
        int operatorLength = rest[0] == (byte)'=' ? 1 : rest.StartsWith("+="u8) || rest.StartsWith("-="u8) ? 2 : 0;
        if (operatorLength > 0)
        {
            _operatorPassed = true;
            _at += operatorLength;
            return TokenKind.Operator;
        }

        while (_at < _end && !Blanks.IsSpace(_bytes[_at]) && _bytes[_at] != (byte)'=')
        {
            _at++;
        }

        return TokenKind.Word;
    }

    private readonly ReadOnlySpan<byte> Rest() => _bytes[_at.._end];
}
