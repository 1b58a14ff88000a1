using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Rouse.Config.Text;
using Rouse.Tools.Control;
using Rouse.Tools.Processes;

namespace Rouse.Tools.Services;

/// <summary>The services for people: a table, and below it what is wrong.</summary>
internal static class ServicesText
{
    /// <param name="rows">In the order in which they are shown.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <param name="processes">Those of this machine.</param>
    public static byte[] Of(IReadOnlyList<ServiceRow> rows, IReadOnlyList<string> findings, ProcessTree processes, long now)
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
                row.Memory is { } memory ? memory.Text : "-",
                row.Last is { } last ? $"{TextTable.Age(now - last)} ago" : row.IsServed ? "never" : "-",
            ]);
        }

        TextTable.Append(text, table);
        AppendWaiting(text, rows, processes, now);
        text.Append(findings.Count > 0 ? "\n" : "");
        foreach (string finding in findings)
        {
            text.Append(TextTable.Visible(finding)).Append('\n');
        }

        return SourceFile.Encode(text.ToString());
    }

    // A table of its own: most services have nothing to say here, and theirs should fit into a terminal.
    private static void AppendWaiting(StringBuilder text, IReadOnlyList<ServiceRow> rows, ProcessTree processes, long now)
    {
        List<string[]> table = [["SERVICE", "START", "SERVERS", "PARKED", "HITS", "MISSES", "MEMORY", "LAST SLEPT"]];
        foreach (ServiceRow row in rows)
        {
            foreach (WaitingServers servers in row.Waiting)
            {
                table.Add(
                [
                    row.Name,
                    row.Start,
                    servers.State,
                    Number(servers.Parked),
                    Number(servers.Hits),
                    Number(servers.Misses),
                    servers.Memory(processes).Text,
                    servers.LastSleptText(now),
                ]);
            }
        }

        if (table.Count > 1)
        {
            text.Append('\n');
            TextTable.Append(text, table);
        }
    }

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
