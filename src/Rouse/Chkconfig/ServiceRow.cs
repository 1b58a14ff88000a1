using System.Text;
using Rouse.Runlevels;

namespace Rouse.Tools.Chkconfig;

/// <summary>The lines of <c>chkconfig --list</c>, which scripts take apart: columns, tabs and words are the original's, in every locale.</summary>
internal static class ServiceRow
{
    private const int NameWidth = 15;

    public const string XinetdHeading = "xinetd based services:\n";

    public static void AppendScript(StringBuilder text, string name, Levels on)
    {
        text.Append(name.PadRight(NameWidth));
        foreach (int level in Levels.All.Each())
        {
            text.Append('\t').Append(level).Append(':').Append(Word(on.Contains(level)));
        }

        text.Append('\n');
    }

    /// <summary>In the table, below the heading.</summary>
    public static void AppendXinetd(StringBuilder text, string name, bool on) =>
        text.Append('\t').Append((name + ":").PadRight(NameWidth)).Append('\t').Append(Word(on)).Append('\n');

    /// <summary>Asked for by its name.</summary>
    public static void AppendXinetdAlone(StringBuilder text, string name, bool on) =>
        text.Append(name.PadRight(NameWidth)).Append('\t').Append(Word(on)).Append('\n');

    private static string Word(bool on) => on ? "on" : "off";
}
