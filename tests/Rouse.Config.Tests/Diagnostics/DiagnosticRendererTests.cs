using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Diagnostics;

public sealed class DiagnosticRendererTests
{
    [Fact]
    public void A_finding_shows_its_place_its_message_its_line_and_a_caret() => Assert.Equal(
        "/etc/x:2:9: error: no good [RS0031]\n  port =  80x\n          ^~~\n", Render("first\nport =  80x\nlast\n", 14, 3));

    [Fact]
    public void Tabs_stand_before_the_caret_too() =>
        Assert.Equal("  \tport\t= 80x\n  \t    \t  ^~~\n", SourceOf("\tport\t= 80x", 8, 3));

    [Fact]
    public void A_finding_without_a_file_is_one_line() => Assert.Equal(
        "warning: no file [RS0093]\n", DiagnosticRenderer.Render(new("RS0093", Severity.Warning, SourceSpan.None, "no file")));

    [Fact]
    public void Bytes_that_steer_a_terminal_are_shown_as_numbers() => Assert.Equal(
        "  a\\x1b[2J\\x9b = \\x07 b\n" + new string(' ', 17) + "^~~~\n", SourceOf("a\x1b[2J\x9b = \a b", 9, 1));

    [Fact]
    public void Text_that_turns_its_direction_is_shown_as_numbers() =>
        Assert.StartsWith("  a\\xe2\\x80\\xaeb\n", SourceOf("a\xe2\x80\xae" + "b", 0, 1), StringComparison.Ordinal);

    [Fact]
    public void Letters_of_more_than_one_byte_count_as_one_column() =>
        Assert.Equal("  \xc3\xbc\xc3\xbc x\n     ^\n", SourceOf("\xc3\xbc\xc3\xbc x", 5, 1));

    [Fact]
    public void A_long_line_is_cut_around_the_finding()
    {
        string line = new string('a', 500) + "HERE" + new string('b', 500);
        string[] lines = SourceOf(line, 500, 4).Split('\n');
        Assert.StartsWith("  ...aaa", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("bbb...", lines[0], StringComparison.Ordinal);
        Assert.InRange(lines[0].Length, 50, 200);
        Assert.Equal(lines[0].IndexOf("HERE", StringComparison.Ordinal), lines[1].IndexOf('^', StringComparison.Ordinal));
        Assert.EndsWith("^~~~", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_finding_over_more_than_one_line_is_marked_on_its_first() =>
        Assert.Equal("  abc\n   ^~\n", SourceOf("abc\ndef", 1, 5));

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("abc\n", 4, 0)]
    [InlineData("abc", 3, 7)]
    [InlineData("\n\n\n", 2, 1)]
    public void A_finding_at_the_end_of_anything_is_still_shown(string text, int start, int length) =>
        Assert.Contains("^", SourceOf(text, start, length), StringComparison.Ordinal);

    private static string SourceOf(string text, int start, int length)
    {
        string rendered = Render(text, start, length);
        return rendered[(rendered.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    private static string Render(string text, int start, int length)
    {
        SourceFile file = new("/etc/x", SourceFile.Encode(text));
        return DiagnosticRenderer.Render(new("RS0031", Severity.Error, new(file, start, length), "no good"));
    }
}
