using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace Rouse.House.Tests.Rules;

/// <summary>Which room may know which (ARCHITECTURE.md), read from the project files.</summary>
internal static class ProjectRule
{
    private static readonly string[] Analysers = ["Meziantou.Analyzer", "Microsoft.CodeAnalysis.BannedApiAnalyzers"];

    private static readonly Dictionary<string, string[]> MayReference = new(StringComparer.Ordinal)
    {
        ["Rouse.Linux"] = [],
        ["Rouse.Config"] = [],
        ["Rouse.Access"] = ["Rouse.Config"],
        ["Rouse.Server"] = ["Rouse.Linux", "Rouse.Config", "Rouse.Access"],
        ["Roused"] = ["Rouse.Linux", "Rouse.Config", "Rouse.Access", "Rouse.Server"],
        ["Rouse.Runlevels"] = ["Rouse.Linux", "Rouse.Config"],
        ["Rouse"] = ["Rouse.Linux", "Rouse.Config", "Rouse.Access", "Rouse.Server", "Rouse.Runlevels"],
    };

    /// <summary>The only project that may use packages: the tools' executable, which is never the daemon.</summary>
    private const string MayUsePackages = "Rouse";

    public static IEnumerable<string> Faults(IReadOnlyList<HouseFile> files) =>
        files.Where(file => file.IsUnder("src") && file.HasExtension(".csproj")).SelectMany(FaultsOf)
            .Concat(files.Where(file => file.HasExtension(".props") || file.HasExtension(".targets")).SelectMany(SharedPackageFaults))
            .Concat(files.Where(IsBuildFile).SelectMany(UnsafeFaults))
            .Concat(SolutionFaults(files));

    private static IEnumerable<string> FaultsOf(HouseFile file)
    {
        string project = NameOf(file.Path);
        if (!MayReference.TryGetValue(project, out string[]? allowed))
        {
            yield return $"{file.Path}: a room without a place in the order of rooms";
            yield break;
        }

        foreach (string reference in Includes(file, "ProjectReference").Select(NameOf).Where(r => !allowed.Contains(r)))
        {
            yield return $"{file.Path}: {project} may not know {reference}";
        }

        foreach (string package in Includes(file, "PackageReference").Where(_ => project != MayUsePackages))
        {
            yield return $"{file.Path}: what the daemon links uses no package, {package} neither";
        }
    }

    // Packages that a shared file gives to every project: analysers only, or under the condition that it is a test.
    private static IEnumerable<string> SharedPackageFaults(HouseFile file) =>
        XDocument.Parse(file.Text).Descendants("PackageReference")
            .Where(p => !Analysers.Contains((string?)p.Attribute("Include")) || (string?)p.Attribute("PrivateAssets") != "all")
            .Where(p => p.Parent?.Attribute("Condition")?.Value.Contains("IsTestProject", StringComparison.Ordinal) != true)
            .Select(p => $"{file.Path}: {(string?)p.Attribute("Include")} would be linked by every project");

    private static IEnumerable<string> UnsafeFaults(HouseFile file) =>
        XDocument.Parse(file.Text).Descendants("AllowUnsafeBlocks")
            .Where(e => e.Value.Trim() != "false" && file.Path != "src/Rouse.Linux/Rouse.Linux.csproj")
            .Select(_ => $"{file.Path}: only Rouse.Linux may be unsafe");

    // The benchmarks stay out: what they link is large, and a build of all that is tested should not have to fetch it.
    private static IEnumerable<string> SolutionFaults(IReadOnlyList<HouseFile> files)
    {
        string solution = files.Single(file => file.Path == "Rouse.slnx").Text;
        return files.Where(file => file.HasExtension(".csproj"))
            .Where(file => file.IsUnder("bench") == solution.Contains($"\"{file.Path}\"", StringComparison.Ordinal))
            .Select(file => file.IsUnder("bench") ? $"{file.Path}: would be built with the tests" : $"{file.Path}: not in Rouse.slnx");
    }

    private static bool IsBuildFile(HouseFile file) =>
        file.HasExtension(".csproj") || file.HasExtension(".props") || file.HasExtension(".targets");

    private static IEnumerable<string> Includes(HouseFile file, string element) =>
        XDocument.Parse(file.Text).Descendants(element).Select(e => (string?)e.Attribute("Include") ?? "");

    private static string NameOf(string path) => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
}
