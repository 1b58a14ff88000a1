using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Rouse.House.Tests.Rules;

/// <summary>
/// Each line of code with the keyword <c>unsafe</c> has a <c>// SAFETY:</c> comment with a reason among the comments and attributes
/// directly above it. The keyword stands on a type, a member or a block: whichever it is, its reason stands there.
/// </summary>
internal static partial class UnsafeRule
{
    public static IEnumerable<string> Faults(IReadOnlyList<HouseFile> files) =>
        files.Where(file => file.HasExtension(".cs") && (file.IsUnder("src") || file.IsUnder("tests"))).SelectMany(FaultsOf);

    private static IEnumerable<string> FaultsOf(HouseFile file)
    {
        string[] lines = file.Lines;
        for (int i = 0; i < lines.Length; i++)
        {
            if (!HasKeyword(lines[i]))
            {
                continue;
            }

            if (file.IsUnder("src") && !file.IsUnder("src/Rouse.Linux"))
            {
                yield return $"{file.Path}:{i + 1}: only Rouse.Linux may be unsafe";
            }
            else if (file.IsUnder("src") && !CommentsAbove(lines, i).Any(line => Reason().IsMatch(line)))
            {
                yield return $"{file.Path}:{i + 1}: no // SAFETY: comment directly above says why this is sound";
            }
        }
    }

    private static bool HasKeyword(string line) =>
        Keyword().IsMatch(line.Split("//")[0].Replace("\"unsafe\"", "", StringComparison.Ordinal));

    private static IEnumerable<string> CommentsAbove(string[] lines, int index)
    {
        for (int i = index - 1; i >= 0; i--)
        {
            string line = lines[i].Trim();
            if (!line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith('['))
            {
                yield break;
            }

            yield return line;
        }
    }

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex Keyword();

    [GeneratedRegex(@"^// SAFETY: \S.{10,}")]
    private static partial Regex Reason();
}
