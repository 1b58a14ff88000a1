using System.Collections.Generic;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Control;

namespace Rouse.Tools.Control;

/// <summary><c>rouse reload</c>: has the daemon read its configuration again, waits for it, and tells what it changed.</summary>
internal static class ReloadVerb
{
    public static Command Command()
    {
        Option<string?> control = ControlOption.Make();
        Command command = new("reload", "Have the daemon read its configuration again, and show what that opens and closes") { control };
        command.SetAction(parsed => Run(ControlClient.Path(parsed.GetValue(control))));
        return command;
    }

    private static int Run(string path)
    {
        ControlClient? daemon = ControlClient.Connect(path, isPatient: true, out string fault);
        if (daemon is null)
        {
            return ControlOption.Fail(fault);
        }

        List<JsonElement> lines = daemon.Ask(new ControlRequest("reload", ""), out fault);
        StandardStreams.Write(StandardStreams.Output, TextOf(lines));
        return fault.Length == 0 ? 0 : ControlOption.Fail(fault);
    }

    /// <summary>A daemon's answer to a reload, for people.</summary>
    internal static byte[] TextOf(List<JsonElement> lines)
    {
        StringBuilder text = new();
        foreach (JsonElement line in lines)
        {
            Append(text, line);
        }

        return SourceFile.Encode(text.ToString());
    }

    /// <summary>One line of that answer.</summary>
    internal static void Append(StringBuilder text, JsonElement line)
    {
        string Text(string name) => ControlClient.Text(line, name);
        switch (Text("type"))
        {
            case "finding":
                text.Append($"{Text("text")}\n");
                break;
            case "exposure":
                string colon = Text("detail").Length == 0 ? "" : ": ";
                text.Append($"{Text("change")} {Text("where")} ({Text("service")}){colon}{Text("detail")}\n");
                break;
            case "reloaded":
                text.Append($"reloaded: {Count(line, "new")} new, {Count(line, "old")} kept, {Count(line, "dropped")} dropped\n");
                break;
            default:
                break;
        }
    }

    private static long Count(JsonElement line, string name) => line.GetProperty(name).GetInt64();
}
