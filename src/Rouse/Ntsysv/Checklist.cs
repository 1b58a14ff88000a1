using System;
using System.Collections.Generic;
using System.Linq;
using Rouse.Runlevels.Changes;

namespace Rouse.Tools.Ntsysv;

/// <summary>Where the next key goes.</summary>
internal enum ChecklistFocus
{
    List,
    Ok,
    Cancel,
}

/// <summary>How the list was left.</summary>
internal enum ChecklistEnd
{
    None,
    Ok,
    Cancel,
}

/// <summary>
/// The list and what is done to it: a key in, another state out. It knows of the screen only how many services fit on it.
/// <code>
/// list --Tab--> Ok --Tab--> Cancel --Tab--> list      Enter: on the list to Ok, on a button that button
/// list --F1--> description --Escape, F1, Enter, Space--> list
/// everywhere else: Escape cancels, F12 is Ok
/// </code>
/// </summary>
internal sealed class Checklist(IReadOnlyList<ChecklistItem> items)
{
    private readonly bool[] _on = [.. items.Select(item => item.IsOn)];

    public IReadOnlyList<ChecklistItem> Items => items;

    public ChecklistFocus Focus { get; private set; }

    public ChecklistEnd End { get; private set; }

    /// <summary>The service that the keys are about.</summary>
    public int Cursor { get; private set; }

    /// <summary>The first one on the screen.</summary>
    public int Top { get; private set; }

    /// <summary>The description of the service is shown in place of the list.</summary>
    public bool IsDescribing { get; private set; }

    /// <summary>The first line of the description on the screen.</summary>
    public int DescriptionTop { get; private set; }

    public bool IsOn(int index) => _on[index];

    /// <summary>What is not as it was found.</summary>
    public IReadOnlyList<ServiceSwitch> Changes =>
        [.. items.Select((item, index) => new ServiceSwitch(item.Name, item.IsXinetd, _on[index])).Where((_, index) => _on[index] != items[index].IsOn)];

    /// <param name="key">What was pressed.</param>
    /// <param name="page">How many services, or lines of a description, the screen shows.</param>
    /// <param name="descriptionLines">How many lines the description has there.</param>
    public void Press(in Key key, int page, int descriptionLines)
    {
        if (key.Kind == KeyKind.Interrupt)
        {
            End = ChecklistEnd.Cancel;
        }
        else if (IsDescribing)
        {
            PressInDescription(key.Kind, page, descriptionLines);
        }
        else
        {
            PressInList(key, page);
        }

        Show(page);
    }

    /// <summary>Moves the part of the list on the screen so that the cursor is in it.</summary>
    public void Show(int page)
    {
        page = Math.Max(page, 1);
        Top = Math.Clamp(Top, Math.Max(Cursor - page + 1, 0), Cursor);
        Top = Math.Min(Top, Math.Max(items.Count - page, 0));
    }

    private void PressInDescription(KeyKind kind, int page, int lines)
    {
        int last = Math.Max(lines - page, 0);
        switch (kind)
        {
            case KeyKind.Up:
                DescriptionTop = Math.Max(DescriptionTop - 1, 0);
                break;
            case KeyKind.Down:
                DescriptionTop = Math.Min(DescriptionTop + 1, last);
                break;
            case KeyKind.PageUp:
                DescriptionTop = Math.Max(DescriptionTop - page, 0);
                break;
            case KeyKind.PageDown:
                DescriptionTop = Math.Min(DescriptionTop + page, last);
                break;
            case KeyKind.Escape or KeyKind.F1 or KeyKind.Enter or KeyKind.Space:
                IsDescribing = false;
                break;
            default:
                break;
        }
    }

    private void PressInList(in Key key, int page)
    {
        switch (key.Kind)
        {
            case KeyKind.Escape:
                End = ChecklistEnd.Cancel;
                break;
            case KeyKind.F12:
                End = ChecklistEnd.Ok;
                break;
            case KeyKind.F1:
                IsDescribing = items.Count > 0;
                DescriptionTop = 0;
                break;
            case KeyKind.Tab:
                Focus = (ChecklistFocus)(((int)Focus + 1) % 3);
                break;
            case KeyKind.BackTab:
                Focus = (ChecklistFocus)(((int)Focus + 2) % 3);
                break;
            case KeyKind.Enter or KeyKind.Space when Focus != ChecklistFocus.List:
                End = Focus == ChecklistFocus.Ok ? ChecklistEnd.Ok : ChecklistEnd.Cancel;
                break;
            case KeyKind.Left or KeyKind.Right when Focus != ChecklistFocus.List:
                Focus = Focus == ChecklistFocus.Ok ? ChecklistFocus.Cancel : ChecklistFocus.Ok;
                break;
            case KeyKind.Enter:
                Focus = ChecklistFocus.Ok;
                break;
            default:
                Move(key, page);
                break;
        }
    }

    // Whatever moves in the list, or is done in it, has the focus there again.
    private void Move(in Key key, int page)
    {
        if (items.Count == 0)
        {
            return;
        }

        int to = key.Kind switch
        {
            KeyKind.Up => Cursor - 1,
            KeyKind.Down => Cursor + 1,
            KeyKind.PageUp => Cursor - Math.Max(page, 1),
            KeyKind.PageDown => Cursor + Math.Max(page, 1),
            KeyKind.Home => 0,
            KeyKind.End => items.Count - 1,
            KeyKind.Letter => Next(key.Letter),
            KeyKind.Space => Cursor,
            _ => -1,
        };
        if (to == -1 && key.Kind is not (KeyKind.Up or KeyKind.PageUp))
        {
            return;
        }

        Focus = ChecklistFocus.List;
        Cursor = Math.Clamp(to, 0, items.Count - 1);
        if (key.Kind == KeyKind.Space && items[Cursor].MayChange)
        {
            _on[Cursor] = !_on[Cursor];
        }
    }

    // The next service that begins with the letter, after the last again from the first; where there is none, the same one.
    private int Next(char letter)
    {
        for (int i = 1; i <= items.Count; i++)
        {
            int at = (Cursor + i) % items.Count;
            if (items[at].Label.StartsWith(letter.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return at;
            }
        }

        return Cursor;
    }
}
