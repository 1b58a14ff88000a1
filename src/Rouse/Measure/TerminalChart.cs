using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Rouse.Tools.Measure;

/// <summary>The curves in letters: c cold, w warm, s shared, r resident, a standalone (alone), * more than one; : the break-even.</summary>
internal static class TerminalChart
{
    private const int Width = 64;
    private const int Height = 10;
    private const int LabelWidth = 9;

    public static void Append(StringBuilder text, Curves curves)
    {
        text.Append("memory (KiB) at a rate of connections\n");
        Append(text, curves, [.. curves.Ways.Select(way => (Letter(way.Way), curves.Memory(way, Width)))], least: 1);
        text.Append("\nfirst byte (ms) at a rate of connections\n");
        Append(text, curves, [.. curves.Ways.Select(way => (Letter(way.Way), curves.Latency(way, Width)))], least: 0.01);
        text.Append('\n').AppendJoin("   ", curves.Ways.Select(way => $"{Letter(way.Way)} {way.Way.Name()}"));
        text.Append(curves.Ways.Count > 1 ? "   * several" : "").Append(curves.BreakEven is null ? "\n" : "   : break-even\n");
    }

    private static void Append(StringBuilder text, Curves curves, List<(char Letter, double?[] Values)> lines, double least)
    {
        (double low, double high) = Curves.Bounds(lines.Select(line => line.Values), least);
        char[][] cells = [.. Enumerable.Range(0, Height).Select(_ => new char[Width])];
        if (curves.BreakEven is { } breakEven)
        {
            int column = (int)Math.Round(curves.Place(breakEven) * (Width - 1));
            for (int row = 0; row < Height; row++)
            {
                cells[row][column] = ':';
            }
        }

        foreach ((char letter, double?[] values) in lines)
        {
            for (int column = 0; column < Width; column++)
            {
                if (values[column] is { } value)
                {
                    double place = Math.Clamp(Math.Log(Math.Max(value, low) / low) / Math.Log(high / low), 0, 1);
                    int row = Height - 1 - (int)Math.Round(place * (Height - 1));
                    ref char cell = ref cells[row][column];
                    cell = cell is '\0' or ':' ? letter : '*';
                }
            }
        }

        for (int row = 0; row < Height; row++)
        {
            double value = low * Math.Pow(high / low, (double)(Height - 1 - row) / (Height - 1));
            string label = row is 0 or Height - 1 ? Number(value) : "";
            text.Append(label.PadLeft(LabelWidth)).Append(" |");
            for (int column = 0; column < Width; column++)
            {
                text.Append(cells[row][column] == '\0' ? ' ' : cells[row][column]);
            }

            TrimEnd(text);
            text.Append('\n');
        }

        AppendAxis(text, curves);
    }

    private static void AppendAxis(StringBuilder text, Curves curves)
    {
        text.Append(' ', LabelWidth).Append(" +").Append('-', Width).Append('\n');
        char[] names = new string(' ', LabelWidth + 2 + Width + 8).ToCharArray();
        int free = 0;
        foreach ((double rate, string name) in curves.Marks())
        {
            int at = LabelWidth + 2 + (int)Math.Round(curves.Place(rate) * (Width - 1));
            if (at >= free && at + name.Length <= names.Length)
            {
                name.CopyTo(names.AsSpan(at));
                free = at + name.Length + 1;
            }
        }

        text.Append(new string(names).TrimEnd()).Append('\n');
    }

    private static char Letter(Way way) => way switch
    {
        Way.Cold => 'c',
        Way.Warm => 'w',
        Way.Shared => 's',
        Way.Resident => 'r',
        _ => 'a',
    };

    private static string Number(double value) => value.ToString(value >= 1 ? "#,0" : "0.##", CultureInfo.InvariantCulture);

    private static void TrimEnd(StringBuilder text)
    {
        while (text[^1] == ' ')
        {
            text.Length--;
        }
    }
}
