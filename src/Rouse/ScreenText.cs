using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Rouse.Config.Text;

namespace Rouse.Tools;

/// <summary>
/// Text from files as a terminal may be given it. Names and descriptions are other people's bytes: no control byte, and no character that
/// changes the direction or the place of others, gets through, and every character's width is known.
/// </summary>
internal static class ScreenText
{
    // East Asian wide characters and pictographs: two columns each. First and last of each range.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x2e80, 0x303e), (0x3041, 0xa4cf), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f), (0xff00, 0xff60),
        (0xffe0, 0xffe6), (0x1f300, 0x1faff), (0x20000, 0x3fffd),
    ];

    /// <summary>The terminal's locale is one of UTF-8. locale(7): the first of these that is set counts.</summary>
    public static bool IsUtf8Locale
    {
        get
        {
            string locale = "";
            foreach (string name in (string[])["LANG", "LC_CTYPE", "LC_ALL"])
            {
                locale = Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : locale;
            }

            return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <param name="bytes">One char a byte.</param>
    /// <param name="isUtf8">Whether the terminal shows UTF-8; otherwise only ASCII is shown.</param>
    public static string Of(string bytes, bool isUtf8)
    {
        StringBuilder text = new(bytes.Length);
        foreach (Rune rune in Encoding.UTF8.GetString(SourceFile.Encode(bytes)).EnumerateRunes())
        {
            bool isShown = rune.IsAscii ? rune.Value is >= ' ' and < 0x7f : isUtf8 && IsPlain(rune);
            if (isShown)
            {
                text.Append(rune);
            }
            else
            {
                text.Append(rune.Value == '\t' ? ' ' : '?');
            }
        }

        return text.ToString();
    }

    /// <summary>In columns.</summary>
    public static int Width(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += WidthOf(rune);
        }

        return width;
    }

    /// <summary>Exactly so many columns: filled up with blanks, or cut with a tilde at the end.</summary>
    public static string Fit(string text, int width)
    {
        int whole = Width(text);
        if (whole <= width)
        {
            return text + new string(' ', width - whole);
        }

        StringBuilder cut = new(width);
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (used + WidthOf(rune) > width - 1)
            {
                break;
            }

            cut.Append(rune);
            used += WidthOf(rune);
        }

        return width <= 0 ? "" : cut.Append('~').Append(' ', width - 1 - used).ToString();
    }

    /// <summary>Lines of at most so many columns, broken between words where that is possible.</summary>
    public static List<string> Wrap(string text, int width)
    {
        List<string> lines = [];
        StringBuilder line = new();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string rest = word;
            if (line.Length > 0 && Width(line.ToString()) + 1 + Width(rest) > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            while (Width(rest) > width)
            {
                int cut = Math.Max(CutAt(rest, width), 1);
                lines.Add(rest[..cut]);
                rest = rest[cut..];
            }

            line.Append(line.Length > 0 ? " " : "").Append(rest);
        }

        if (line.Length > 0)
        {
            lines.Add(line.ToString());
        }

        return lines;
    }

    private static int CutAt(string text, int width)
    {
        int at = 0;
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += WidthOf(rune);
            if (used > width)
            {
                break;
            }

            at += rune.Utf16SequenceLength;
        }

        // A character of two columns in a window of one: it is broken off whole nevertheless.
        return at == 0 && Rune.TryGetRuneAt(text, 0, out Rune first) ? first.Utf16SequenceLength : at;
    }

    // No marks that combine, no formats (direction, joiners), nothing unassigned or private: their widths are anybody's guess.
    private static bool IsPlain(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter => true,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => true,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => true,
        UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation => true,
        UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation => true,
        UnicodeCategory.OtherPunctuation or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol => true,
        UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherSymbol => true,
        _ => false,
    };

    private static int WidthOf(Rune rune) => Array.Exists(Wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2 : 1;
}
