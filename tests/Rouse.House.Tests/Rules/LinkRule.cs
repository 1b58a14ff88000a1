using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Rouse.House.Tests.Rules;

/// <summary>Links of the documents to files and headings of the repository lead somewhere.</summary>
internal static partial class LinkRule
{
    public static IEnumerable<string> Faults(IReadOnlyList<HouseFile> files) =>
        files.Where(file => file.HasExtension(".md")).SelectMany(file => Targets(file).Where(t => !Exists(file, t, files))
            .Select(target => $"{file.Path}: the link to '{target}' leads nowhere"));

    /// <summary>Link targets within the repository.</summary>
    public static IEnumerable<string> Targets(HouseFile file) =>
        Link().Matches(file.Text).Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    private static bool Exists(HouseFile from, string target, IReadOnlyList<HouseFile> files)
    {
        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0 ? from.Path : Resolve(from.Path, parts[0]);
        HouseFile? file = files.FirstOrDefault(f => f.Path == path);
        if (file is null)
        {
            return parts.Length == 1 && files.Any(f => f.IsUnder(path.TrimEnd('/')));
        }

        return parts.Length == 1 || file.Lines.Where(line => line.StartsWith('#')).Select(Anchor).Contains(parts[1]);
    }

    private static string Resolve(string from, string target)
    {
        List<string> path = [.. from.Split('/')[..^1]];
        foreach (string part in target.Split('/'))
        {
            if (part == ".." && path.Count > 0)
            {
                path.RemoveAt(path.Count - 1);
            }
            else if (part != ".")
            {
                path.Add(part);
            }
        }

        return string.Join('/', path);
    }

    // How the project's hosts make a heading's anchor: small letters, blanks to hyphens, other marks dropped.
    private static string Anchor(string heading)
    {
        StringBuilder anchor = new();
        foreach (char c in heading.TrimStart('#').Trim().ToLowerInvariant())
        {
            _ = c switch
            {
                ' ' => anchor.Append('-'),
                '-' or '_' => anchor.Append(c),
                _ when char.IsLetterOrDigit(c) => anchor.Append(c),
                _ => anchor,
            };
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
