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

    private static IEnumerable<string> Items(HouseFile page, string section, string macro)
    {
        string head = $".It {macro} ";
        return page.Lines.SkipWhile(line => line != $".Sh {section}").Skip(1)
            .TakeWhile(line => !line.StartsWith(".Sh ", StringComparison.Ordinal))
            .Where(line => line.StartsWith(head, StringComparison.Ordinal))
            .Select(line => line[head.Length..].Split(' ')[0]);
    }
}
