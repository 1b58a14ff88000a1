using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Text;

namespace Rouse.Tools.Measure;

/// <summary>The curves as a picture of two panels, readable on light and on dark ground.</summary>
internal static class SvgChart
{
    private const int Left = 70;
    private const int PanelWidth = 640;
    private const int PanelHeight = 220;
    private const int PanelDistance = 320;
    private const int Top = 64;
    private const int LineHeight = 16;
    private const int LineLength = 112;
    private const int Points = 200;

    public static string Of(Curves curves, string name, string advice)
    {
        StringBuilder svg = new();
        List<string> lines = ScreenText.Wrap(advice, LineLength);
        int top = Top + (lines.Count * LineHeight);
        string title = $"{name}: what each way of starting it costs";
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + PanelWidth + 130} {top + PanelDistance + PanelHeight + 70}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{SecurityElement.Escape(title)}</title>\n");
        svg.Append("<style>text{fill:#24292f}.axis{stroke:#57606a}.grid{stroke:#d0d7de}.even{stroke:#57606a;stroke-dasharray:2 4}.way{fill:none;stroke-width:2}"
            + "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.axis{stroke:#8b949e}.grid{stroke:#30363d}.even{stroke:#8b949e}}</style>\n");
        Text(svg, Left, 22, title, " font-size=\"16\"");
        for (int i = 0; i < lines.Count; i++)
        {
            Text(svg, Left, 40 + (i * LineHeight), lines[i], "");
        }

        Panel(svg, curves, top, "memory, KiB", curves.Memory, least: 1);
        Panel(svg, curves, top + PanelDistance, "first byte, ms", curves.Latency, least: 0.01);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Panel(StringBuilder svg, Curves curves, int top, string title, Func<WayFigures, int, double?[]> values, double least)
    {
        List<(Way Way, double?[] Values)> lines = [.. curves.Ways.Select(way => (way.Way, values(way, Points)))];
        (double low, double high) = Curves.Bounds(lines.Select(line => line.Values), least);
        int bottom = top + PanelHeight;
        for (double value = low; value <= high * 1.001; value *= 10)
        {
            double y = Y(value, low, high, top);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" y1=\"{y:0.#}\" x2=\"{Left + PanelWidth}\" y2=\"{y:0.#}\"/>\n");
            Text(svg, Left - 6, y + 4, value.ToString(value >= 1 ? "#,0" : "0.##", CultureInfo.InvariantCulture), " text-anchor=\"end\"");
        }

        foreach ((double rate, string name) in curves.Marks())
        {
            double x = Left + (curves.Place(rate) * PanelWidth);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{x:0.#}\" y1=\"{bottom}\" x2=\"{x:0.#}\" y2=\"{bottom + 4}\"/>\n");
            Text(svg, x, bottom + 18, name, " text-anchor=\"middle\"");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"axis\" fill=\"none\" d=\"M{Left} {top}V{bottom}H{Left + PanelWidth}\"/>\n");
        Text(svg, Left, top - 6, title, "");
        if (curves.BreakEven is { } breakEven)
        {
            double x = Left + (curves.Place(breakEven) * PanelWidth);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"even\" x1=\"{x:0.#}\" y1=\"{top}\" x2=\"{x:0.#}\" y2=\"{bottom}\"/>\n");
            Text(svg, x, bottom + 34, $"break-even: {Advice.Rate(breakEven)}", " text-anchor=\"middle\"");
        }

        int legend = top + 12;
        foreach ((Way way, double?[] line) in lines)
        {
            (string colour, string dashes) = Look(way);
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"way\" stroke=\"{colour}\"{dashes} d=\"{Path(line, low, high, top)}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"way\" stroke=\"{colour}\"{dashes} x1=\"{Left + PanelWidth + 12}\" y1=\"{legend}\" x2=\"{Left + PanelWidth + 40}\" y2=\"{legend}\"/>\n");
            Text(svg, Left + PanelWidth + 46, legend + 4, way.Name(), "");
            legend += 20;
        }
    }

    private static string Path(double?[] values, double low, double high, int top)
    {
        StringBuilder path = new();
        bool isDrawing = false;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not { } value)
            {
                isDrawing = false;
                continue;
            }

            double x = Left + ((double)i / (values.Length - 1) * PanelWidth);
            path.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{x:0.#} {Y(value, low, high, top):0.#}");
            isDrawing = true;
        }

        return path.ToString();
    }

    private static double Y(double value, double low, double high, int top) =>
        top + PanelHeight - (Math.Clamp(Math.Log(Math.Max(value, low) / low) / Math.Log(high / low), 0, 1) * PanelHeight);

    private static (string Colour, string Dashes) Look(Way way) => way switch
    {
        Way.Cold => ("#0969da", ""),
        Way.Warm => ("#bc4c00", " stroke-dasharray=\"8 3\""),
        Way.Shared => ("#8250df", " stroke-dasharray=\"3 3\""),
        Way.Resident => ("#1a7f37", " stroke-dasharray=\"12 3 3 3\""),
        _ => ("#cf222e", " stroke-dasharray=\"14 4\""),
    };

    private static void Text(StringBuilder svg, double x, double y, string text, string attributes) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\"{attributes}>{SecurityElement.Escape(text)}</text>\n");
}
