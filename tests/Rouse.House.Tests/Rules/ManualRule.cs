using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Rouse.House.Tests.Rules;

/// <summary>The structure of a page in mdoc(7): its head, the order of its sections, and that what is opened is closed.</summary>
internal static partial class ManualRule
{
    // mdoc(7), "MANUAL STRUCTURE". Sections of our own stand between DESCRIPTION and the next of these.
    private static readonly string[] Order =
    [
        "NAME", "SYNOPSIS", "DESCRIPTION", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "DIAGNOSTICS", "SEE ALSO", "STANDARDS",
        "HISTORY", "AUTHORS", "CAVEATS", "BUGS", "SECURITY CONSIDERATIONS",
    ];

    private static readonly Dictionary<string, string> Closers = new(StringComparer.Ordinal)
    {
        ["El"] = "Bl",
        ["Ed"] = "Bd",
        ["Oc"] = "Oo",
        ["Re"] = "Rs",
        ["Ef"] = "Bf",
        ["Ek"] = "Bk",
    };

    private static readonly HashSet<string> Macros = new(
        ("Dd Dt Os Sh Ss Pp Nm Nd Fl Ar Op Oo Oc Cm Ic Pa Ev Dv Er Xr Sx Sy Em Li Ql Dq Sq Pq Aq Bq Bl El It Bd Ed Rs Re Bf Ef Bk Ek "
            + "Ex Va Ad No Ns D1 Dl Tn Lk An Rv Bx Fx Ox Nx").Split(' '),
        StringComparer.Ordinal);

    public static IEnumerable<string> Faults(IReadOnlyList<HouseFile> files) =>
        files.Where(file => file.IsUnder("man")).SelectMany(file => FaultsOf(file).Select(fault => $"{file.Path}:{fault}"));

    private static IEnumerable<string> FaultsOf(HouseFile file) =>
        HeadFaults(file).Concat(SectionFaults(file)).Concat(BalanceFaults(file)).Concat(LineFaults(file));

    private static IEnumerable<string> HeadFaults(HouseFile file)
    {
        string[] macros = [.. file.Lines.Where(line => line.StartsWith('.') && !Is(line, ".\\\"")).Take(3)];
        int dot = file.Name.LastIndexOf('.');
        string title = $".Dt {file.Name[..dot].ToUpperInvariant()} {file.Name[(dot + 1)..]}";
        if (macros.Length < 3 || !Date().IsMatch(macros[0]) || macros[1] != title || macros[2] != ".Os")
        {
            yield return $"1: a page begins with .Dd MONTH DAY, YEAR; {title}; .Os";
        }

        string[] name = [.. file.Lines.SkipWhile(line => line != ".Sh NAME").Skip(1).TakeWhile(line => !Is(line, ".Sh"))];
        if (!name.Any(line => Is(line, ".Nm ")) || !name.Any(line => Is(line, ".Nd ")))
        {
            yield return "1: .Sh NAME holds .Nm and .Nd";
        }
    }

    private static IEnumerable<string> SectionFaults(HouseFile file)
    {
        int last = -1;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach ((int number, string line) in Numbered(file).Where(l => l.Line.StartsWith(".Sh ", StringComparison.Ordinal)))
        {
            string section = line[4..].Trim('"');
            int place = Array.IndexOf(Order, section);
            if (!seen.Add(section))
            {
                yield return $"{number}: a second section {section}";
            }
            else if (place >= 0 && place < last)
            {
                yield return $"{number}: section {section} comes before {Order[last]}";
            }
            else if (place < 0 && last != Array.IndexOf(Order, "DESCRIPTION"))
            {
                yield return $"{number}: section {section} is none of mdoc's, so it follows DESCRIPTION";
            }

            last = Math.Max(last, place);
        }

        // A page of a file format has nothing to call.
        string[] needs = file.HasExtension(".5") ? ["NAME", "DESCRIPTION"] : ["NAME", "SYNOPSIS", "DESCRIPTION"];
        foreach (string needed in needs.Where(section => !seen.Contains(section)))
        {
            yield return $"1: no section {needed}";
        }
    }

    private static IEnumerable<string> BalanceFaults(HouseFile file)
    {
        Stack<(string Macro, int Number)> open = new();
        foreach ((int number, string line) in Numbered(file).Where(l => l.Line.StartsWith('.')))
        {
            string macro = MacroOf(line);
            if (Closers.ContainsValue(macro))
            {
                open.Push((macro, number));
            }
            else if (Closers.TryGetValue(macro, out string? opener)
                && (!open.TryPop(out (string Macro, int Number) top) || top.Macro != opener))
            {
                yield return $"{number}: .{macro} without its .{opener}";
                yield break;
            }
            else if (macro == "It" && !open.Any(o => o.Macro == "Bl"))
            {
                yield return $"{number}: .It outside of a list";
            }
            else if (macro is "Sh" or "Ss" && open.Count > 0)
            {
                yield return $"{open.Peek().Number}: .{open.Peek().Macro} is still open at the next section";
                yield break;
            }
        }

        if (open.TryPeek(out (string Macro, int Number) left))
        {
            yield return $"{left.Number}: .{left.Macro} is never closed";
        }
    }

    private static IEnumerable<string> LineFaults(HouseFile file)
    {
        bool literal = false;
        foreach ((int number, string line) in Numbered(file).SkipLast(1))
        {
            string macro = line.StartsWith('.') ? MacroOf(line) : "";
            literal = macro == "Bd" || (literal && macro != "Ed");
            if (line.Length == 0 && !literal)
            {
                yield return $"{number}: an empty line; a paragraph is .Pp";
            }
            else if (line.EndsWith(' ') || line.Any(c => c is < ' ' or > '~'))
            {
                yield return $"{number}: a blank at the end, or a byte that is no ASCII";
            }
            else if (macro.Length > 0 && !macro.StartsWith('\\') && !Macros.Contains(macro))
            {
                yield return $"{number}: .{macro} is no macro of mdoc";
            }
            else if (macro == "Bl" && !line.Contains(" -", StringComparison.Ordinal))
            {
                yield return $"{number}: a list without its kind";
            }
            else if (macro == "Xr" && !CrossReference().IsMatch(line))
            {
                yield return $"{number}: .Xr takes a page and its section";
            }
        }
    }

    private static bool Is(string line, string head) => line.StartsWith(head, StringComparison.Ordinal);

    private static string MacroOf(string line) => line[1..].Split(' ', 2)[0];

    private static IEnumerable<(int Number, string Line)> Numbered(HouseFile file) => file.Lines.Select((line, index) => (index + 1, line));

    [GeneratedRegex(@"^\.Dd (January|February|March|April|May|June|July|August|September|October|November|December) \d\d?, \d{4}$")]
    private static partial Regex Date();

    [GeneratedRegex(@"^\.Xr \S+ [1-9]\b")]
    private static partial Regex CrossReference();
}
