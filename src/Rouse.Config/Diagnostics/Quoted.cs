using System;
using System.Globalization;
using System.Text;
using Rouse.Config.Text;

namespace Rouse.Config.Diagnostics;

/// <summary>A word of a file as a message shows it: in quotes, cut where it is long, without the bytes that steer a terminal.</summary>
public static class Quoted
{
    private const int Longest = 80;

    /// <summary>A word as bytes.</summary>
    public static string Of(ReadOnlySpan<byte> word) => Of(
        SourceFile.Decode(word.Length > Longest ? word[..Longest] : word), word.Length > Longest);

    /// <summary>A word of one char a byte.</summary>
    public static string Of(string word) => word.Length > Longest ? Of(word[..Longest], cut: true) : Of(word, cut: false);

    private static string Of(string word, bool cut)
    {
        StringBuilder text = new(word.Length + 2);
        text.Append('\'');
        foreach (char c in word)
        {
            if (c is < ' ' or (char)127)
            {
                text.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Append(cut ? "...'" : "'").ToString();
    }
}
