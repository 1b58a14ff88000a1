using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Rouse.Tools;
using Rouse.Tools.Ntsysv;

namespace Rouse.Runlevels.Tests;

/// <summary>ntsysv's list without a terminal: bytes to keys, keys to states, states to lines.</summary>
public sealed class ChecklistTests
{
    private const int Page = 19;
    private static readonly ChecklistView View = new("title", hasBack: false);

    [Theory]
    [InlineData("\e[A", nameof(KeyKind.Up))]
    [InlineData("\eOB", nameof(KeyKind.Down))]
    [InlineData("\e[1;5C", nameof(KeyKind.Right))]
    [InlineData("\e[5~", nameof(KeyKind.PageUp))]
    [InlineData("\e[6;2~", nameof(KeyKind.PageDown))]
    [InlineData("\e[1~", nameof(KeyKind.Home))]
    [InlineData("\eOF", nameof(KeyKind.End))]
    [InlineData("\eOP", nameof(KeyKind.F1))]
    [InlineData("\e[11~", nameof(KeyKind.F1))]
    [InlineData("\e[[A", nameof(KeyKind.F1))]
    [InlineData("\e[24~", nameof(KeyKind.F12))]
    [InlineData("\e[Z", nameof(KeyKind.BackTab))]
    [InlineData("\r", nameof(KeyKind.Enter))]
    [InlineData("\u00ff", nameof(KeyKind.Other))]
    public void A_keys_bytes_are_one_key_however_they_arrive(string bytes, string kind)
    {
        Assert.Equal([new Key(Enum.Parse<KeyKind>(kind))], Keys(bytes));
        KeyReader reader = new();
        List<Key> keys = [];
        foreach (char c in bytes)
        {
            reader.Read([(byte)c], keys);
        }

        Assert.Equal([new Key(Enum.Parse<KeyKind>(kind))], keys);
        Assert.False(reader.IsWaiting);
    }

    [Fact]
    public void An_escape_is_a_key_once_nothing_follows_it()
    {
        KeyReader reader = new();
        List<Key> keys = [];
        reader.Read("\e"u8, keys);
        Assert.Empty(keys);
        Assert.True(reader.IsWaiting);
        reader.Flush(keys);
        Assert.Equal([new Key(KeyKind.Escape)], keys);
        Assert.Equal([new Key(KeyKind.Escape), new Key(KeyKind.Up)], Keys("\e\e[A"));
        Assert.Equal([new Key(KeyKind.Letter, 'b')], Keys("\eab"));
        Assert.Equal([new Key(KeyKind.Letter, 'x')], Keys("\e[" + new string('1', 31) + "x"));
    }

    [Fact]
    public void Space_turns_and_turns_back()
    {
        Checklist list = List("a", "b");
        Press(list, " ");
        Assert.Equal([true], list.Changes.Select(change => change.On));
        Press(list, " ");
        Assert.Empty(list.Changes);
    }

    [Fact]
    public void What_may_not_be_changed_is_not()
    {
        Checklist list = new([new ChecklistItem("a.b", "a.b", true, "", false, MayChange: false)]);
        Press(list, " ");
        Assert.Empty(list.Changes);
        Assert.Contains("[-] a.b", Screen(list));
    }

    [Theory]
    [InlineData("\t\r", nameof(ChecklistEnd.Ok))]
    [InlineData("\r\r", nameof(ChecklistEnd.Ok))]
    [InlineData("\t\t ", nameof(ChecklistEnd.Cancel))]
    [InlineData("\e[Z\r", nameof(ChecklistEnd.Cancel))]
    [InlineData("\t\e[C\r", nameof(ChecklistEnd.Cancel))]
    [InlineData("\t\e[A\r", nameof(ChecklistEnd.None))]
    [InlineData("\u0003", nameof(ChecklistEnd.Cancel))]
    [InlineData("\e[24~", nameof(ChecklistEnd.Ok))]
    public void Buttons_end_it(string keys, string end)
    {
        Checklist list = List("a", "b");
        Press(list, keys);
        Assert.Equal(Enum.Parse<ChecklistEnd>(end), list.End);
    }

    [Fact]
    public void Letters_go_to_the_next_name_that_begins_so_and_around()
    {
        Checklist list = List("alpha", "beta", "Bravo", "gamma");
        Press(list, "b");
        Assert.Equal(1, list.Cursor);
        Press(list, "b");
        Assert.Equal(2, list.Cursor);
        Press(list, "b");
        Assert.Equal(1, list.Cursor);
        Press(list, "z");
        Assert.Equal(1, list.Cursor);
    }

