using System;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Logging;

namespace Roused.Demo;

/// <summary>The services' log lines as they come, for a person who watches.</summary>
internal sealed class LiveLines(LogClock clock, bool colour) : LogSink
{
    private const int TimeAt = 9; // after "26/11/24@", or one less for each digit that month or day lack

    /// <summary>Connections and datagrams answered, and peers turned away.</summary>
    public long Answered { get; private set; }

    public long TurnedAway { get; private set; }

    public override void Write(ReadOnlySpan<byte> line)
    {
        string text = SourceFile.Decode(line);
        string stamp = SourceFile.Decode(clock.Stamp);
        string time = stamp[(stamp.IndexOf('@', StringComparison.Ordinal) is var at and >= 0 ? at + 1 : TimeAt)..];
        string[] words = text.Split(' ');
        string id = words.Length > 1 ? words[1] : "";
        string rest = words.Length > 2 ? string.Join(' ', words[2..]) : "";
        switch (words[0])
        {
            case "START:":
                Answered++;
                rest = rest.Replace("pid=0 ", "", StringComparison.Ordinal);
                Show(time, "32", rest.StartsWith("pid", StringComparison.Ordinal) ? "woken  " : "answers", id, rest);
                break;
            case "EXIT:":
                Show(time, "34", "ended  ", id, rest.Replace("status=0 pid=0 ", "", StringComparison.Ordinal));
                break;
            case "FAIL:":
                TurnedAway++;
                Show(time, "31", "refused", id, rest);
                break;
            default:
                Show(time, "0", text, "", "");
                break;
        }
    }

    private void Show(string time, string code, string what, string id, string rest)
    {
        string shown = colour ? $"\e[{code}m{what}\e[0m" : what;
        StandardStreams.Write(StandardStreams.Output, $"  {time}  {shown}  {id,-16}  {rest}\n");
    }
}
