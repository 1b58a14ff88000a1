using System.Globalization;
using System.Text;
using Rouse.Linux;

namespace Rouse.Tools.Ntsysv;

/// <summary>Puts pictures on a terminal by ECMA-48 sequences, a line only where it differs from what is there.</summary>
internal sealed class ScreenPainter
{
    // The other screen, where the terminal has one: what was on the first comes back with it. A full last line must not move the rest up.
    private const string Opening = "\e[?1049h\e[?7l\e[0m\e[H\e[2J";
    private const string Closing = "\e[0m\e[?7h\e[H\e[2J\e[?1049l";

    private ScreenPicture? _shown;

    /// <summary>False where the terminal takes nothing any more; so the others.</summary>
    public static bool Open() => Send(Opening);

    public static bool Close() => Send(Closing);

    /// <summary>The next picture is drawn whole: the size has changed, or something else has written on the screen.</summary>
    public void Forget() => _shown = null;

    public bool Show(ScreenPicture picture) => Send(Difference(picture));

    /// <summary>What makes the screen show this picture, which is taken to be there from now on.</summary>
    public string Difference(ScreenPicture picture)
    {
        StringBuilder text = new();
        text.Append(_shown is null ? "\e[0m\e[2J" : "");
        for (int row = 0; row < picture.Lines.Count; row++)
        {
            ScreenLine line = picture.Lines[row];
            if (_shown is not null && row < _shown.Lines.Count && _shown.Lines[row] == line)
            {
                continue;
            }

            Append(text, row, line);
        }

        Place(text, picture.CursorRow, picture.CursorColumn);
        _shown = picture;
        return text.ToString();
    }

    private static void Append(StringBuilder text, int row, in ScreenLine line)
    {
        Place(text, row, 0);
        if (line.ReversedLength == 0)
        {
            text.Append(line.Text);
            return;
        }

        // Reversed parts are whole lines or ASCII: their columns are their chars.
        int start = line.ReversedStart;
        int end = start == 0 ? line.Text.Length : start + line.ReversedLength;
        text.Append(line.Text, 0, start).Append("\e[7m").Append(line.Text, start, end - start).Append("\e[0m").Append(line.Text, end, line.Text.Length - end);
    }

    private static void Place(StringBuilder text, int row, int column) => text.Append(CultureInfo.InvariantCulture, $"\e[{row + 1};{column + 1}H");

    private static bool Send(string text) => StandardStreams.Write(StandardStreams.Output, Encoding.UTF8.GetBytes(text));
}
