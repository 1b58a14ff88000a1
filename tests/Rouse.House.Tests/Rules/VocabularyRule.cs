using System;
using System.Collections.Generic;
using System.Linq;

namespace Rouse.House.Tests.Rules;

/// <summary>
/// What the parsers know and what the manual pages explain is the same: attributes against xinetd.conf(5), where each has an
/// <c>.It Ic name</c> in the section ATTRIBUTES, and options against roused(8), where each has an <c>.It Fl name</c>.
/// </summary>
internal static class VocabularyRule
{
    public static IEnumerable<string> Faults(HouseFile page, string section, string macro, IEnumerable<string> known)
    {
        HashSet<string> explained = [.. Items(page, section, macro)];
        HashSet<string> names = [.. known];
        return names.Except(explained).Select(name => $"{page.Path}: does not explain {name}")
            .Concat(explained.Except(names).Select(name => $"{page.Path}: explains {name}, which nothing knows"));
    }

    /// <summary>Each item needs a meaning, and an example: a line <c>.Dl name …</c> before the next item.</summary>
    public static IEnumerable<string> ItemFaults(HouseFile page, string section, string macro)
    {
        string head = $".It {macro} ";
        string? item = null;
        bool hasText = false;
        bool hasExample = false;
        foreach (string line in SectionOf(page, section).Append(head))
        {
            if (line.StartsWith(head, StringComparison.Ordinal))
            {
                if (item is not null && !hasText)
                {
                    yield return $"{page.Path}: {item} has no meaning";
                }

                if (item is not null && !hasExample)
                {
                    yield return $"{page.Path}: {item} has no example";
                }

                item = line[head.Length..].Split(' ')[0];
                (hasText, hasExample) = (false, false);
            }

            hasText |= item is not null && line.Length > 0 && line[0] != '.';
            hasExample |= item is not null && line.StartsWith($".Dl {item} = ", StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> SectionOf(HouseFile page, string section) =>
        page.Lines.SkipWhile(line => line != $".Sh {section}").Skip(1).TakeWhile(line => !line.StartsWith(".Sh ", StringComparison.Ordinal));

    private static IEnumerable<string> Items(HouseFile page, string section, string macro)
    {
        string head = $".It {macro} ";
        return SectionOf(page, section)
            .Where(line => line.StartsWith(head, StringComparison.Ordinal))
            .Select(line => line[head.Length..].Split(' ')[0]);
    }
}
