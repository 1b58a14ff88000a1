using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Runner;

/// <summary>
/// What one subject let its clients and log readers see, as lines in which everything that may differ between two runs
/// (pids, ports, folders, how long a moment was) has a name in place of its value.
/// </summary>
internal sealed partial class Transcript
{
    private readonly List<string> _lines = [];
    // What the daemon answers itself has the pid 0.
    private readonly Dictionary<string, string> _pids = new() { ["0"] = "0" };

    public void Add(string label, string seen) => _lines.Add($"{label}: {seen}");

    public void AddAll(string label, IEnumerable<string> seen) => _lines.AddRange(seen.Select(line => $"{label}: {line}"));

    public string Normalised(Stage stage)
    {
        string text = string.Join('\n', _lines.Select(line => Escape(line).TrimEnd(' '))).Replace(stage.Scratch.Folder, "<dir>");
        for (int i = 0; i < stage.Ports.Count; i++)
        {
            text = Regex.Replace(text, $@"(?<![0-9.]){stage.Ports[i]}(?![0-9])", $"<port {i + 1}>");
        }

        text = Pid().Replace(text, match => match.Groups[1].Value + NameOf(match.Groups[2].Value));

        // The original names the function that found something critical.
        text = Function().Replace(text, "CRITICAL: ");
        return Duration().Replace(text, match => $"duration={(int.Parse(match.Groups[1].Value) < 30 ? "<short>" : "<long>")}(sec)");
    }

    // Controls and bytes above 126 as \xHH, so that a transcript is one line per observation and can be read.
    private static string Escape(string line) => string.Concat(line.Select(c => c switch
    {
        '\r' => "\\r",
        '\n' => "\\n",
        < ' ' or > '~' => "\\x" + ((int)c).ToString("x2", CultureInfo.InvariantCulture),
        _ => c.ToString(),
    }));

    // The first process seen is A, the next B: so START and EXIT of one server still match.
    private string NameOf(string pid)
    {
        if (!_pids.TryGetValue(pid, out string? name))
        {
            name = $"<{(char)('A' + _pids.Count - 1)}>";
            _pids.Add(pid, name);
        }

        return name;
    }

    [GeneratedRegex(@"(pid=|pid |held | server | process |xinetd\[)([0-9]+)")]
    private static partial Regex Pid();

    [GeneratedRegex(@"CRITICAL: [0-9]+ \{\w+\} ")]
    private static partial Regex Function();

    [GeneratedRegex(@"duration=([0-9]+)\(sec\)")]
    private static partial Regex Duration();
}
