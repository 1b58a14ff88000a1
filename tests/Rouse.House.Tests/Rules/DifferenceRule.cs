using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Rouse.House.Tests.Rules;

/// <summary>
/// docs/differences.md: one heading <c>### D-001 title</c> a difference, each number once, each with the tests that show it
/// (<c>Test: `Class.Method`</c>, or <c>Test: none yet</c>, which owns up to it); and every D-number that the repository mentions is there.
/// </summary>
internal static partial class DifferenceRule
{
    public const string Page = "docs/differences.md";

    public static IEnumerable<string> Faults(IReadOnlyList<HouseFile> files)
    {
        HouseFile page = files.Single(file => file.Path == Page);
        string[] ids = [.. Heading().Matches(page.Text).Select(match => match.Groups["id"].Value)];
        return NumberFaults(ids).Concat(TestFaults(page, files)).Concat(MentionFaults(ids, files));
    }

    private static IEnumerable<string> NumberFaults(string[] ids) =>
        ids.CountBy(id => id).Where(pair => pair.Value > 1).Select(pair => $"{Page}: {pair.Key} is the number of {pair.Value} differences");

    private static IEnumerable<string> TestFaults(HouseFile page, IReadOnlyList<HouseFile> files)
    {
        HouseFile[] tests = [.. files.Where(file => file.IsUnder("tests") && file.HasExtension(".cs"))];
        foreach (string entry in Regex.Split(page.Text, "(?m)^(?=### )").Where(entry => Heading().IsMatch(entry)))
        {
            string id = Heading().Match(entry).Groups["id"].Value;
            if (NoTest().IsMatch(entry))
            {
                continue;
            }

            Match line = TestLine().Match(entry);
            if (!line.Success)
            {
                yield return $"{Page}: {id} has no line 'Test: `Class.Method`'";
                continue;
            }

            foreach (string[] name in Quoted().Matches(line.Value).Select(match => match.Groups[1].Value.Split('.')))
            {
                if (name.Length != 2 || !tests.Any(test => Declares(test, name[0], name[1])))
                {
                    yield return $"{Page}: {id} names a test that is not there: {string.Join('.', name)}";
                }
            }
        }
    }

    private static bool Declares(HouseFile file, string type, string method) =>
        Regex.IsMatch(file.Text, $@"\bclass {Regex.Escape(type)}\b") && Regex.IsMatch(file.Text, $@"\b{Regex.Escape(method)}\(");

    private static IEnumerable<string> MentionFaults(string[] ids, IReadOnlyList<HouseFile> files) =>
        from file in files
        where !file.IsUnder("tests/Rouse.House.Tests")
        from id in Mention().Matches(file.Text).Select(match => match.Value).Distinct()
        where !ids.Contains(id) && id != "D-000" // D-000 is the number of examples.
        select $"{file.Path}: {id} is not in {Page}";

    [GeneratedRegex(@"^### (?<id>D-\d{3}) \S", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    // From "Test:" to the next empty line, so that a line of many names may be broken.
    [GeneratedRegex(@"^Test: `(.+\n?)+", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TestLine();

    [GeneratedRegex("^Test: none yet$", RegexOptions.Multiline)]
    private static partial Regex NoTest();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\bD-\d{3}\b")]
    private static partial Regex Mention();
}
