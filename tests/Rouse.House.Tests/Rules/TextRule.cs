using System;
using System.Collections.Generic;
using System.Linq;

namespace Rouse.House.Tests.Rules;

/// <summary>What no file may hold, and how long a source file may be.</summary>
internal static class TextRule
{
    public const int MostLines = 600;

    // In pieces, or this file would be its own first fault.
    private static readonly string[] Forbidden =
    [
        "/wor" + "k/", "/tmp/" + "wt-", "/ro" + "ot/", "nuget" + ".org", "deb.debian" + ".org", "pypi" + ".org", "npmjs" + ".org",
        "crates" + ".io", "proxy.golang" + ".org", "pkgs.dev" + ".azure",
    ];

    public static IEnumerable<string> ForbiddenWords(IReadOnlyList<HouseFile> files) =>
        from file in files
        from word in Forbidden
        let at = file.Text.IndexOf(word, StringComparison.OrdinalIgnoreCase)
        where at >= 0
        select $"{file.Path}:{file.Text[..at].Count(c => c == '\n') + 1}: '{word}' belongs to somebody's machine, not to the project";

    public static IEnumerable<string> LongFiles(IReadOnlyList<HouseFile> files) =>
        files.Where(file => file.HasExtension(".cs"))
            .Select(file => (file.Path, Count: file.Text.Count(c => c == '\n')))
            .Where(file => file.Count > MostLines)
            .Select(file => $"{file.Path}: {file.Count} lines; {MostLines} are the most");
}
