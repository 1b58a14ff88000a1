using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using Rouse.Config.Text;
using Rouse.Tools.Control;

namespace Rouse.Tools.Why;

/// <summary>The answer to a <c>why</c> for people: the verdict first, then each question of the gate with its answer.</summary>
internal static class WhyText
{
    public static byte[] Of(List<JsonElement> lines)
    {
        StringBuilder text = new();
        for (int i = 0; i < lines.Count; i++)
        {
            if (Text(lines[i], "type") != "subject")
            {
                continue;
            }

            int end = i + 1;
            while (end < lines.Count && Text(lines[end], "type") != "subject")
            {
                end++;
            }

            text.Append(text.Length > 0 ? "\n" : "");
            Append(text, lines[i], lines.GetRange(i + 1, end - i - 1));
        }

        return SourceFile.Encode(text.ToString());
    }

    private static void Append(StringBuilder text, JsonElement subject, List<JsonElement> lines)
    {
        JsonElement verdict = lines.Find(line => Text(line, "type") == "verdict");
        bool allowed = verdict.GetProperty("allowed").GetBoolean();
        string name = Text(subject, "name");
        text.Append(Text(subject, "client")).Append(name.Length > 0 ? $" ({name})" : "").Append(allowed ? " would be served by " : " would be refused by ")
            .Append(Text(subject, "service")).Append(" (").Append(Text(subject, "place")).Append(')');
        text.Append(allowed ? "\n" : $": {Text(verdict, "reason")}\n");
        bool isDecided = false;
        foreach (JsonElement step in lines)
        {
            if (Text(step, "type") != "step")
            {
                continue;
            }

            bool passes = step.GetProperty("passes").GetBoolean();
            string mark = step.GetProperty("decides").GetBoolean() ? "NO  " : passes ? "ok  " : "no  ";
            text.Append("  ").Append(mark).Append(Text(step, "question").PadRight(25)).Append(Text(step, "text"));
            string rule = Text(step, "rule");
            text.Append(rule.Length > 0 ? $"  [{rule}]" : "").Append(isDecided && !passes ? " (would have refused too)" : "").Append('\n');
            isDecided |= !passes;
        }

        string change = Text(verdict, "change");
        text.Append(change.Length > 0 ? $"  What would change it: {change}\n" : "");
    }

    private static string Text(JsonElement line, string name) => ControlClient.Text(line, name);
}
