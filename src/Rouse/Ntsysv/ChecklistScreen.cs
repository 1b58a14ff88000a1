using System;
using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Tools.Ntsysv;

/// <summary>Runs a checklist on the terminal until it is left, and gives the terminal back as it was.</summary>
internal static class ChecklistScreen
{
    // What a terminal sends for one key comes at once, or over a slow line almost.
    private const int EscapeMs = 200;

    /// <summary>A terminal that is lost, or a signal to end, cancels.</summary>
    public static ChecklistEnd Run(Terminal terminal, Checklist list, ChecklistView view)
    {
        if (!terminal.SetRaw().Ok)
        {
            return ChecklistEnd.Cancel;
        }

        try
        {
            return ScreenPainter.Open() ? Loop(terminal, list, view) : ChecklistEnd.Cancel;
        }
        finally
        {
            ScreenPainter.Close();
            terminal.Restore();
        }
    }

    private static ChecklistEnd Loop(Terminal terminal, Checklist list, ChecklistView view)
    {
        ScreenPainter painter = new();
        KeyReader reader = new();
        List<Key> keys = [];
        Span<byte> buffer = stackalloc byte[256];
        while (list.End == ChecklistEnd.None)
        {
            (int columns, int rows) = Size();
            list.Show(ChecklistView.Page(rows));
            if (!painter.Show(view.Draw(list, columns, rows)))
            {
                return ChecklistEnd.Cancel;
            }

            keys.Clear();
            switch (terminal.Await(buffer, reader.IsWaiting ? EscapeMs : -1, out int value))
            {
                case TerminalEvent.Input:
                    reader.Read(buffer[..value], keys);
                    break;
                case TerminalEvent.Timeout:
                    reader.Flush(keys);
                    break;
                case TerminalEvent.Signal when value == Signal.WINCH:
                    painter.Forget();
                    break;
                case TerminalEvent.Signal when value == Signal.CONT:
                    // The shell has had the terminal meanwhile.
                    terminal.SetRaw();
                    ScreenPainter.Open();
                    painter.Forget();
                    break;
                case TerminalEvent.Signal when value is not (Signal.HUP or Signal.INT or Signal.QUIT or Signal.TERM or Signal.ABRT):
                    break;
                default:
                    return ChecklistEnd.Cancel;
            }

            Press(list, keys, painter, columns, rows);
        }

        return list.End;
    }

    private static void Press(Checklist list, List<Key> keys, ScreenPainter painter, int columns, int rows)
    {
        bool isTooSmall = ChecklistView.IsTooSmall(columns, rows);
        foreach (Key key in keys)
        {
            if (key.Kind == KeyKind.Redraw)
            {
                painter.Forget();
            }

            // Nobody changes what is not to be seen.
            if (list.End == ChecklistEnd.None && (!isTooSmall || key.Kind is KeyKind.Escape or KeyKind.Interrupt))
            {
                int lines = list.IsDescribing ? ChecklistView.Describe(list.Items[list.Cursor], columns).Count : 0;
                list.Press(key, ChecklistView.Page(rows), lines);
            }
        }
    }

    // A serial line does not know its size: the terminals that stand at its end had this one.
    private static (int Columns, int Rows) Size() => Terminal.Size is { Columns: > 0, Rows: > 0 } size ? size : (80, 24);
}
