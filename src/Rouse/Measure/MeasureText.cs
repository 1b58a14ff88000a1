using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Rouse.Config.Text;

namespace Rouse.Tools.Measure;

/// <summary>What was measured, for people: a table, the two curves, and the advice.</summary>
internal static class MeasureText
{
    public static byte[] Of(MeasureReport report)
    {
        StringBuilder text = new();
        List<string[]> table = [["WAY", "FIRST BYTE P50", "P99", "CONN/S", "IDLE", "LOADED", "EACH CONNECTION", "CPU EACH", "ERRORS"]];
        foreach (WayFigures one in report.Model.Figures)
        {
            table.Add(
            [
                one.Way.Name(),
                Advice.Ms(one.FirstByteP50),
                Advice.Ms(one.FirstByteP99),
                one.ConnectionsPerSecond.ToString(one.ConnectionsPerSecond >= 10 ? "#,0" : "0.0", CultureInfo.InvariantCulture),
                Advice.Kib(one.IdleKib),
                Advice.Kib(one.LoadKib),
                Advice.Kib(one.ConnectionKib),
                Advice.Ms(one.CpuMs),
                one.Errors.ToString(CultureInfo.InvariantCulture),
            ]);
        }

        TextTable.Append(text, table);
        foreach (string left in report.LeftOut)
        {
            text.Append("not measured: ").Append(TextTable.Visible(left.Replace("\n", "; ", StringComparison.Ordinal))).Append('\n');
        }

        foreach (string note in report.Notes)
        {
            text.Append("note: ").Append(TextTable.Visible(note)).Append('\n');
        }

        text.Append('\n');
        TerminalChart.Append(text, new Curves(report.Model));
        text.Append('\n');
        if (report.Model.BreakEven is { } breakEven)
        {
            text.Append(CultureInfo.InvariantCulture, $"Break-even: {Advice.Rate(breakEven)}.\n");
        }

        text.Append(report.RateIsLive ? "The running daemon sees " : "Taken: ").Append(Advice.Rate(report.Rate)).Append(".\n");
        text.Append(report.Advice.Sentence).Append('\n');
        return SourceFile.Encode(text.ToString());
    }
}
