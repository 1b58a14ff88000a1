using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml;
using System.Xml.Linq;

namespace Rouse.House.Tests.Rules;

/// <summary>
/// The charts of the performance page: each that is shown is there and each that is there is shown; each is a picture of its own, with a
/// title for who cannot see it, colours for dark pages, and nothing that runs or is fetched from elsewhere.
/// </summary>
internal static class ChartRule
{
    public const string Page = "docs/performance.md";

    private const string Folder = "docs/charts";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static IEnumerable<string> Faults(IReadOnlyList<HouseFile> files)
    {
        HouseFile page = files.Single(file => file.Path == Page);
        HouseFile[] charts = [.. files.Where(file => file.IsUnder(Folder))];
        HashSet<string> shown = [.. LinkRule.Targets(page).Where(target => target.StartsWith("charts/", StringComparison.Ordinal)).Select(t => "docs/" + t)];
        return charts.Where(chart => !shown.Contains(chart.Path)).Select(chart => $"{Page}: does not show {chart.Path}")
            .Concat(shown.Except(charts.Select(chart => chart.Path)).Select(path => $"{Page}: shows {path}, which is not there"))
            .Concat(charts.SelectMany(FaultsOf));
    }

    /// <summary>Of one file.</summary>
    public static IEnumerable<string> FaultsOf(HouseFile chart)
    {
        XElement? root = null;
        string broken = "";
        try
        {
            root = XDocument.Parse(chart.Text).Root;
        }
        catch (XmlException fault)
        {
            broken = $"{chart.Path}: {fault.Message}";
        }

        if (root is null)
        {
            return [broken];
        }

        List<string> faults = [];
        void Demand(bool isThere, string what)
        {
            if (!isThere)
            {
                faults.Add($"{chart.Path}: {what}");
            }
        }

        Demand(root.Name == Svg + "svg" && root.Attribute("viewBox") is not null, "no picture with a viewBox");
        Demand(!string.IsNullOrWhiteSpace(root.Element(Svg + "title")?.Value), "no title");
        Demand(root.Element(Svg + "style")?.Value.Contains("prefers-color-scheme: dark", StringComparison.Ordinal) == true, "no colours for dark pages");
        Demand(root.Descendants().Any(e => e.Attribute("class")?.Value == "ground"), "no ground of its own");
        Demand(!root.Descendants().Any(e => e.Name.LocalName is "script" or "image" or "use" or "foreignObject"), "something that runs or is fetched");
        Demand(!root.DescendantsAndSelf().Attributes().Any(a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal)), "something that runs");
        return faults;
    }
}