    [Fact]
    public void The_cursor_is_always_on_the_screen()
    {
        Random random = new(5);
        string[] keys = ["\e[A", "\e[B", "\e[5~", "\e[6~", "\e[H", "\e[F", "7", " "];
        Checklist list = List([.. Enumerable.Range(0, 100).Select(i => $"{i % 10}{i}")]);
        for (int i = 0; i < 5000; i++)
        {
            int rows = random.Next(ChecklistView.LeastRows, 60);
            int page = ChecklistView.Page(rows);
            Assert.Single(Keys(keys[random.Next(keys.Length)]), key => Press(list, key, page));
            Assert.InRange(list.Cursor, list.Top, list.Top + page - 1);
            Assert.InRange(list.Top, 0, Math.Max(100 - page, 0));
            ScreenPicture picture = View.Draw(list, random.Next(ChecklistView.LeastColumns, 200), rows);
            Assert.Equal(rows, picture.Lines.Count);
            Assert.Contains($"[{(list.IsOn(list.Cursor) ? '*' : ' ')}]", picture.Lines[picture.CursorRow].Text);
        }
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 10)]
    [InlineData(39, 24)]
    [InlineData(5, 3)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(300, 100)]
    public void Every_line_is_as_wide_as_the_screen(int columns, int rows)
    {
        Checklist list = List("short", new string('n', 100), "\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587\u4e2d\u6587");
        foreach (string keys in (string[])["", "\e[B", "\e[B", "\eOP", "\eOP", "\t"])
        {
            Press(list, keys);
            ScreenPicture picture = View.Draw(list, columns, rows);
            Assert.Equal(rows, picture.Lines.Count);
            Assert.All(picture.Lines, line => Assert.Equal(columns, ScreenText.Width(line.Text)));
        }
    }

    [Fact]
    public void The_list_shows_kinds_levels_and_descriptions()
    {
        Checklist list = new(
        [
            new ChecklistItem("network", "network", false, "2345", true, true) { Description = "Brings it up" },
            new ChecklistItem("rsync", "rsync", true, "", false, true) { Description = "Copies" },
        ]);
        string screen = Screen(list);
        Assert.Contains("> [*] network  sysv    2345    Brings it up", screen);
        Assert.Contains("  [ ] rsync    xinetd          Copies", screen);
        Assert.Contains("[ Ok ]    [ Cancel ]", screen);
    }

    [Fact]
    public void A_long_description_is_read_by_scrolling()
    {
        string text = string.Join(' ', Enumerable.Range(0, 1000).Select(i => $"word{i}"));
        Checklist list = new([new ChecklistItem("a", "a", false, "3", true, true) { Description = text, Path = "/etc/init.d/a" }]);
        Press(list, "\eOP");
        Assert.Contains("more below", Screen(list));
        Press(list, string.Concat(Enumerable.Repeat("\e[6~", 30)));
        Assert.Contains("word999", Screen(list));
        Press(list, "\e[5~\e[B\r");
        Assert.False(list.IsDescribing);
        Assert.Equal(ChecklistEnd.None, list.End);
    }

    [Theory]
    [InlineData("plain", true, "plain")]
    [InlineData("\e[2J\r\n\a\u009b31m", true, "?[2J???" + "?31m")]
    [InlineData("caf\u00c3\u00a9", true, "caf\u00e9")]
    [InlineData("caf\u00c3\u00a9", false, "caf?")]
    [InlineData("a\u00e2\u0080\u00aeb", true, "a?b")]
    [InlineData("tab\tbed", true, "tab bed")]
    public void Only_text_reaches_the_terminal(string bytes, bool isUtf8, string shown) => Assert.Equal(shown, ScreenText.Of(bytes, isUtf8));

    private static Checklist List(params string[] names) =>
        new([.. names.Select(name => new ChecklistItem(name, name, false, "-", false, MayChange: true) { Description = "of " + name })]);

    private static List<Key> Keys(string bytes)
    {
        KeyReader reader = new();
        List<Key> keys = [];
        reader.Read(Encoding.Latin1.GetBytes(bytes), keys);
        return keys;
    }

    private static void Press(Checklist list, string keys)
    {
        foreach (Key key in Keys(keys))
        {
            Press(list, key, Page);
        }
    }

    private static bool Press(Checklist list, Key key, int page)
    {
        list.Press(key, page, list.IsDescribing ? ChecklistView.Describe(list.Items[list.Cursor], 80).Count : 0);
        return true;
    }

    private static string Screen(Checklist list) => string.Join('\n', View.Draw(list, 80, 24).Lines.Select(line => line.Text));
}
