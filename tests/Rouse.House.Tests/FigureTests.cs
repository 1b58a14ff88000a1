using System;
using System.Globalization;
using System.Linq;
using Rouse.House.Tests.Rules;

namespace Rouse.House.Tests;

/// <summary>The charts and tables of the comparison: how they are drawn, and that they are there.</summary>
public sealed class FigureTests
{
    private static readonly string[] Growth = ["figures", "slope", "growth"];

    [Fact]
    public void Every_chart_is_shown_and_well_formed() => Expect.NoFaults(ChartRule.Faults(Repository.Files));

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\">", "docs/charts/a.svg")]
    [InlineData("<svg/>", "viewBox")]
    [InlineData("<title>a</title>", "no title", true)]
    [InlineData("(prefers-color-scheme: dark)", "dark pages", true)]
    [InlineData("class=\"ground\"", "ground", true)]
    [InlineData("</svg>", "runs or is fetched", true, "<script/></svg>")]
    [InlineData("viewBox", "something that runs", true, "onload=\"a()\" viewBox")]
    public void A_fault_in_a_chart_is_found(string text, string words, bool inGood = false, string instead = "")
    {
        HouseFile chart = new("docs/charts/a.svg", inGood ? Good.Replace(text, instead, StringComparison.Ordinal) : text);
        Assert.Contains(ChartRule.FaultsOf(chart), fault => fault.Contains(words, StringComparison.Ordinal));
        Expect.NoFaults(ChartRule.FaultsOf(chart with { Text = Good }));
    }

    [Theory]
    [InlineData("![a](charts/b.svg)", 2)]
    [InlineData("![a](charts/a.svg)", 0)]
    [InlineData("none", 1)]
    public void A_chart_that_is_missing_or_not_shown_is_found(string page, int faults) =>
        Assert.Equal(faults, ChartRule.Faults([new HouseFile(ChartRule.Page, page), new HouseFile("docs/charts/a.svg", Good)]).Count());

    [Theory]
    [InlineData("rate", "svg,bars")]
    [InlineData("latency", "svg,bars")]
    [InlineData("memory", "svg,bars")]
    [InlineData("growth", "svg,lines")]
    public void A_chart_shows_the_medians_of_its_run_and_is_the_same_each_time(string chart, string scripts)
    {
        string[] parts = ["figures", "slope", .. scripts.Split(',')];
        string figures = Run("spawn-8", "rate", "ours", 1000, 3000, 2222) + Run("spawn-8", "rate", "xinetd", 700, 900, 800)
            + Run("spawn-8", "p50", "ours", 1000, 3000, 2222) + Run("spawn-8", "p99", "ours", 4000, 5000, 9000)
            + Run("idle-one", "pss", "ours", 2222) + Run("idle-one", "pss", "a<b&c", 1111)
            + Run("growth-services-10", "start", "ours", 2222) + Run("growth-services-100", "start", "ours", 22220);
        string drawn = Awk.Print(parts, "charts.tsv", figures, "chart=" + chart);
        Expect.NoFaults(ChartRule.FaultsOf(new HouseFile("docs/charts/a.svg", drawn)));
        Assert.Contains(chart == "growth" ? "n^1.00" : "2,222", drawn, StringComparison.Ordinal);
        Assert.Equal(drawn, Awk.Print(parts, "charts.tsv", figures, "chart=" + chart));
    }

    [Fact]
    public void A_row_that_is_invalid_is_in_no_chart() => Assert.Equal("", Awk.Print(
        ["figures", "slope", "svg", "bars"], "charts.tsv", Run("echo", "rate", "ours", 9) + "echo\terrors\tours\t1\treset=1\n", "chart=rate"));

    [Fact]
    public void A_chart_that_the_run_has_no_figures_for_is_not_drawn() =>
        Assert.Equal("", Awk.Print(["figures", "slope", "svg", "bars"], "charts.tsv", Run("calls", "echo", "ours", 9), "chart=rate"));

    [Theory]
    [InlineData(0, "start", "0.00 (0.00)", "yes")]
    [InlineData(1, "start", "1.00 (1.00)", "yes")]
    [InlineData(1.2, "start", "1.20 (1.20)", "**no**")]
    [InlineData(2, "start", "2.00 (2.00)", "**no**")]
    [InlineData(0.04, "p50", "0.04 (0.04)", "yes")]
    [InlineData(0.1, "p50", "0.10 (0.10)", "**no**")]
    public void The_exponent_of_a_power_of_the_size_is_found_and_judged(double power, string figure, string exponent, string met)
    {
        string figures = string.Concat(new[] { 10, 100, 1000, 10000 }.Select(size =>
            Run($"growth-services-{size}", figure, "ours", Math.Pow(size, power) * 3)));
        Assert.Contains($"| {exponent} | at most {(figure == "p50" ? "0.05" : "1.1")} | {met} |", Awk.Print(Growth, "growth.tsv", figures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_part_does_not_hide_that_the_last_step_is_quadratic()
    {
        string figures = string.Concat(new[] { 10, 100, 1000, 10000 }.Select(size =>
            Run($"growth-services-{size}", "start", "ours", 1000 + (size * (double)size / 1000))));
        Assert.Contains("0.63 (1.70) | at most 1.1 | **no** |", Awk.Print(Growth, "growth.tsv", figures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ours", "at most 1.1 | invalid |")]
    [InlineData("xinetd", "| 1.00 (1.00) | at most 1.1 | yes |")]
    public void A_size_that_was_not_served_makes_that_sides_figures_invalid(string subject, string judgement)
    {
        string figures = Run("growth-rules-100", "start", "ours", 1) + Run("growth-rules-10000", "start", "ours", 100)
            + $"growth-rules-10000\terrors\t{subject}\t1\tno connection got an answer\n";
        string table = Awk.Print(Growth, "growth.tsv", figures);
        Assert.Contains(judgement, table, StringComparison.Ordinal);
        Assert.Contains($"- growth-rules-10000, {subject}, round 1: no connection got an answer", table, StringComparison.Ordinal);
    }

    // Lines of results.tsv, a value for each round.
    private static string Run(string row, string figure, string subject, params double[] values) => string.Concat(values.Select((value, at) =>
        string.Create(CultureInfo.InvariantCulture, $"{row}\t{figure}\t{subject}\t{at + 1}\t{value:F4}\n")));

    private const string Good = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">
          <title>a</title><style>@media (prefers-color-scheme: dark) { }</style><rect class="ground"/>
        </svg>
        """;
}
