using System;
using System.Buffers;
using System.Globalization;
using Rouse.Config;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Tools.Check;

/// <summary>Findings for people: each with its line, and at the end one line that says what runs.</summary>
internal static class TextReport
{
    public static void Write(Configuration configuration, IBufferWriter<byte> destination)
    {
        Span<int> counts = stackalloc int[3];
        counts.Clear();
        foreach (Diagnostic diagnostic in configuration.Diagnostics)
        {
            DiagnosticRenderer.Render(diagnostic, destination);
            counts[(int)diagnostic.Severity]++;
        }

        string running = configuration.DefaultsBroken
            ? "no service will run, as defaults holds an error"
            : $"{Count(configuration.Services.Length, "service")} will run";
        string line = $"{running}, {configuration.Disabled.Length} {Are(configuration.Disabled.Length)} disabled, "
            + $"{configuration.Broken.Length} {Are(configuration.Broken.Length)} left out: "
            + $"{Count(counts[(int)Severity.Error], "error")}, {Count(counts[(int)Severity.Warning], "warning")}, "
            + $"{Count(counts[(int)Severity.Notice], "notice")}\n";
        destination.Write(SourceFile.Encode(line));
    }

    private static string Count(int count, string noun) => string.Create(
        CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Are(int count) => count == 1 ? "is" : "are";
}
