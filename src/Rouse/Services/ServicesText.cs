using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Rouse.Config.Text;

namespace Rouse.Tools.Services;

/// <summary>The services for people: a table, and below it what is wrong.</summary>
internal static class ServicesText
{
    /// <param name="rows">In the order in which they are shown.</param>
    /// <param name="now">Seconds since 1970.</param>
    public static byte[] Of(IReadOnlyList<ServiceRow> rows, IReadOnlyList<string> findings, long now)
    {
        StringBuilder text = new();
        List<string[]> table = [["SERVICE", "KIND", "ON", "START", "LISTENS ON", "STATE", "MEMORY", "LAST"]];
        foreach (ServiceRow row in rows)
        {
            table.Add(
            [
                row.Name,
                row.Kind,
                row.OnIn?.ToString() ?? (row.IsOn ? "on" : "off"),
                row.Start.Length == 0 ? "-" : row.Start,
                row.Listens.Count == 0 ? "-" : string.Join(',', row.Listens),
                row.State.Length == 0 ? "-" : row.Live > 0 ? string.Create(CultureInfo.InvariantCulture, $"{row.State} ({row.Live})") : row.State,
                row.MemoryKib is { } memory ? string.Create(CultureInfo.InvariantCulture, $"{memory} KiB") : "-",
                row.Last is { } last ? $"{TextTable.Age(now - last)} ago" : row.IsServed ? "never" : "-",
            ]);
        }

        TextTable.Append(text, table);
        text.Append(findings.Count > 0 ? "\n" : "");
        foreach (string finding in findings)
        {
            text.Append(TextTable.Visible(finding)).Append('\n');
        }

        return SourceFile.Encode(text.ToString());
    }
}
