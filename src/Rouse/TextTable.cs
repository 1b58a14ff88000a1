using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Rouse.Tools;

/// <summary>
/// Tables for people: columns as wide as their widest word, no line folded or cut, so that other programs can pick lines out. Text is one
/// char a byte, as it came.
/// </summary>
internal static class TextTable
{
    public static void Append(StringBuilder text, List<string[]> rows)
    {
        int[] widths = new int[rows[0].Length];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = Visible(row[i]);
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                text.Append(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i] + 2));
            }

            text.Append('\n');
        }
    }

    public static string Age(long seconds) => seconds switch
    {
        < 0 => "0 s",
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60} min"),
        < 48 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400} d"),
    };

    /// <summary>A configuration's bytes must not move the cursor.</summary>
    public static string Visible(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = from[i] is < ' ' or '\x7f' ? '?' : from[i];
        }
    });
}
