using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Rouse.Runlevels.Changes;

/// <summary>
/// What a change is about to do, written down before it does anything. Each line is a word and paths, in percent escapes where they hold
/// more than letters would; the last line says that all of it is there. A journal without that line was never begun on.
/// </summary>
internal static class Journal
{
    private const string Opening = "rouse-change 1\n";
    private const string Closing = "begun ";

    /// <summary>All but the last line.</summary>
    public static byte[] Write(IReadOnlyList<Step> steps)
    {
        StringBuilder text = new(Opening);
        foreach (Step step in steps)
        {
            text.Append(step switch
            {
                RenameLink rename => $"rename {Escape(rename.From)} {Escape(rename.To)}\n",
                MakeLink make => $"link {Escape(make.Path)} {Escape(make.Target)}\n",
                RemoveLink remove => $"remove {Escape(remove.Path)} {Escape(remove.Target)}\n",
                PlacedStep placed => $"place {Escape(placed.Prepared)} {Escape(placed.Path)}\n",
                _ => throw new InvalidOperationException("a step without a line in the journal"),
            });
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    /// <summary>The line that makes the steps before it binding.</summary>
    public static byte[] Close(ReadOnlySpan<byte> before) =>
        Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Closing}{before.Length} {Sum(before):x8}\n"));

    /// <summary>The lines of a journal and whether the change had begun. An unfinished last line is no line.</summary>
    public static List<string[]> Read(ReadOnlySpan<byte> bytes, out bool hasBegun)
    {
        hasBegun = false;
        List<string[]> lines = [];
        string text = Encoding.Latin1.GetString(bytes);
        int at = 0;
        for (int end; (end = text.IndexOf('\n', at)) >= 0; at = end + 1)
        {
            string line = text[at..end];
            if (line.StartsWith(Closing, StringComparison.Ordinal))
            {
                hasBegun = text[at..(end + 1)] == Encoding.Latin1.GetString(Close(bytes[..at]));
                break;
            }

            string[] words = line.Split(' ');
            if (at > 0 && words.Length == 3)
            {
                lines.Add([words[0], Unescape(words[1]), Unescape(words[2])]);
            }
        }

        return lines;
    }

    // FNV-1a: what it guards against is a write that was cut short, not somebody.
    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 2166136261;
        foreach (byte value in bytes)
        {
            sum = (sum ^ value) * 16777619;
        }

        return sum;
    }

    private static string Escape(string path)
    {
        StringBuilder text = new(path.Length);
        foreach (char c in path)
        {
            if (c is > ' ' and < (char)127 and not '%')
            {
                text.Append(c);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{(int)c:x2}");
            }
        }

        return text.ToString();
    }

    private static string Unescape(string word)
    {
        StringBuilder text = new(word.Length);
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] == '%' && i + 2 < word.Length && byte.TryParse(word.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out byte value))
            {
                text.Append((char)value);
                i += 2;
            }
            else
            {
                text.Append(word[i]);
            }
        }

        return text.ToString();
    }
}
