using System;

namespace Rouse.Access.Wrappers;

/// <summary>
/// A pattern over text: a daemon, a user, a host's name, an address as it is written. What it means shows in its form: <c>ALL</c>,
/// <c>KNOWN</c>, <c>*</c> or <c>?</c> anywhere, <c>.end</c>, <c>beginning.</c>, or the whole text. Case does not count.
/// </summary>
internal sealed class TextPattern
{
    private const string Mapped = "::ffff:";

    private readonly Form _form;

    public TextPattern(string text)
    {
        Text = text;
        _form = FormOf(text);
        Literal = _form == Form.Wildcard ? WithoutEmptyTail(text) : text;
    }

    private enum Form
    {
        Whole,
        All,
        Known,
        Wildcard,
        End,
        Beginning,
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    public bool IsAll => _form == Form.All;

    /// <summary>Only one text fits (apart from case).</summary>
    public bool IsWhole => _form == Form.Whole;

    public bool IsWildcard => _form == Form.Wildcard;

    /// <summary>Every text with this end fits, if something stands before it.</summary>
    public bool IsEnd => _form == Form.End;

    public bool IsBeginning => _form == Form.Beginning;

    private string Literal { get; }

    /// <summary><paramref name="text"/> without the <c>::ffff:</c> that stands before an IPv4 address on an IPv6 socket.</summary>
    public static ReadOnlySpan<char> Unmapped(ReadOnlySpan<char> text) =>
        AsciiText.StartsWith(text, Mapped) && QuadText.TryRead(text[Mapped.Length..], out _) ? text[Mapped.Length..] : text;

    public bool Fits(ReadOnlySpan<char> text)
    {
        text = Unmapped(text);
        return _form switch
        {
            Form.All => true,
            Form.Known => !AsciiText.Same(text, WrapperName.UnknownWord),
            Form.Wildcard => FitsWildcard(text, Literal),
            Form.End => text.Length > Literal.Length && AsciiText.EndsWith(text, Literal),
            Form.Beginning => AsciiText.StartsWith(text, Literal),
            _ => AsciiText.Same(text, Literal),
        };
    }

    private static Form FormOf(string text)
    {
        if (text.AsSpan().ContainsAny('*', '?'))
        {
            return Form.Wildcard;
        }

        if (text.StartsWith('.'))
        {
            return Form.End;
        }

        if (AsciiText.Same(text, "ALL"))
        {
            return Form.All;
        }

        if (AsciiText.Same(text, "KNOWN"))
        {
            return Form.Known;
        }

        return text.EndsWith('.') ? Form.Beginning : Form.Whole;
    }

    // In the original a star that another star follows wants something to be left: `a**` does not fit `a`.
    private static string WithoutEmptyTail(string text)
    {
        int stars = text.Length - text.AsSpan().TrimEnd('*').Length;
        return stars < 2 ? text : string.Concat(text.AsSpan(0, text.Length - stars), "?*");
    }

    // Goes back to the last star only, so that the time is bounded by the product of the lengths, whatever a peer's name is.
    private static bool FitsWildcard(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        int at = 0;
        int wanted = 0;
        int star = -1;
        int resume = 0;
        while (at < text.Length)
        {
            if (wanted < pattern.Length && pattern[wanted] == '*')
            {
                star = wanted++;
                resume = at;
            }
            else if (wanted < pattern.Length && (pattern[wanted] == '?' || AsciiText.Lower(pattern[wanted]) == AsciiText.Lower(text[at])))
            {
                wanted++;
                at++;
            }
            else if (star >= 0)
            {
                wanted = star + 1;
                at = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[wanted..].IndexOfAnyExcept('*') < 0;
    }
}
