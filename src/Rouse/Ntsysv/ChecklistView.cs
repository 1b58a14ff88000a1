using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Rouse.Tools.Ntsysv;

/// <summary>A line of the screen, as wide as it, and the part of it that is shown reversed.</summary>
internal readonly record struct ScreenLine(string Text, int ReversedStart = 0, int ReversedLength = 0);

/// <summary>What is on the screen, and where its cursor stands (rows and columns from 0).</summary>
internal sealed record ScreenPicture(IReadOnlyList<ScreenLine> Lines, int CursorRow, int CursorColumn);

/// <summary>Draws the checklist: a state and a size in, lines out.</summary>
internal sealed class ChecklistView(string title, bool hasBack)
{
    /// <summary>What the list, its frame and its buttons need.</summary>
    public const int LeastColumns = 40;
    public const int LeastRows = 10;

    // Title, heading; position, buttons, help.
    private const int Above = 2;
    private const int Below = 3;
    private const int MostOfName = 32;

    // Mark, box and the blanks between; kind; levels.
    private const int BeforeName = 6;
    private const int Kind = 8;
    private const int Levels = 8;

    /// <summary>How many services a screen of so many rows shows.</summary>
    public static int Page(int rows) => Math.Max(rows - Above - Below, 1);

    public static bool IsTooSmall(int columns, int rows) => columns < LeastColumns || rows < LeastRows;

    public ScreenPicture Draw(Checklist list, int columns, int rows)
    {
        if (IsTooSmall(columns, rows))
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"Too small: {LeastColumns}x{LeastRows} needed");
            ScreenLine[] empty = [.. Enumerable.Repeat(new ScreenLine(new string(' ', Math.Max(columns, 0))), Math.Max(rows, 0))];
            if (empty.Length > 0)
            {
                empty[0] = new ScreenLine(ScreenText.Fit(text, columns));
            }

            return new ScreenPicture(empty, 0, 0);
        }

        return list.IsDescribing ? DrawDescription(list, columns, rows) : DrawList(list, columns, rows);
    }

    /// <summary>The lines of a service's description at such a width.</summary>
    public static List<string> Describe(ChecklistItem item, int columns)
    {
        List<string> lines =
        [
            $"{item.Path}",
            item.IsXinetd ? "xinetd service, started when somebody connects" : item.OnIn == "-" ? "init script, on in no level" : $"init script, on in levels {item.OnIn}",
            "",
        ];
        lines.AddRange(item.Description.Length == 0 ? ["It does not describe itself."] : ScreenText.Wrap(item.Description, columns - 2));
        foreach (string note in item.Notes)
        {
            lines.Add("");
            lines.AddRange(ScreenText.Wrap(note, columns - 2));
        }

        return lines;
    }

    private ScreenPicture DrawList(Checklist list, int columns, int rows)
    {
        int page = Page(rows);
        int longest = list.Items.Select(item => ScreenText.Width(item.Label)).DefaultIfEmpty(0).Max();
        int nameWidth = Math.Clamp(longest, 8, Math.Min(MostOfName, columns - BeforeName - 1 - Kind - Levels));
        string heading = new string(' ', BeforeName) + ScreenText.Fit("NAME", nameWidth + 1) + ScreenText.Fit("KIND", Kind)
            + ScreenText.Fit("ON IN", Levels) + "DESCRIPTION";
        List<ScreenLine> lines = [Title(title, columns), new(ScreenText.Fit(heading, columns))];
        for (int row = 0; row < page; row++)
        {
            int index = list.Top + row;
            bool isCursor = index == list.Cursor && list.Focus == ChecklistFocus.List;
            string text = index < list.Items.Count ? Row(list, index, nameWidth) : "";
            lines.Add(new ScreenLine(ScreenText.Fit(text, columns), 0, isCursor && text.Length > 0 ? columns : 0));
        }

        string position = list.Items.Count > page
            ? string.Create(CultureInfo.InvariantCulture, $"  {list.Top + 1}-{Math.Min(list.Top + page, list.Items.Count)} of {list.Items.Count}")
            : "";
        lines.Add(new ScreenLine(ScreenText.Fit(position, columns)));
        ScreenLine buttons = Buttons(list.Focus, columns);
        lines.Add(buttons);
        lines.Add(new ScreenLine(ScreenText.Fit(" Space on/off  F1 about  Tab buttons  Esc " + (hasBack ? "back" : "cancel"), columns)));
        return list.Focus == ChecklistFocus.List
            ? new ScreenPicture(lines, Above + list.Cursor - list.Top, 3)
            : new ScreenPicture(lines, rows - 2, buttons.ReversedStart + 2);
    }

    private static string Row(Checklist list, int index, int nameWidth)
    {
        ChecklistItem item = list.Items[index];
        char mark = !item.MayChange ? '-' : list.IsOn(index) ? '*' : ' ';
        char changed = list.IsOn(index) != item.IsOn ? '!' : ' ';
        return $"{(index == list.Cursor ? '>' : ' ')} [{mark}]{changed}{ScreenText.Fit(item.Label, nameWidth)} {ScreenText.Fit(item.Kind, Kind)}"
            + $"{ScreenText.Fit(item.OnIn, Levels)}{item.Description}";
    }

    private ScreenLine Buttons(ChecklistFocus focus, int columns)
    {
        string ok = "[ Ok ]";
        string cancel = hasBack ? "[ Back ]" : "[ Cancel ]";
        string both = $"{ok}    {cancel}";
        int start = (columns - both.Length) / 2;
        string text = ScreenText.Fit(new string(' ', start) + both, columns);
        return focus switch
        {
            ChecklistFocus.Ok => new ScreenLine(text, start, ok.Length),
            ChecklistFocus.Cancel => new ScreenLine(text, start + both.Length - cancel.Length, cancel.Length),
            _ => new ScreenLine(text),
        };
    }

    private static ScreenPicture DrawDescription(Checklist list, int columns, int rows)
    {
        ChecklistItem item = list.Items[list.Cursor];
        List<string> text = Describe(item, columns);
        int page = Page(rows);
        List<ScreenLine> lines = [Title(item.Label, columns), new(new string(' ', columns))];
        for (int row = 0; row < page; row++)
        {
            int index = list.DescriptionTop + row;
            lines.Add(new ScreenLine(ScreenText.Fit(index < text.Count ? " " + text[index] : "", columns)));
        }

        string more = list.DescriptionTop + page < text.Count ? "  more below" : "";
        lines.Add(new ScreenLine(ScreenText.Fit(more, columns)));
        lines.Add(new ScreenLine(new string(' ', columns)));
        lines.Add(new ScreenLine(ScreenText.Fit(" Esc back to the list", columns)));
        return new ScreenPicture(lines, rows - 1, 1);
    }

    private static ScreenLine Title(string text, int columns) => new(ScreenText.Fit(" " + text, columns), 0, columns);
}
