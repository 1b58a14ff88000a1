using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Rouse.House.Tests.Rules;

/// <summary>
/// Every hole that SECURITY.md names has a test that names it: in the comment above the test, or above the class that has nothing else.
/// </summary>
internal static partial class CveRule
{
    public const string Page = "SECURITY.md";

    public static IEnumerable<string> Faults(IReadOnlyList<HouseFile> files)
    {
        HashSet<string> tested =
        [
            .. files.Where(file => file.IsUnder("tests") && file.HasExtension(".cs") && !file.IsUnder("tests/Rouse.House.Tests"))
                .SelectMany(file => AboveTest().Matches(file.Text))
                .SelectMany(comment => Cve().Matches(comment.Groups["comment"].Value))
                .Select(match => match.Value),
        ];
        HouseFile page = files.Single(file => file.Path == Page);
        string[] named = [.. Cve().Matches(page.Text).Select(match => match.Value).Distinct()];
        return named.Except(tested).Select(cve => $"{Page}: no test says in its comment that it is about {cve}");
    }

    [GeneratedRegex(@"\bCVE-\d{4}-\d{4,}\b")]
    private static partial Regex Cve();

    // Comment lines, then attributes (which may go over several lines), then the declaration.
    [GeneratedRegex(@"(?m)^(?<comment>(?:[ \t]*//[^\n]*\n)+)(?:[ \t]*(?:\[|""|\))[^\n]*\n)*[ \t]*public [^\n=;]*\(", RegexOptions.ExplicitCapture)]
    private static partial Regex AboveTest();
}
